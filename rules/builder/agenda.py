"""When a rule that is being written would write about one record: worked out as the engine does, with nothing stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock, i18n
from core.i18n import gettext as _
from core.journal import Entry
from outbox.plan import Planned
from outbox.states import said
from records.models import Record
from records.zones import zone_of
from rules import planning
from rules.models import Rule
from rules.triggers import TRIGGERS

FAR = timedelta(days=62)  # so far ahead the next day of a series is looked for


@dataclass(frozen=True)
class Date:
    """`label`: which of the rule's moments it is; `words`: when, or why not."""

    label: str
    words: str


def of(rule: Rule, record: Record) -> list[Date]:
    """The rule's next moments for a record as it is now; none as long as the rule says too little."""
    trigger = TRIGGERS.get(rule.trigger)
    if trigger is None or not rule.recipients:
        return []
    rule.recipients, before = rule.recipients[:1], rule.recipients
    try:
        return list({"event": _if_now, "reminder": _steps, "series": _round}[trigger.family](rule, record))
    finally:
        rule.recipients = before


def _if_now(rule: Rule, record: Record) -> Iterator[Date]:
    heard = TRIGGERS[rule.trigger].listens(rule.options)
    if heard:
        event, status = heard[0]
        what = event if "." in event else f"{rule.kind_id}.{event}"
        data = {"to": status} if status else {}
        entry = Entry(id=0, at=clock.now(), what=what, record_id=record.id, actor="worker", data=data)
        for row in planning.heard(rule, entry, record.kind, record):
            yield Date(_("If it happened now"), _said(row, record))


def _steps(rule: Rule, record: Record) -> Iterator[Date]:
    """Each step by itself."""
    trigger, now, options = TRIGGERS[rule.trigger], clock.now(), rule.options
    for step in options.get("steps", ()):
        rule.options = {**options, "steps": [step]}
        label = str(trigger.moment(record.kind, rule.options).striptags())
        rows = planning.ahead(rule, record, None, now)
        yield Date(label, _said(rows[0], record) if rows else _why_not(rule, record))
    rule.options = options


def _round(rule: Rule, record: Record) -> Iterator[Date]:
    now = clock.now()
    if not rule.options.get("at"):
        return
    for occasion in TRIGGERS[rule.trigger].occurrences(rule.options, zone_of(record), now, now + FAR)[:1]:
        rows = planning.round_again(rule, record, occasion)
        yield Date(_("Next time"), _said(rows[0], record) if rows else _why_not(rule, record))


def _said(row: Planned, record: Record) -> str:
    if row.state == "dropped":
        return said(row.reason, row.channel)
    return _("at once") if row.due_at <= clock.now() else _day(row.due_at, record)


def _day(at: datetime, record: Record) -> str:
    zone = zone_of(record)
    this_year = at.astimezone(zone).year == clock.now().astimezone(zone).year
    return f"{i18n.date(at, zone, 'EEEE, d. MMMM' if this_year else 'EEEE, d. MMMM y')}, {i18n.time(at, zone)}"


def _why_not(rule: Rule, record: Record) -> str:
    if not planning.concerns(rule, record):
        return _("This record is at another location, or has another profile.")
    if planning.failing(rule, record):
        return _("This record does not meet the conditions.")
    if not TRIGGERS[rule.trigger].holds(record, rule.options):
        return _("This record is closed or cancelled.")
    return _("This record has no such time.")
