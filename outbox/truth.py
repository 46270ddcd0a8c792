"""The truth check: asked once more, inside the lease, whether a message is still wanted and whom it reaches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core import clock
from core.keys import fingerprint
from emails.models import Template
from outbox.models import Message, Suppression
from outbox.states import End, Hold, Later
from pages import audience
from records import events
from records.consents import ADVERTISING
from records.load import load
from records.models import Record
from records.people import Person, person

# What whoever planned says now: message id → why it is not wanted any more, until when it has to wait, or what for.
Answer = str | Later | Hold
Wanted = Callable[[Sequence[Message]], Mapping[int, Answer]]
AT_LEAST = timedelta(minutes=1)  # planned anew for now would be claimed again at once, for ever


@dataclass(frozen=True)
class Wish:
    """A message that is to go out now, with all it takes to write it; `event`: what was said with the one that caused it."""

    message: Message
    record: Record
    person: Person
    template: Template
    event: Mapping[str, Any] = field(default_factory=dict)


def check(messages: Sequence[Message], wanted: Sequence[Wanted]) -> tuple[list[Wish], dict[int, End]]:
    """Those to send, and what becomes of the others by message id; a handful of queries, however many."""
    records = load(message.record_id for message in messages)
    templates = {row.id: row for row in Template.select().where(Template.id.in_({m.template_id for m in messages}))}
    answers = {key: answer for ask in wanted for key, answer in ask(messages).items()}
    said = _said(messages, records)
    wishes, ends = [], {}
    for message in messages:
        record, template = records.get(message.record_id), _own(message, templates.get(message.template_id))
        reader = person(record, message.recipient) if record else None
        answer = answers.get(message.id)
        if end := end_of(message, answer) or _reason(message, record, reader, template) or _hold(answer):
            ends[message.id] = end
        elif record and reader and template:
            wishes.append(Wish(message, record, reader, template, said.get(message.entry_id, {})))
    ends |= _suppressed(wishes)
    return [wish for wish in wishes if wish.message.id not in ends], ends


def _own(message: Message, template: Template | None) -> Template | None:
    """What a person wrote takes the place of the template it began with, in the same layout."""
    return (template or Template()).saying(message.text) if message.text else template


def _said(messages: Sequence[Message], records: Mapping[int, Record]) -> dict[int | None, Mapping[str, Any]]:
    """What was said with the named events that caused messages, by the Entry; most kinds have none."""
    able = {key for key, record in records.items() if record.kind.events}
    told = events.of_entries(message.entry_id for message in messages if message.record_id in able) if able else {}
    return {entry: event.data for entry, event in told.items()}


def end_of(message: Message, answer: Answer | None) -> End | None:
    """An answer as an end; whoever would have to wait beyond the last sensible moment has missed it."""
    if isinstance(answer, Hold):
        return None
    if isinstance(answer, Later):
        moment = max(answer.moment, clock.now() + AT_LEAST)
        late = moment > message.expires_at
        return End("dropped", "missed") if late else End("planned", answer.reason, moment)
    return End("dropped", answer) if answer else None


def _hold(answer: Answer | None) -> End | None:
    """What is held is only so when nothing else speaks against it."""
    return End("held", answer.reason) if isinstance(answer, Hold) else None


def _reason(message: Message, record: Record | None, reader: Person | None, template: Template | None) -> End | None:
    reason = _unsendable(message, record, reader, template)
    return End("dropped", reason) if reason else None


def _unsendable(message: Message, record: Record | None, reader: Person | None, template: Template | None) -> str:
    if record is None:
        return "record_gone"
    if template is None:
        return "template_gone"
    if clock.now() > message.expires_at:
        return "missed"
    if message.sort == "link" and reader and not audience.gets(record, reader):
        return "no_page"
    reason = unreachable(reader, message.channel, template.advertising)
    if message.actor and message.sort == "payment" and record.paid_at:
        return "paid"
    asked_for = message.sort == "link" or message.anyway
    return "" if asked_for and reason == "no_consent" else reason


def unreachable(reader: Person | None, channel: str, advertising: bool = False) -> str:
    """Why nobody can be written to there, or nothing."""
    if reader is None:
        return "no_recipient"
    if not reader.reached(channel):
        return "no_address"
    if advertising and not reader.allows(ADVERTISING):
        return "no_advertising"
    return "" if reader.allows(channel) else "no_consent"


def _address(wish: Wish) -> str:
    return wish.person.reached(wish.message.channel)


def _suppressed(wishes: list[Wish]) -> dict[int, End]:
    prints = {wish.message.id: fingerprint(_address(wish).lower()) for wish in wishes}
    blocked = {row.fingerprint for row in Suppression.select().where(Suppression.fingerprint.in_(set(prints.values())))}
    return {key: End("dropped", "suppressed") for key, print_ in prints.items() if print_ in blocked}
