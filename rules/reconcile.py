"""Brings the messages of a rule about a record into line with what it plans now: new ones, moved ones, dropped ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import journal
from core.db import database
from outbox import alarm, plan
from outbox.models import Message
from outbox.plan import Planned
from outbox.states import WAITING
from rules.kept import KEPT
from rules.triggers import step_of

REVIVED = ("conditions", "paid", "cancelled", "moved", "replanned")  # dropped for a reason that may pass
Pair = tuple[int, int]  # rule, record


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
    rows = Message.select().where(Message.rule_id.in_(list(rules)), Message.record.in_(list(records)), open_)
    found: dict[Pair, list[Message]] = {}
    for row in rows:
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
    lines = [line for message, row in changes.moved if (line := _move(message, row, actor))]
    lines += [line for message, reason in changes.dropped if (line := _drop(message, reason, actor))]
    journal.record_many(lines)
    return plan.plan_many(changes.new) + len(lines)


def _match(row: Planned, there: Iterable[Message]) -> Message | None:
    """The same occasion, else the same step while it waits."""
    mine = [message for message in there if (message.recipient, message.channel) == (row.recipient, row.channel)]
    same = [message for message in mine if message.occasion == row.occasion]
    waiting = [m for m in mine if m.state in WAITING and step_of(m.occasion) == step_of(row.occasion)]
    return next(iter(same or waiting), None)


def _differs(message: Message, row: Planned) -> bool:
    """A moment that somebody, or a mail server, has put off since stays put off."""
    if (message.occasion, message.template_id) != (row.occasion, row.template_id):
        return True
    put_off = message.attempts or message.reason
    return not put_off and (message.due_at, message.expires_at) != (row.due_at, row.expires_at)


def _move(message: Message, row: Planned, actor: str) -> dict[str, Any] | None:
    """A message that waits for something else than its moment, such as a person, goes on waiting for that."""
    back = {"state": row.state, "reason": "", "attempts": 0} if message.state == "dropped" else {}
    back |= {"reason": ""} if message.reason == KEPT else {}
    hit = Message.update(
        occasion=row.occasion, due_at=row.due_at, expires_at=row.expires_at, template=row.template_id, sort=row.sort, **back
    ).where(Message.id == message.id, Message.state == message.state)
    if not hit.execute():
        return None
    database.after_commit(lambda: alarm.at(row.due_at))
    return message.line("planned", "moved", actor, due=row.due_at.isoformat(timespec="seconds"))


def _drop(message: Message, reason: str, actor: str) -> dict[str, Any] | None:
    hit = Message.update(state="dropped", reason=reason).where(Message.id == message.id, Message.state.in_(WAITING))
    return message.line("dropped", reason, actor) if hit.execute() else None
