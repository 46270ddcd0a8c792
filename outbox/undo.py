"""Taking a click back: the status is what it was, and the messages that rested meanwhile do not go out (X3)."""

from dataclasses import dataclass
from datetime import timedelta

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from outbox.models import Message
from outbox.states import WAITING
from records import change
from records.load import load
from records.models import Record

RECALL = timedelta(seconds=30)  # so long the messages of a click rest


class TooLate(Exception):
    """The status has changed again meanwhile, or a message is on its way."""


@dataclass(frozen=True)
class Click:
    """A change of status made by a person just now; `before` is the status it can go back to."""

    entry: Entry
    before: str
    seconds: int  # it can still be taken back without anybody having heard of it


def last(record_id: int, actor: str) -> Click | None:
    """What that person has just clicked, while it can be taken back."""
    entries = Entry.select().where(Entry.record_id == record_id, Entry.what.endswith(".status_changed"))
    entry = entries.order_by(Entry.id.desc()).first()
    left = RECALL - (clock.now() - entry.at) if entry else timedelta(0)
    if not entry or entry.actor != actor or entry.data.keys() & {"silent", "late"} or left.total_seconds() < 1:
        return None
    return Click(entry, entry.data["from"], round(left.total_seconds()))


def undo(entry_id: int, actor: str) -> tuple[Record, int]:
    """Take back a click of that person: the record as it is then, and how many messages were dropped; raises TooLate."""
    entry = Entry.get_or_none(Entry.id == entry_id)
    key = entry.record_id or 0 if entry else 0
    click, record = last(key, actor), load([key]).get(key)
    if click is None or record is None or click.entry.id != entry_id:
        raise TooLate
    with transaction():
        caused = Message.entry_id == entry_id
        if Message.select().where(caused, Message.state.not_in(("dropped", *WAITING))).exists():
            raise TooLate
        resting = list(Message.select().where(caused, Message.state.in_(WAITING)))
        Message.update(state="dropped", reason="recalled").where(caused, Message.state.in_(WAITING)).execute()
        Entry.update(data={**click.entry.data, "silent": True}).where(Entry.id == entry_id, Entry.unread).execute()
        change.apply(record.kind, record.number, {"status": click.before}, actor, silent=True)
        journal.record_many([message.line("dropped", "recalled", actor) for message in resting])
    return record, len(resting)
