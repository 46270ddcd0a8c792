"""Forgets what was said with events that are not to be kept, as soon as the mails they caused have left."""

from datetime import timedelta

from peewee import SQL

from core import clock
from core.db import transaction
from core.journal import Entry
from outbox.models import Message
from outbox.states import SENDING, WAITING
from records.load import load
from records.models import Event, Kind, Record

PATIENCE = timedelta(days=7)  # so long a mail that failed may still be sent by hand
OPEN = (*WAITING, *SENDING, "unclear", "failed")


def forget() -> None:
    """Empty the events whose kind says `keep = false` and whose messages have all come to an end."""
    names = {(kind.key, event["key"]) for kind in Kind.select() for event in kind.events if event.get("keep") is False}
    if not names:
        return
    said = Event.select().where(Event.name.in_({name for _kind, name in names}), SQL("CAST(data AS TEXT) <> '{}'"))
    events = list(said)
    records = load(event.record_id for event in events)
    for event in events:
        record = records.get(event.record_id)
        if record is None or ((record.kind_id, event.name) in names and _is_over(event, record)):
            with transaction():
                Event.update(data={}, person=None).where(Event.id == event.id).execute()


def _is_over(event: Event, record: Record) -> bool:
    """Whether nobody needs what was said any more: its news is read, and none of its mails is still to come."""
    told = Entry.select().where(Entry.record_id == record.id, Entry.what == f"{record.kind_id}.{event.name}")
    entries = [entry for entry in told if entry.data.get("event") == event.id]
    if any(entry.unread for entry in entries):
        return False
    waiting = Message.entry_id.in_([entry.id for entry in entries]) & Message.state.in_(OPEN)
    return event.at < clock.now() - PATIENCE or not Message.select().where(waiting).exists()
