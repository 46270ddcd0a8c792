"""The only memory: what happened, to which record, by whom, when. Ids only, no personal data."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from peewee import BooleanField, IntegerField, InterfaceError, OperationalError, TextField

from core import clock
from core.db import Json, Model, UtcField, database, transaction
from core.rows import insert_many

BATCH = 50
AWAY = (OperationalError, InterfaceError)  # not the line's fault: the database rests, and the line is read later

log = logging.getLogger("statusbote.journal")

Write = Callable[[], None]
Reader = Callable[[Sequence["Entry"]], Write]


class Entry(Model):
    """One line. `what` is `<noun>.<event>`, `actor` is `user:3`, `api:1`, `source:2` or `worker`."""

    at = UtcField()
    what = TextField()
    record_id = IntegerField(null=True)
    actor = TextField()
    data = Json()
    unread = BooleanField(default=False)


class Overtaken(Exception):
    """Another worker has read these lines meanwhile."""


_wake: Callable[[], None] = lambda: None  # noqa: E731


def on_news(wake: Callable[[], None]) -> None:
    """Call `wake` after each commit that left something to read."""
    global _wake
    _wake = wake


def record(what: str, record_id: int | None, actor: str, unread: bool = False, **data: Any) -> None:
    """Write one line, in the caller's transaction."""
    record_many([row(what, record_id, actor, unread, **data)])


def row(what: str, record_id: int | None, actor: str, unread: bool = False, **data: Any) -> dict[str, Any]:
    """A line to write together with others, see `record_many`."""
    return dict(at=clock.now(), what=what, record_id=record_id, actor=actor, data=data, unread=unread)


def record_many(rows: Sequence[dict[str, Any]]) -> None:
    """Write lines, in the caller's transaction; whoever reads them is woken after its commit."""
    insert_many(Entry, rows)
    if any(line["unread"] for line in rows):
        database.after_commit(_wake)


def read(readers: Sequence[Reader]) -> int:
    """Hand the oldest unread lines to every reader, in order; how many there were.

    A reader looks and computes first and gives back what it wants written; all of it is written in one short
    transaction together with the marks. A line that a reader cannot take is logged and passed over.
    """
    entries = list(Entry.select().where(Entry.unread).order_by(Entry.id).limit(BATCH))
    try:
        _hand(entries, readers)
    except AWAY:
        raise
    except Exception:
        for entry in entries:
            _hand_alone(entry, readers)
    return len(entries)


def _hand(entries: list[Entry], readers: Sequence[Reader]) -> None:
    """All or nothing; where another worker was quicker, nothing is written."""
    writes = [reader(entries) for reader in readers] if entries else []
    with suppress(Overtaken), transaction():
        if _mark_read([entry.id for entry in entries]) < len(entries):
            raise Overtaken
        for write in writes:
            write()


def _hand_alone(entry: Entry, readers: Sequence[Reader]) -> None:
    try:
        _hand([entry], readers)
    except AWAY:
        raise
    except Exception:
        log.exception("%s of record %s cannot be read and is passed over", entry.what, entry.record_id)
        with transaction():
            _mark_read([entry.id])


def _mark_read(ids: list[int]) -> int:
    return Entry.update(unread=False).where(Entry.id.in_(ids), Entry.unread).execute()
