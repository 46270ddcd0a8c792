"""Sweeping: old pages of a record, those of records that ended long ago, and files that no row names.

The row goes first and its file after it: what a crash leaves between the two is a file that no row names.
"""

from datetime import datetime, timedelta
from typing import Any

from peewee import chunked, fn

from core import clock, rows
from core.db import transaction
from pages import files, keeping
from pages.models import Document, Page
from records.models import Record

KEEP = 20  # pages of one record, the newest
ARMFUL = 500  # rows taken away in one transaction


def sweep() -> None:
    """Keep what is wanted of each record's pages; take away the rest and whatever a crash left behind."""
    for armful in chunked([*_old(), *_closed()], ARMFUL):
        with transaction():
            Page.delete().where(Page.id.in_([id for id, name in armful])).execute()
        files.remove([name for id, name in armful])
    for names in files.folders():
        known = {row.file for table in (Page, Document) for row in table.select(table.file).where(table.file.in_(names))}
        files.remove([name for name in names if name not in known])


def forget(record_ids: list[int]) -> None:
    """Take away every page and document of records that are to be erased."""
    gone = []
    with transaction():
        for table in (Page, Document):
            gone += [row.file for row in table.select(table.file).where(table.record.in_(record_ids))]
            table.delete().where(table.record.in_(record_ids)).execute()
    files.remove(gone)


def kept_until(records: Any) -> Any:
    """Of a query that reaches records, those whose pages are still kept."""
    since = _since(keeping.current().closed)
    return records.where(Record.closed_at.is_null() | (Record.closed_at >= since)) if since else records


def _old() -> list[tuple[int, str]]:
    """Pages that a newer one has replaced, long ago or too many times."""
    of_one = dict(partition_by=[Page.record])
    age = fn.ROW_NUMBER().over(order_by=[Page.id.desc()], **of_one).alias("age")
    replaced = fn.LEAD(Page.created_at).over(order_by=[Page.id], **of_one).alias("replaced")
    ranked = Page.select(Page.id, Page.file, age, replaced).alias("ranked")
    since = Page.created_at.db_value(_since(keeping.current().older))
    late = (ranked.c.age > KEEP) | ((ranked.c.age > 1) & (ranked.c.replaced < since))
    return [(id, name) for id, name in rows.tuples(Page.select(ranked.c.id, ranked.c.file).from_(ranked).where(late))]


def _closed() -> list[tuple[int, str]]:
    """Pages of records that ended long ago; whoever asks for one then gets it printed anew."""
    since = _since(keeping.current().closed)
    ended = Page.select(Page.id, Page.file).join(Record).where(Record.closed_at < since)
    return [(id, name) for id, name in rows.tuples(ended)] if since else []


def _since(days: int) -> datetime | None:
    return clock.now() - timedelta(days=days) if days else None
