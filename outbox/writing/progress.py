"""How far a letter to many has come: counted by state, and stopped where it stands."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, fn

from core import clock, journal, rows
from core.db import transaction
from core.rows import tuples
from emails.models import Template
from outbox.models import Message
from outbox.states import SENDING
from outbox.words import Told, tell

LATELY = timedelta(days=1)
SHOWN = 100  # of those that did not go out
LINES = 500  # of the journal, written at once
BY_HAND = Message.actor.is_null(False)  # spelled so, or SQLite would not take the partial index
STOP = """
    UPDATE message SET state = 'dropped', reason = 'discarded' WHERE actor IS NOT NULL AND occasion = ? AND state = 'planned'
"""


@dataclass(frozen=True)
class Run:
    """One letter to many: how many messages it has, how many of them are out, still to go, or stuck."""

    token: str
    template: str
    actor: str
    due: datetime
    states: Counter[str]

    @property
    def all(self) -> int:
        return self.states.total()

    @property
    def sent(self) -> int:
        return self.states["sent"]

    @property
    def ahead(self) -> int:
        return sum(self.states[state] for state in ("planned", *SENDING))

    @property
    def stuck(self) -> int:
        """Held, failed, dropped, come back or unclear."""
        return self.all - self.sent - self.ahead

    @property
    def waits(self) -> bool:
        """It was put off, and nothing of it is to go out yet."""
        return self.due > clock.now() and self.ahead > 0


def run(token: str) -> Run | None:
    """The letter of that token; None when nothing was sent under it."""
    return next(iter(_runs(Message.occasion == _occasion(token), 1)), None)


def lately() -> list[Run]:
    """The letters to many of the last day, the newest first."""
    return _runs(Message.planned_at > clock.now() - LATELY, 2)


def _runs(which: Any, least: int) -> list[Run]:
    counted: dict[str, Counter[str]] = {}
    shared: dict[str, tuple[int, str, datetime]] = {}
    parts = (Message.occasion, Message.state, fn.COUNT(Message.id), fn.MAX(Message.template), fn.MAX(Message.actor))
    due = fn.MIN(Message.due_at).converter(Message.due_at.python_value)
    found = Message.select(*parts, due).where(BY_HAND, which).group_by(Message.occasion, Message.state)
    for occasion, state, n, template, actor, at in tuples(found.order_by(fn.MAX(Message.id).desc())):
        counted.setdefault(occasion, Counter())[state] += n
        known = shared.get(occasion)
        shared[occasion] = (template, actor, min(at, known[2]) if known else at)
    names = _templates({template for template, _actor, _at in shared.values()})
    return [
        Run(occasion.partition(":")[2], names.get(shared[occasion][0], ""), *shared[occasion][1:], states)
        for occasion, states in counted.items() if states.total() >= least
    ]


def _templates(ids: Collection[int]) -> dict[int, str]:
    return dict(tuples(Template.select(Template.id, Template.name).where(Template.id.in_(list(ids))))) if ids else {}


def stuck(token: str) -> list[Told]:
    """Those of a letter's messages that did not go out, with the reasons."""
    fine = [SQL(f"'{state}'") for state in ("sent", "planned", *SENDING)]
    asked = Message.select().where(BY_HAND, Message.occasion == _occasion(token), Message.state.not_in(fine))
    return tell(list(asked.order_by(Message.id).limit(SHOWN)))


def stop(token: str, actor: str) -> int:
    """Drop what has not gone out yet; how many."""
    with transaction():
        dropped = rows.returned(Message, STOP, [_occasion(token)])
        lines = [message.line("dropped", "discarded", actor) for message in dropped]
        for start in range(0, len(lines), LINES):
            journal.record_many(lines[start : start + LINES])
    return len(dropped)


def _occasion(token: str) -> str:
    return f"hand:{token}"
