"""Brings the messages of a rule about a record into line with what it plans now: new ones, moved ones, dropped ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import journal, rows
from core.db import database
from outbox import alarm, plan
from outbox.models import Message
from outbox.plan import Planned
from outbox.states import WAITING
from rules.kept import KEPT
from rules.triggers import step_of

REVIVED = ("conditions", "paid", "cancelled", "moved", "replanned")  # dropped for a reason that may pass
Pair = tuple[int, int]  # rule, record
MOVED = (Message.occasion, Message.due_at, Message.expires_at, Message.template, Message.sort, Message.sender_id)
MOVE = f"UPDATE message SET {', '.join(f'{field.column_name} = ?' for field in MOVED)}"
STILL = "WHERE id = ? AND state = ?"
DROP = "UPDATE message SET state = 'dropped', reason = ? WHERE state IN ('planned', 'awaiting', 'held') AND id IN ({ids})"


@dataclass
class Changes:
    """What is to be written: new messages, waiting ones that move, ones that come back, ones that are dropped and why."""

    new: list[Planned] = field(default_factory=list)
    moved: list[tuple[Message, Planned]] = field(default_factory=list)
    dropped: list[tuple[Message, str]] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        self.new += other.new
        self.moved += other.moved
        self.dropped += other.dropped


def known(rules: Iterable[int], records: Iterable[int]) -> dict[Pair, list[Message]]:
    """The messages of these rules about these records that may still change, by rule and record."""
    open_ = Message.state.in_(WAITING) | ((Message.state == "dropped") & Message.reason.in_(REVIVED))
    there = Message.select().where(Message.rule_id.in_(list(rules)), Message.record.in_(list(records)), open_)
    found: dict[Pair, list[Message]] = {}
    for row in there:
        found.setdefault((row.rule_id or 0, row.record_id), []).append(row)
    return found


def compare(wanted: Sequence[Planned], there: Sequence[Message], gone: str, now: datetime, fresh: bool = True) -> Changes:
    """What it takes to make `there` what is `wanted`.

    `gone` is why waiting messages that nobody wants any more are dropped; without `fresh` nothing new is planned. A step
    whose moment has moved stays the same message; one that was dropped comes back as long as its moment lies ahead.
    """
    changes, left = Changes(), {message.id: message for message in there}
    for row in wanted:
        match = _match(row, left.values())
        if match is None:
            changes.new += [row] if fresh else []
            continue
        del left[match.id]
        if match.state == "dropped":
            changes.moved += [(match, row)] if row.state != "dropped" and row.due_at > now else []
        elif row.state == "dropped":
            overdue = row.reason == "passed" and match.occasion == row.occasion
            changes.dropped += [] if overdue else [(match, row.reason)]
        elif _differs(match, row):
            changes.moved.append((match, row))
    changes.dropped += [(message, gone) for message in left.values() if message.state in WAITING]
    return changes


def write(changes: Changes, actor: str = "worker") -> int:
    """Write it, in the caller's transaction; how many messages were new, moved or dropped."""
    lines = [_line(message, row, actor) for message, row in changes.moved if _move(message, row)]
    by_reason: dict[str, list[Message]] = {}
    for message, reason in changes.dropped:
        by_reason.setdefault(reason, []).append(message)
    for reason, messages in by_reason.items():
        lines += [message.line("dropped", reason, actor) for message in _drop(messages, reason)]
    journal.record_many(lines)
    soonest = min((row.due_at for _message, row in changes.moved), default=None)
    if soonest:
        database.after_commit(lambda: alarm.at(soonest))
    return plan.plan_many(changes.new) + len(lines)


def _match(row: Planned, there: Iterable[Message]) -> Message | None:
    """The same occasion, else the same step while it waits."""
    mine = [message for message in there if (message.recipient, message.channel) == (row.recipient, row.channel)]
    same = [message for message in mine if message.occasion == row.occasion]
    waiting = [m for m in mine if m.state in WAITING and step_of(m.occasion) == step_of(row.occasion)]
    return next(iter(same or waiting), None)


def _differs(message: Message, row: Planned) -> bool:
    """A moment that somebody, or a mail server, has put off since stays put off."""
    if (message.occasion, message.template_id, message.sender_id) != (row.occasion, row.template_id, row.sender_id):
        return True
    put_off = message.attempts or message.reason
    return not put_off and (message.due_at, message.expires_at) != (row.due_at, row.expires_at)


def _move(message: Message, row: Planned) -> bool:
    """A message that waits for something else than its moment, such as a person, goes on waiting for that."""
    given = vars(row)
    values = [rows.value(field, given[field.column_name]) for field in MOVED]
    if message.state == "dropped":
        back = f"{MOVE}, state = ?, reason = '', attempts = 0 {STILL}"
        return bool(rows.run(back, [*values, row.state, message.id, message.state]))
    kept = ", reason = ''" if message.reason == KEPT else ""
    return bool(rows.run(f"{MOVE}{kept} {STILL}", [*values, message.id, message.state]))


def _line(message: Message, row: Planned, actor: str) -> dict[str, Any]:
    return message.line("planned", "moved", actor, due=row.due_at.isoformat(timespec="seconds"))


def _drop(messages: Sequence[Message], reason: str) -> list[Message]:
    """Those that really waited still."""
    ids = [message.id for message in messages]
    return rows.returned(Message, DROP.format(ids=rows.marks(ids)), [reason, *ids])
