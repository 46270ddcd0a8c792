"""Messages that a person kept as they were when their rule was changed, and what still has to be true of them."""

from collections.abc import Sequence

from core.journal import Entry
from outbox.models import Message
from outbox.states import WAITING
from records.models import Record
from rules.triggers import moments, status_of

KEPT = "kept"  # the reason of such a message while it waits


def mark(rule_id: int) -> None:
    """Keep what a rule has waiting, in the caller's transaction; what waits for something else goes on waiting for that."""
    Message.update(reason=KEPT).where(
        Message.rule_id == rule_id, Message.state.in_(("planned", "awaiting")), Message.reason == ""
    ).execute()


def standing(there: Sequence[Message], record: Record) -> list[Message]:
    """Those of a record's messages that were kept and still speak of what is."""
    return [message for message in there if message.reason == KEPT and message.state in WAITING and stands(message, record)]


def stands(message: Message, record: Record) -> bool:
    """Whether the time or the status that a kept message speaks of is still the record's."""
    field, reminds, rest = message.occasion.partition(":")
    if reminds:
        base = moments.value(record, field)
        return base is not None and rest.rpartition("@")[2] == base.isoformat(timespec="seconds")
    entry = Entry.get_or_none(Entry.id == message.entry_id) if field.startswith("status_changed@") else None
    return entry is None or status_of(entry) == record.status
