"""Sweeping: old pages of a record, and files that no row names."""

from peewee import chunked, fn

from core.db import transaction
from pages import files
from pages.models import Document, Page

KEEP = 20  # pages of one record, the newest
ARMFUL = 500  # rows taken away in one transaction


def sweep() -> None:
    """Keep the newest pages of each record; take away the older ones and whatever a crash left behind."""
    for armful in chunked(_old(), ARMFUL):
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


def _old() -> list[tuple[int, str]]:
    age = fn.ROW_NUMBER().over(partition_by=[Page.record], order_by=[Page.id.desc()])
    ranked = Page.select(Page.id, Page.file, age.alias("age")).alias("ranked")
    old = Page.select(ranked.c.id, ranked.c.file).from_(ranked).where(ranked.c.age > KEEP)
    return [(page.id, page.file) for page in old]
