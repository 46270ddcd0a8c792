"""What narrows a list of messages: words, a channel, a sender, a rule, a span of time; each found by an index."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, Expression, fn

from core import clock
from core.i18n import N_
from core.rows import tuples
from emails.models import Template
from outbox.models import Message
from records import lists
from records.models import Contact, Record

FEW = 400  # messages of one search
LOOK = 20_000  # of the newest messages whose subjects are searched
SLACK = timedelta(hours=1)  # rows may be stored in another order than they were planned, by no more than this
SPANS = {"day": (N_("Last 24 hours"), 1), "week": (N_("Last 7 days"), 7), "month": (N_("Last 30 days"), 30)}
HOUSE = 0  # stands for the house's own address among senders


@dataclass(frozen=True)
class Within:
    """What a list is narrowed to; "" and None are no narrowing. `span`: planned lately, a key of SPANS."""

    channel: str = ""
    sender: int | None = None
    rule: int | None = None
    span: str = ""

    def test(self) -> Expression | None:
        """What fits as one condition."""
        tests = []
        if self.channel:  # spelled out, or SQLite would not take the index of the few that are no e-mails
            tests.append(Message.channel == SQL("'sms'" if self.channel == "sms" else "'email'"))
        if self.sender is not None:
            tests.append(Message.sender_id == self.sender if self.sender else Message.sender_id.is_null())
        if self.rule is not None:
            tests.append(Message.rule_id == self.rule)
        if self.span:
            tests.append(_since(clock.now() - timedelta(days=SPANS[self.span][1])))
        found = None
        for test in tests:
            found = test if found is None else found & test
        return found


EVERYTHING = Within()


def first_since(moment: datetime, top: int) -> int:
    """The lowest id of those planned at that moment or later, found by halving: ids rise as time does."""
    low, high = 1, top
    while low < high:
        middle = (low + high) // 2
        near = Message.select(Message.id, Message.planned_at).where(Message.id >= middle, Message.id < high)
        found = tuples(near.order_by(Message.id).limit(1))
        if found and found[0][1] < moment:
            low = found[0][0] + 1
        else:
            high = middle
    return low


def spoken_of(words: str) -> list[int]:
    """The newest messages that speak of it.

    Those of the record of that number, of people so called, to that address, of a template so called, and, among the last
    `LOOK` messages, those whose subject says it.
    """
    found = _ids(Message.record.in_(_records(words)))
    if "@" in words:
        found += _ids((Message.address == words) & (Message.address != SQL("''")))
    named = [id for (id,) in tuples(Template.select(Template.id).where(Template.name.contains(words)).limit(FEW))]
    found += _ids(Message.template.in_(named)) if named else []
    return found + _ids((Message.id > _top() - LOOK) & Message.subject.contains(words))


def _since(moment: datetime) -> Expression:
    return (Message.id >= first_since(moment - SLACK, _top() + 1)) & (Message.planned_at >= moment)


def _top() -> int:
    return Message.select(fn.MAX(Message.id)).scalar() or 0


def _records(words: str) -> list[int]:
    numbered = [record.id for record in lists.numbered(words)]
    people = [contact.id for contact in _people(words)]
    if not people:
        return numbered
    theirs = Record.select(Record.id).where(Record.contact.in_(people))
    return numbered + [id for (id,) in tuples(theirs.order_by(Record.id.desc()).limit(FEW))]


def _people(words: str) -> list[Contact]:
    return list(Contact.select().where(Contact.email == words)) if "@" in words else lists.contacts(words).rows


def _ids(test: Expression) -> list[Any]:
    return [id for (id,) in tuples(Message.select(Message.id).where(test).order_by(Message.id.desc()).limit(FEW))]
