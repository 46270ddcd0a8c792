"""The one switch that stops all sending; every claim and every hand-over to a channel asks it."""

from typing import Any

from core import clock, journal, settings
from core.db import database, transaction
from outbox import alarm

NAME = "stopped"


def stopped() -> dict[str, Any] | None:
    """Who stopped all sending and when, {"by": actor, "at": ISO moment}; None while messages go out."""
    row = settings.Setting.get_or_none(settings.Setting.name == NAME)
    return row.value if row else None


def stop(actor: str) -> None:
    """Let nothing go out from here on; whoever stopped it first stays on record."""
    with transaction():
        if not stopped():
            settings.put(NAME, {"by": actor, "at": clock.now().isoformat()})
            journal.record("sending.stopped", None, actor)


def start(actor: str) -> None:
    """Let messages go out again, at once those that are due."""
    with transaction():
        if stopped():
            settings.drop(NAME)
            journal.record("sending.started", None, actor)
            database.after_commit(alarm.due.ring)
