"""What the guard holds: how much of each rule, and a person's word that lets it go out or ends it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from core import clock, journal, rows
from core.db import database, transaction
from outbox import alarm
from outbox.hand import PATIENCE
from outbox.lists import TROUBLE
from outbox.models import Message

HELD = TROUBLE & (Message.state == SQL("'held'")) & (Message.reason == "unusual")
LINES = 500  # of the journal, written at once
# The states are named twice, because only so SQLite takes the index of those in trouble.
WHICH = """
    WHERE state IN ('held', 'unclear', 'failed', 'awaiting', 'bounced') AND state = 'held' AND reason = 'unusual'
    AND rule_id = ? AND id <= ?
"""
RELEASE = f"""
    UPDATE message SET state = 'planned', reason = 'by_hand', attempts = 0, due_at = ?,
    expires_at = CASE WHEN expires_at < ? THEN ? ELSE expires_at END {WHICH}
"""
DISCARD = f"UPDATE message SET state = 'dropped', reason = 'discarded' {WHICH}"

named: list[Callable[[Collection[int]], dict[int, str]]] = []  # what gives rules their names; app.py puts it in


@dataclass(frozen=True)
class Pile:
    """The held messages of one rule; `newest` is the last one's id, so that nobody releases what they did not see."""

    rule: int
    name: str
    held: int
    newest: int


def count() -> int:
    """How many rules have been stopped."""
    return Message.select(Message.rule_id).where(HELD).distinct().count()


def piles() -> list[Pile]:
    """One for each rule that has been stopped, the biggest first."""
    found = Message.select(Message.rule_id, fn.COUNT(Message.id), fn.MAX(Message.id)).where(HELD).group_by(Message.rule_id)
    counted = sorted(rows.tuples(found), key=lambda row: -row[1])
    called = names({rule for rule, *_ in counted})
    return [Pile(rule, called.get(rule, "…"), held, newest) for rule, held, newest in counted]


def names(rules: Collection[int]) -> dict[int, str]:
    """What these rules are called, as far as there still are such."""
    return {key: name for ask in named for key, name in ask(rules).items()} if rules else {}


def release(rule: int, newest: int, actor: str) -> int:
    """Let a rule's held messages go out, up to the newest that the person has seen; how many."""
    now = clock.now()
    until = rows.value(Message.expires_at, now + PATIENCE)
    with transaction():
        freed = rows.returned(Message, RELEASE, [rows.value(Message.due_at, now), until, until, rule, newest])
        _write_down([message.line("released", actor=actor) for message in freed])
        database.after_commit(alarm.due.ring)
    return len(freed)


def discard(rule: int, newest: int, actor: str) -> int:
    """Drop a rule's held messages, up to the newest that the person has seen; how many."""
    with transaction():
        dropped = rows.returned(Message, DISCARD, [rule, newest])
        _write_down([message.line("dropped", "discarded", actor) for message in dropped])
    return len(dropped)


def _write_down(lines: list[dict[str, Any]]) -> None:
    for start in range(0, len(lines), LINES):
        journal.record_many(lines[start : start + LINES])
