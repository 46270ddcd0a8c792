"""Payment reminders that wait: which have to, and how they go on afterwards."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from peewee import SQL

from core import clock, journal, rows
from core.db import database, transaction
from outbox import alarm
from outbox.hand import BY_HAND
from outbox.lists import TROUBLE
from outbox.models import Message
from outbox.states import Hold
from records import payments
from rules.ladder.models import Pause
from rules.triggers.reminders import GRACE

PAYMENT = "payment"  # the sort of the messages this is about
PAUSED, OLD = "paused", "payments_old"
HELD = TROUBLE & (Message.state == SQL("'held'"))
LINES = 500  # messages written at once
GO = """
    UPDATE message SET state = 'planned', reason = 'resumed', attempts = 0, owner = '',
    due_at = CASE WHEN due_at < ? THEN ? ELSE due_at END,
    expires_at = CASE WHEN expires_at < ? THEN ? ELSE expires_at END
    WHERE state = 'held' AND id IN ({ids})
"""
DROP = "UPDATE message SET state = 'dropped', reason = 'superseded' WHERE state = 'held' AND id IN ({ids})"


def holds(messages: Sequence[Message]) -> Mapping[int, Hold]:
    """Which of these, due now, have to wait and why; a query and a look at a setting, however many.

    What a person wrote or has said to send goes out all the same; what is past its time is left to be dropped.
    """
    now = clock.now()
    mine = [
        message for message in messages
        if message.rule_id and message.sort == PAYMENT and message.reason != BY_HAND and message.expires_at >= now
    ]
    if not mine:
        return {}
    wanted = {message.record_id for message in mine}
    lasting = Pause.select(Pause.record).where(Pause.record.in_(wanted), Pause.ended_at.is_null())
    paused = {id for (id,) in rows.tuples(lasting)}
    old = payments.stand().old
    return {
        message.id: Hold(PAUSED if message.record_id in paused else OLD)
        for message in mine if old or message.record_id in paused
    }


def go_on(reason: str, actor: str, record: int | None = None, rest: timedelta = timedelta(0)) -> int:
    """Let go, in the caller's transaction, what was held for that reason; how many.

    Of a ladder that is late only the last step goes out; its grace counts from now. `rest`: it waits so long, so that a
    click can be taken back. Whether it is still wanted is asked again when it is due.
    """
    held = HELD & (Message.reason == reason)
    query = Message.select().where(held if record is None else held & (Message.record == record))
    waiting = list(query.order_by(Message.due_at, Message.id))
    going = _last_steps(waiting)
    _write(DROP, [message.id for message in waiting if message.id not in going], [], "dropped", "superseded", actor)
    at = clock.now() + rest
    due, until = rows.value(Message.due_at, at), rows.value(Message.expires_at, at + GRACE[PAYMENT])
    _write(GO, sorted(going), [due, due, until, until], "released", "resumed", actor)
    if going:
        database.after_commit(lambda: alarm.at(at))
    return len(going)


def _last_steps(waiting: Sequence[Message]) -> set[int]:
    """Of each ladder the last step that is late, and those whose moment has been moved ahead meanwhile."""
    now = clock.now()
    last: dict[tuple[Any, ...], int] = {}
    for message in waiting:
        if message.due_at <= now:
            last[message.rule_id, message.record_id, message.recipient, message.occasion.partition("@")[2]] = message.id
    return {*last.values(), *(message.id for message in waiting if message.due_at > now)}


def sweep() -> None:
    """What waited for payments goes on where they are known now; so it does after a second's staleness elsewhere."""
    held = Message.select().where(HELD, Message.reason == OLD)
    if not payments.stand().old and held.exists():
        with transaction():
            go_on(OLD, "worker")


def count() -> int:
    """How many reminders wait because payments are not entered."""
    return Message.select().where(HELD, Message.reason == OLD).count()


def _write(sql: str, ids: list[int], values: list[Any], state: str, reason: str, actor: str) -> None:
    for start in range(0, len(ids), LINES):
        some = ids[start : start + LINES]
        hit = rows.returned(Message, sql.format(ids=rows.marks(some)), [*values, *some])
        journal.record_many([message.line(state, reason, actor) for message in hit])
