"""Claiming: a message is sent by whoever's conditional UPDATE hit it, for as long as the lease lasts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from peewee import SQL

from core import clock, journal, rows
from core.db import is_sqlite, transaction
from outbox import policy
from outbox.models import Message, Sender
from outbox.senders import quota

PLANNED = Message.state == SQL("'planned'")  # spelled out, or SQLite would not take the partial index
LEASE = timedelta(minutes=15)  # longer than the longest SMTP exchange
CLAIM = """
    UPDATE message SET state = 'sending_pre', owner = ?, lease_until = ?, attempts = attempts + 1
    WHERE id {chosen}
    AND state = 'planned' AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'stopped')
"""
DUE = "SELECT id FROM message WHERE state = 'planned' AND due_at <= ? {whose} ORDER BY due_at LIMIT ?"
ONCE = "= ANY(ARRAY({due} FOR UPDATE SKIP LOCKED))"  # PostgreSQL may ask IN (…) again and again, each time for other rows
NOT_THEIRS = "AND (sender_id IS NULL OR sender_id NOT IN ({ids}))"


def claim(owner: str, limit: int, sender: Sender | None = None, others: Sequence[int] = ()) -> list[Message]:
    """Take at most `limit` due messages of a sender, oldest first; none while all sending is stopped.

    Without a sender: those of the house's own address and of senders that are not there, all but those of the `others`.
    """
    now = clock.now()
    moments = [rows.value(Message.due_at, moment) for moment in (now + LEASE, now)]
    whose, ids = ("AND sender_id = ?", [sender.id]) if sender else (NOT_THEIRS.format(ids=rows.marks(others)), others)
    due = DUE.format(whose=whose if ids else "")
    sql = CLAIM.format(chosen=f"IN ({due})" if is_sqlite() else ONCE.format(due=due))
    with transaction():
        if sender:
            limit = _within_quota(sender, limit)
        return rows.returned(Message, sql, [owner, *moments, *ids, limit]) if limit else []


def _within_quota(sender: Sender, limit: int) -> int:
    """Asked once more where no other worker can claim for this sender at the same moment."""
    if sender.quota and not is_sqlite():
        list(Sender.select(Sender.id).where(Sender.id == sender.id).for_update())
    return quota.room(sender, limit)


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
    """When the next message is due that is not due yet; None when there is none. Overdue ones have their own reasons."""
    ahead = Message.select(Message.due_at).where(PLANNED, Message.due_at > clock.now())
    return ahead.order_by(Message.due_at).limit(1).scalar()

