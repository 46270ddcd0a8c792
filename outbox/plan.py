"""Planning: whoever decides that somebody shall hear something leaves a row here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import clock, journal
from core.db import database, transaction
from core.rows import insert_many
from outbox import alarm, release
from outbox.models import Message
from outbox.states import WAITING

DEEPEST = 3


@dataclass(frozen=True)
class Planned:
    """One message to come; rule, record, occasion, recipient and channel together make it unique."""

    rule_id: int | None
    record_id: int
    entry_id: int | None
    occasion: str
    recipient: str
    channel: str
    template_id: int
    sort: str
    due_at: datetime
    expires_at: datetime
    link_id: str | None = None
    state: str = "planned"  # or awaiting a person's release, or dropped from the start
    reason: str = ""
    sender_id: int | None = None  # none is the house's own address
    depth: int = 0  # causes: 1 when what caused it was itself caused by a message, and so on
    actor: str | None = None  # who wrote it by hand, with `text`, `anyway` and `files`, see Message
    text: dict[str, dict[str, str]] | None = None
    anyway: bool | None = None
    files: list[str] | None = None


def plan_many(plans: Sequence[Planned]) -> int:
    """Write messages, in the caller's transaction; planning one twice changes nothing. How many were new."""
    if not plans:
        return 0
    now = clock.now()
    rows = [{**vars(plan), **_stopped(plan), "planned_at": now} for plan in plans]
    new = insert_many(Message, rows, ignore=True)
    if awaited := {row["record_id"] for row in rows if row["state"] == "awaiting"}:
        release.supersede(awaited)
    soonest = min((row["due_at"] for row in rows if row["state"] == "planned"), default=None)
    if soonest:
        database.after_commit(lambda: alarm.at(soonest))
    return new


def _stopped(plan: Planned) -> dict[str, str]:
    """Rules that feed each other come to an end, and the record shows where."""
    return {"state": "dropped", "reason": "too_deep"} if plan.depth > DEEPEST else {}


def waiting(rule_id: int) -> int:
    """How many messages of a rule have not gone out yet."""
    return Message.select().where(_waiting(rule_id)).count()


def discard(rule_id: int, reason: str, actor: str) -> int:
    """Drop a rule's messages that have not gone out; how many."""
    with transaction():
        rows = list(Message.select().where(_waiting(rule_id)))
        Message.update(state="dropped", reason=reason).where(_waiting(rule_id)).execute()
        journal.record_many([row.line("dropped", reason, actor) for row in rows])
    return len(rows)


def _waiting(rule_id: int) -> Any:
    return (Message.rule_id == rule_id) & Message.state.in_(WAITING)
