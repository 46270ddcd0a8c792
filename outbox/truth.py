"""The truth check: asked once more, inside the lease, whether a message is still wanted and whom it reaches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core import clock
from core.keys import fingerprint
from emails.models import Template
from outbox.models import Message, Suppression
from outbox.states import End, Later
from records.load import load
from records.models import Record
from records.people import Person, person

# What whoever planned says now: message id → the reason why it is not wanted any more, or until when it has to wait.
Wanted = Callable[[Sequence[Message]], Mapping[int, str | Later]]
AT_LEAST = timedelta(minutes=1)  # planned anew for now would be claimed again at once, for ever


@dataclass(frozen=True)
class Wish:
    """A message that is to go out now, with all it takes to write it."""

    message: Message
    record: Record
    person: Person
    template: Template


def check(messages: Sequence[Message], wanted: Sequence[Wanted]) -> tuple[list[Wish], dict[int, End]]:
    """Those to send, and what becomes of the others by message id; a handful of queries, however many."""
    records = load(message.record_id for message in messages)
    templates = {row.id: row for row in Template.select().where(Template.id.in_({m.template_id for m in messages}))}
    answers = {key: answer for ask in wanted for key, answer in ask(messages).items()}
    wishes, ends = [], {}
    for message in messages:
        record, template = records.get(message.record_id), templates.get(message.template_id)
        reader = person(record, message.recipient) if record else None
        if end := end_of(message, answers.get(message.id)) or _reason(message, record, reader, template):
            ends[message.id] = end
        elif record and reader and template:
            wishes.append(Wish(message, record, reader, template))
    ends |= _suppressed(wishes)
    return [wish for wish in wishes if wish.message.id not in ends], ends


def end_of(message: Message, answer: str | Later | None) -> End | None:
    """An answer as an end; whoever would have to wait beyond the last sensible moment has missed it."""
    if isinstance(answer, Later):
        moment = max(answer.moment, clock.now() + AT_LEAST)
        late = moment > message.expires_at
        return End("dropped", "missed") if late else End("planned", answer.reason, moment)
    return End("dropped", answer) if answer else None


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
    if reader is None:
        return "no_recipient"
    if not reader.address:
        return "no_address"
    asked_for = message.sort == "link"
    return "" if asked_for or reader.allows(message.channel) else "no_consent"


def _suppressed(wishes: list[Wish]) -> dict[int, End]:
    prints = {wish.message.id: fingerprint(wish.person.address.lower()) for wish in wishes}
    blocked = {row.fingerprint for row in Suppression.select().where(Suppression.fingerprint.in_(set(prints.values())))}
    return {key: End("dropped", "suppressed") for key, print_ in prints.items() if print_ in blocked}
