"""Triggers that wait for a record's own time: before its appointment, after it was placed or due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from records.models import Kind, Record
from records.wording import a
from records.zones import zone_of
from rules.triggers import moments, steps
from rules.triggers.contract import Heard, Occasion, Option, Options, Silent

LAST = timedelta(minutes=30)  # later than that before an appointment nobody needs to be reminded
GRACE = {"payment": timedelta(hours=48), "feedback": timedelta(hours=72)}
PAYMENTS = ("placed_at", "due_at")


class Reminder(Silent):
    """What both have in common: a field, and steps counted from it; any news of a record may move or end them."""

    family = "reminder"
    way = 0

    def listens(self, options: Options) -> list[Heard]:
        return [("*", None)]

    def phrase(self, kind: Kind, options: Options) -> Markup:
        field = options.get("field", "")
        return Markup(moments.having(field)) % {"kind": a(kind), "time": moments.label(field, kind)}

    def moment(self, kind: Kind, options: Options) -> Markup:
        return Markup("<b>{}</b>").format(steps.said(options.get("steps", ()), self.way))

    def title(self, kind: Kind, options: Options) -> str:
        said = steps.said(options.get("steps", ()), self.way)
        return _("%(steps)s (%(time)s)", steps=said, time=moments.noun(options.get("field", ""), kind))

    def occasions(self, record: Record, options: Options) -> list[Occasion]:
        base = moments.value(record, options.get("field", ""))
        if base is None or not self.holds(record, options):
            return []
        return [self._occasion(base, step, record, options["field"]) for step in options.get("steps", ())]

    def _occasion(self, base: datetime, step: steps.Step, record: Record, field: str) -> Occasion:
        raise AssertionError("a reminder stands before or after its moment")


class Before(Reminder):
    label = N_("has a time ahead")
    way = -1
    meanwhile = N_("dropped if it is cancelled")
    options: Sequence[Option] = (
        Option("field", "moment", N_("Which time"), N_("Please choose which time.")),
        Option("steps", "steps", N_("How long before"), N_("Please say how long before.")),
    )

    def holds(self, record: Record, options: Options) -> bool:
        return record.closed_at is None

    def _occasion(self, base: datetime, step: steps.Step, record: Record, field: str) -> Occasion:
        at = steps.moment(base, step, zone_of(record), self.way)
        last = base - LAST if at < base - LAST else base
        return Occasion(_key(field, step, base), at, "appointment", last, limit=last, template=step.get("template") or 0)


class After(Reminder):
    label = N_("has a time behind it")
    way = 1
    meanwhile = N_("dropped if it is cancelled")
    options: Sequence[Option] = (
        Option("field", "moment", N_("Which time"), N_("Please choose which time.")),
        Option("steps", "steps", N_("How long after"), N_("Please say how long after.")),
    )

    def holds(self, record: Record, options: Options) -> bool:
        status = record.kind.status(record.status) or {}
        return not (status.get("closed") and status.get("tone") == "stop")

    def _occasion(self, base: datetime, step: steps.Step, record: Record, field: str) -> Occasion:
        at = steps.moment(base, step, zone_of(record), self.way)
        sort = "payment" if field in PAYMENTS else "feedback"
        return Occasion(_key(field, step, base), at, sort, at + GRACE[sort], template=step.get("template") or 0)


def _key(field: str, step: steps.Step, base: datetime) -> str:
    return f"{field}:{steps.key(step)}@{base.isoformat(timespec='seconds')}"
