"""What the day asks of people: tasks, customers no message reached, and how many messages went and go out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from markupsafe import Markup
from peewee import SQL, Case, Expression, fn

from core import clock
from core.journal import Entry
from core.rows import tuples
from outbox import release, unusual
from outbox.afterwards.calls import waiting
from outbox.lists import TROUBLE
from outbox.models import Message
from outbox.words import Told, tell
from pages.replies import told
from records.zones import zone_of

MOST = 20  # tasks and calls shown
COUNTED = 99  # tasks counted
PAST = timedelta(days=7)


@dataclass(frozen=True)
class Further:
    """Tasks that another room asks a person for: how many, and each as the line of the list."""

    count: Callable[[], int]
    lines: Callable[[], Sequence[Markup]]


#: What customers answered on their pages; higher rooms put in what they ask.
further: list[Further] = [Further(told.count, told.lines)]


def _tasks() -> Any:
    """In trouble, not repeated by itself, no matter for the telephone, and not among those that are decided together."""
    others = Message.reason.not_in(("unknown_address", "repeating", "unusual", "paused", "payments_old"))
    called = (Message.state == "bounced") & (Message.recipient == "customer")
    return Message.select().where(TROUBLE, Message.state != "awaiting", others, ~called)


def open_tasks() -> int:
    """How many things need a person; 99 stands for that many or more."""
    return min(COUNTED, stuck() + unusual.count() + (release.waiting() > 0) + sum(one.count() for one in further))


def stuck() -> int:
    """How many messages need a person each; 99 stands for that many or more."""
    return min(COUNTED, _tasks().limit(COUNTED + 1).count())


def tasks() -> list[Told]:
    """The newest messages that need a person."""
    return tell(list(_tasks().order_by(Message.id.desc()).limit(MOST)))


def calls() -> list[Told]:
    """The customers no message reached in the last days and no later one did, the newest first; one line per record."""
    return waiting(PAST, MOST)


@dataclass(frozen=True)
class Figures:
    """Today's numbers; `sent` and `planned` by hour of the day."""

    sent: list[int]
    planned: list[int]
    dropped: int


def figures() -> Figures:
    """What went out today, what still will, what was dropped."""
    edges = _hours(clock.now(), zone_of(None))
    dropped = Entry.select().where(Entry.what == SQL("'message.dropped'"), Entry.at >= edges[0]).count()
    sent = _by_hour(Message.sent_at, Message.sent_at.is_null(False) & (Message.state == "sent"), edges)
    planned = _by_hour(Message.due_at, Message.state == SQL("'planned'"), [edges[0] - timedelta(days=3650), *edges[1:]])
    return Figures(sent, _not_before(clock.now(), planned, zone_of(None)), dropped)


def _by_hour(at: Any, test: Expression, edges: Sequence[datetime]) -> list[int]:
    hour = Case(None, [(at < edge, number) for number, edge in enumerate(edges[1:])])
    query = Message.select(hour, fn.COUNT(Message.id)).where(test, at >= edges[0], at < edges[-1]).group_by(SQL("1"))
    counted: dict[int, int] = dict(tuples(query))
    return [counted.get(number, 0) for number in range(len(edges) - 1)]


def _not_before(now: datetime, planned: list[int], zone: tzinfo) -> list[int]:
    """What is overdue counts for this hour."""
    this = now.astimezone(zone).hour
    return [0] * this + [sum(planned[: this + 1])] + planned[this + 1 :]


def _hours(now: datetime, zone: tzinfo) -> list[datetime]:
    """The 25 edges between the hours of today's clock; an hour that does not exist is empty."""
    midnight = datetime.combine(now.astimezone(zone).date(), time(), zone)
    walls = [midnight + timedelta(hours=hour) for hour in range(25)]
    return [datetime.fromtimestamp(wall.timestamp(), clock.UTC) for wall in walls]
