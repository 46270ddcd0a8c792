"""Finding messages among a million: groups of states, filters, a search, a page at a time, never a count of everything."""

from dataclasses import dataclass
from typing import Any

from peewee import SQL, Expression, Field

from core.i18n import N_
from outbox.models import Message
from outbox.seek import EVERYTHING, Within, spoken_of

PAGE = 40
COUNTED = 1000  # messages counted for a link; stands for that many or more


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


def page(group: str = "", words: str = "", after: str = "", within: Within = EVERYTHING) -> Page:
    """A page of a group; `words` are searched for, see `outbox.seek`; `after` the id of the last row before."""
    chosen = GROUPS.get(group, GROUPS[""])
    query = sought(group, words, within)
    if after.isdecimal() and len(after) < 18:
        query = query.where(_beyond(chosen, int(after)))
    rows = list(query.limit(PAGE + 1))
    return Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else "")


def sought(group: str, words: str, within: Within, *columns: Any) -> Any:
    """The messages of a group that fit, in its order; all their columns unless some are named."""
    chosen = GROUPS.get(group, GROUPS[""])
    query = Message.select(*columns)
    for test in (chosen.test, within.test()):
        query = query.where(test) if test is not None else query
    if words.strip():
        query = query.where(Message.id.in_(spoken_of(words.strip())))
    return query.order_by(*((chosen.by, Message.id) if chosen.rising else (chosen.by.desc(), Message.id.desc())))


def counts() -> dict[str, int]:
    """How many messages each group has, as far as anybody counts."""
    found = {key: Message.select(Message.id) for key in GROUPS}
    return {
        key: (query.where(GROUPS[key].test) if GROUPS[key].test is not None else query).limit(COUNTED).count()
        for key, query in found.items()
    }


def _beyond(group: Group, last: int) -> Expression:
    """What comes after the row `last` in that group's order."""
    at = None if group.by is Message.id else Message.select(group.by).where(Message.id == last).scalar()
    if at is None:
        return Message.id < last
    same = group.by == at
    if group.rising:
        return (group.by >= at) & ((group.by > at) | (same & (Message.id > last)))
    return (group.by <= at) & ((group.by < at) | (same & (Message.id < last)))
