"""What the ladder asks of people: on today's page, and as a mark in the lists of records."""

from typing import Any

from flask import render_template
from markupsafe import Markup

from core.i18n import N_
from outbox.today import MOST, Further
from records import lists, payments
from records.load import load
from records.models import Record
from records.zones import zone_of
from rules.ladder import pauses, waiting
from rules.ladder.models import Pause

OPEN = Pause.ended_at.is_null()


def count() -> int:
    """How many customers say that it is paid, and whether reminders wait for payments to be entered."""
    return _said().count() + bool(payments.stand().old and waiting.count())


def lines() -> list[Markup]:
    """One line for reminders that wait, one for each customer."""
    stand = payments.stand()
    held = waiting.count() if stand.old else 0
    brake = [_drawn("_brake_task", stand=stand, held=held, zone=zone_of(None))] if held else []
    said = list(_said().order_by(Pause.since).limit(MOST))
    records = load({pause.record_id for pause in said})
    known = [(pause, records[pause.record_id]) for pause in said if pause.record_id in records]
    return brake + [_drawn("_said_task", pause=pause, record=record, zone=zone_of(record)) for pause, record in known]


def _said() -> Any:
    return Pause.select().where(OPEN, Pause.sort == pauses.SAID_PAID)


def _drawn(name: str, **given: object) -> Markup:
    return Markup(render_template(f"rules/ladder/{name}.html", **given))


FURTHER = Further(count, lines)
MARK = lists.Mark(N_("Reminders paused"), "pause", lambda: Record.id.in_(Pause.select(Pause.record).where(OPEN)))
