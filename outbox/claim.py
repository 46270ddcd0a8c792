"""Claiming: a message is sent by whoever's conditional UPDATE hit it, for as long as the lease lasts."""

from datetime import timedelta
from typing import Any

from peewee import SQL

from core import clock, journal, rows
from core.db import is_sqlite, transaction
from outbox import policy
from outbox.models import Message

PLANNED = Message.state == SQL("'planned'")  # spelled out, or SQLite would not take the partial index
LEASE = timedelta(minutes=15)  # longer than the longest SMTP exchange
CLAIM = """
    UPDATE message SET state = 'sending_pre', owner = ?, lease_until = ?, attempts = attempts + 1
    WHERE id IN (SELECT id FROM message WHERE state = 'planned' AND due_at <= ? ORDER BY due_at LIMIT ? {alone})
    AND state = 'planned' AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'stopped')
"""


def claim(owner: str, limit: int) -> list[Message]:
    """Take at most `limit` due messages, oldest first; none while all sending is stopped."""
    now = clock.now()
    moments = [rows.value(Message.due_at, moment) for moment in (now + LEASE, now)]
    sql = CLAIM.format(alone="" if is_sqlite() else "FOR UPDATE SKIP LOCKED")
    with transaction():
        return rows.returned(Message, sql, [owner, *moments, limit])


def release(owner_prefix: str | None = None) -> int:
    """Give back what dead workers held: all of `owner_prefix`, or every lease that is over. How many.

    Before the data phase a message is planned again; in it nobody knows whether the server has it.
    """
    now = clock.now()
    over = Message.owner.startswith(owner_prefix) if owner_prefix else Message.lease_until < now
    with transaction():
        freed: int = (
            Message.update(state="planned", owner="", attempts=Message.attempts - 1)
            .where(Message.state == "sending_pre", over)
            .execute()
        )
        lost = list(Message.select().where(Message.state == "sending_data", over))
        for message in lost:
            end = policy.unclear(message, "crashed", now)
            Message.update(state=end.state, reason=end.reason, due_at=end.due_at, owner="").where(
                Message.id == message.id, Message.state == "sending_data"
            ).execute()
        journal.record_many([message.line("unclear", "crashed") for message in lost])
    return freed + len(lost)


def repeat_unclear() -> int:
    """Plan the unclear ones that may be sent once more, a quarter of an hour after nobody knew; how many."""
    now = clock.now()
    with transaction():
        return int(
            Message.update(state="planned", reason="again", due_at=now)
            .where(Message.state == "unclear", Message.reason == "repeating", Message.due_at <= now)
            .execute()
        )


def next_due() -> Any:
    """When the next planned message is due; None when none is."""
    return Message.select(Message.due_at).where(PLANNED).order_by(Message.due_at).limit(1).scalar()

