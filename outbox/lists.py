"""Finding messages among a million: groups of states, a search, a page at a time, never a count of everything."""

from dataclasses import dataclass
from typing import Any

from peewee import SQL, Expression, Field

from core.i18n import N_
from core.rows import tuples
from outbox.models import Message
from records import lists
from records.models import Contact, Record

PAGE = 40
FEW = 400  # messages of one search


def only(*names: str) -> Expression:
    """Literal states, not parameters, because only those let SQLite use an index of some rows."""
    words = [SQL(f"'{name}'") for name in names]
    return Message.state.in_(words) if len(words) > 1 else Message.state == words[0]


@dataclass(frozen=True)
class Group:
    """Some states that are read together, in the order of a moment (or of planning), the newest first unless `rising`."""

    label: str
    test: Expression | None
    by: Field = Message.id
    rising: bool = False


TROUBLE = only("held", "unclear", "failed", "awaiting", "bounced")
GROUPS = {
    "": Group(N_("All"), None),
    "waiting": Group(N_("Planned"), only("planned"), Message.due_at, rising=True),
    "sent": Group(N_("Sent"), only("sent") & Message.sent_at.is_null(False), Message.sent_at),
    "trouble": Group(N_("Needs a person"), TROUBLE),
    "dropped": Group(N_("Dropped"), only("dropped")),
}


@dataclass(frozen=True)
class Page:
    """Some messages, and the cursor to those after them ("" at the end)."""

    rows: list[Message]
    after: str


def page(group: str = "", words: str = "", after: str = "") -> Page:
    """A page of a group; `words` is a record's number, an address or a name; `after` the id of the last row before."""
    chosen = GROUPS.get(group, GROUPS[""])
    query = Message.select()
    if chosen.test is not None:
        query = query.where(chosen.test)
    if words.strip():
        query = query.where(Message.id.in_(_spoken_of(words.strip())))
    if after.isdecimal() and len(after) < 18:
        query = query.where(_beyond(chosen, int(after)))
    order = (chosen.by, Message.id) if chosen.rising else (chosen.by.desc(), Message.id.desc())
    rows = list(query.order_by(*order).limit(PAGE + 1))
    return Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else "")


def _beyond(group: Group, last: int) -> Expression:
    """What comes after the row `last` in that group's order."""
    at = None if group.by is Message.id else Message.select(group.by).where(Message.id == last).scalar()
    if at is None:
        return Message.id < last
    same = group.by == at
    if group.rising:
        return (group.by >= at) & ((group.by > at) | (same & (Message.id > last)))
    return (group.by <= at) & ((group.by < at) | (same & (Message.id < last)))


def _spoken_of(words: str) -> list[int]:
    """The newest messages to an address, of the records of a number, or of the records of people so called."""
    found = _ids(Message.record.in_(_records(words)))
    if "@" in words:
        found += _ids((Message.address == words) & (Message.address != SQL("''")))
    return found


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
