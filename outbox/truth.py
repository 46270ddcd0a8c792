"""The truth check: asked once more, inside the lease, whether a message is still wanted and whom it reaches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core import clock
from core.keys import fingerprint
from emails.models import Template
from outbox.models import Message, Suppression
from records.load import load
from records.models import Record
from records.people import Person, person

Wanted = Callable[[Sequence[Message]], dict[int, str]]  # message id → the reason why it is not wanted any more


@dataclass(frozen=True)
class Wish:
    """A message that is to go out now, with all it takes to write it."""

    message: Message
    record: Record
    person: Person
    template: Template


def check(messages: Sequence[Message], wanted: Sequence[Wanted]) -> tuple[list[Wish], dict[int, str]]:
    """Those to send, and the reasons to drop the others by message id; a handful of queries, however many."""
    records = load(message.record_id for message in messages)
    templates = {row.id: row for row in Template.select().where(Template.id.in_({m.template_id for m in messages}))}
    reasons = {key: reason for ask in wanted for key, reason in ask(messages).items()}
    wishes = []
    for message in messages:
        record, template = records.get(message.record_id), templates.get(message.template_id)
        reader = person(record, message.recipient) if record else None
        reason = reasons.get(message.id) or _reason(message, record, reader, template)
        if reason:
            reasons[message.id] = reason
        elif record and reader and template:
            wishes.append(Wish(message, record, reader, template))
    return _unsuppressed(wishes, reasons)


def _reason(message: Message, record: Record | None, reader: Person | None, template: Template | None) -> str:
    if record is None:
        return "record_gone"
    if template is None:
        return "template_gone"
    if clock.now() > message.expires_at:
        return "missed"
    if reader is None:
        return "no_recipient"
    if not reader.address:
        return "no_address"
    asked_for = message.sort == "link"
    return "" if asked_for or reader.allows(message.channel) else "no_consent"


def _unsuppressed(wishes: list[Wish], reasons: dict[int, str]) -> tuple[list[Wish], dict[int, str]]:
    prints = {wish.message.id: fingerprint(wish.person.address.lower()) for wish in wishes}
    blocked = {row.fingerprint for row in Suppression.select().where(Suppression.fingerprint.in_(set(prints.values())))}
    reasons |= {key: "suppressed" for key, print_ in prints.items() if print_ in blocked}
    return [wish for wish in wishes if wish.message.id not in reasons], reasons
