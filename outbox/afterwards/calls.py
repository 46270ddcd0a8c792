"""Customers whom no message reached, and what came of calling them: the journal is all that remembers it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from peewee import SQL, fn

from core import clock, journal
from core.db import transaction
from core.i18n import N_
from core.journal import Entry
from core.rows import tuples
from outbox import hand
from outbox.hand import UNREACHED
from outbox.lists import TROUBLE
from outbox.models import Message
from outbox.words import Told, tell
from pages.models import Link
from records.models import Record
from records.zones import zone_of

OUTCOMES = {
    "reached": N_("Reached"), "again": N_("Will call again"), "left": N_("Left a message"), "wrong": N_("Wrong number"),
}
REST = {"again": 1, "left": 2}  # days after which they are to be called once more
WAIT = timedelta(days=3)  # so long a link may stay unopened
PAST = timedelta(days=14)  # what is older is no longer worth a call
MOST = 100  # calls shown
PEOPLE = 200  # messages of each sort looked through for the people behind them


class Answered(Exception):
    """Somebody has reached them already."""


@dataclass(frozen=True)
class Answer:
    """What came of the last call about a record, up to which message, who called and when."""

    outcome: str
    message: int
    at: datetime
    actor: str


@dataclass(frozen=True)
class Call:
    """A customer to be called: the message they did not get or read, and the last call; `due`: put off until then."""

    told: Told
    answer: Answer | None
    due: datetime | None

    @property
    def unopened(self) -> bool:
        return self.told.message.state == "sent"

    @property
    def later(self) -> bool:
        return bool(self.due and self.due > clock.now())


def find(outcome: str = "", location: int | None = None) -> list[Call]:
    """Whom to call now; with an outcome, those about whom that was said last. The newest first."""
    said = answers(clock.now() - PAST)
    if outcome:
        chosen = {answer.message for answer in said.values() if answer.outcome == outcome}
        messages: Iterable[Message] = Message.select().where(Message.id.in_(chosen)) if chosen else ()
    else:
        messages = _open({**_unopened(), **lost(PAST)}.values(), said)
    calls = [_call(told, said.get(told.message.record_id)) for told in tell(list(messages))]
    calls = [call for call in calls if location is None or (call.told.record and call.told.record.location_id == location)]
    calls = [call for call in calls if outcome or not call.later]
    return sorted(calls, key=lambda call: -call.told.message.id)[:MOST]


def waiting(past: timedelta, most: int) -> list[Told]:
    """The newest of those whom a message could not reach at all and who are to be called now."""
    said = answers(clock.now() - PAST)
    told = tell(list(_open(lost(past).values(), said)))
    due = [one for one in told if not _call(one, said.get(one.message.record_id)).later]
    return sorted(due, key=lambda one: one.message.planned_at, reverse=True)[:most]


def answer(message: Message, outcome: str, actor: str) -> None:
    """Write down what came of a call; once reached, nothing of that record waits for a call any more."""
    with transaction():
        last = answers(clock.now() - PAST, [message.record_id]).get(message.record_id)
        if last and last.outcome == "reached" and last.message >= message.id:
            raise Answered
        data = dict(message=message.id, rule=message.rule_id, outcome=outcome)
        journal.record("message.called", message.record_id, actor, **data)
        if outcome == "reached":
            hand.settle_lost(message)


def answers(since: datetime, records: Collection[int] = ()) -> dict[int, Answer]:
    """The last call about each record."""
    query = Entry.select().where(Entry.what == "message.called", Entry.at >= since).order_by(Entry.at, Entry.id)
    query = query.where(Entry.record_id.in_(records)) if records else query
    return {
        line.record_id: Answer(line.data["outcome"], line.data["message"], line.at, line.actor)
        for line in query if line.record_id
    }


def lost(past: timedelta) -> dict[int, Message]:
    """By record, the newest message to the customer that came back or had nowhere to go, if none was sent after it."""
    reasons = Message.reason.in_([SQL(f"'{reason}'") for reason in UNREACHED])
    nowhere = _to_customers(reasons, Message.state.in_(("dropped", "failed")), Message.planned_at >= clock.now() - past)
    back = _to_customers(TROUBLE, Message.state == "bounced", Message.planned_at >= clock.now() - past)
    found = [*nowhere.order_by(Message.planned_at.desc()).limit(PEOPLE), *back.order_by(Message.id.desc()).limit(PEOPLE)]
    return _unless_sent_later(sorted(found, key=lambda message: -message.id))


def _unopened() -> dict[int, Message]:
    """By record, the last message that was sent, where its link and all others since stayed shut; closed records aside."""
    now = clock.now()
    shut = Message.select(Message).join(Link, on=(Link.id == Message.link_id)).join(Record, on=(Record.id == Message.record))
    query = shut.where(
        Message.state == SQL("'sent'"), Message.sent_at >= now - PAST, Message.sent_at <= now - WAIT,
        Message.recipient == "customer", Message.sort != "feedback", Message.reason != "settled_by_hand",
        Link.opened_at.is_null(), Record.closed_at.is_null(),
    )
    newest = _unless_sent_later(list(query.order_by(Message.sent_at.desc()).limit(PEOPLE)))
    opened = _opened(newest)
    return {key: row for key, row in newest.items() if key not in opened or opened[key] < row.sent_at}


def _opened(records: Collection[int]) -> dict[int, datetime]:
    """When the customer last opened any link of each record."""
    query = Link.select(Link.record, Link.opened_at).where(
        Link.record.in_(list(records)), Link.recipient == "customer", Link.opened_at.is_null(False)
    )
    return {link.record_id: link.opened_at for link in query.order_by(Link.opened_at)} if records else {}


def _to_customers(*tests: Any) -> Any:
    return Message.select().where(*tests, Message.recipient == "customer")


def _unless_sent_later(messages: Iterable[Message]) -> dict[int, Message]:
    newest: dict[int, Message] = {}
    for message in messages:
        newest.setdefault(message.record_id, message)
    query = Message.select(Message.record, fn.MAX(Message.id)).where(
        Message.record.in_(list(newest)), Message.recipient == "customer", Message.state == "sent"
    )
    sent: dict[int, int] = dict(tuples(query.group_by(Message.record))) if newest else {}
    return {key: message for key, message in newest.items() if message.id >= sent.get(key, 0)}


def _open(messages: Iterable[Message], said: dict[int, Answer]) -> Iterable[Message]:
    """Those about whom nobody has been reached since."""
    for message in messages:
        last = said.get(message.record_id)
        if not (last and last.outcome == "reached" and last.message >= message.id):
            yield message


def _call(told: Told, last: Answer | None) -> Call:
    """A later message that did not arrive is a new reason to call: what was put off about another one does not count."""
    last = last if last and last.message >= told.message.id else None
    rest = REST.get(last.outcome) if last else None
    due = None
    if last and rest:
        zone = zone_of(told.record)
        day = last.at.astimezone(zone).date() + timedelta(days=rest)
        due = datetime.fromtimestamp(datetime.combine(day, time(), zone).timestamp(), clock.UTC)
    return Call(told, last, due)
