"""The steps of a reminder: how far from a moment each one stands, and at which hour of the day.

A step is {"n": 3, "unit": "days", "at": "18:00" or "", "template": 0 or the id of a text of its own}.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any

from core import i18n
from core.i18n import gettext as _
from core.i18n import ngettext
from records.zones import utc_of

Step = Mapping[str, Any]
UNITS = ("minutes", "hours", "days")
MOST = 12  # steps of one rule
LONGEST = 366  # days


def key(step: Step) -> str:
    """What tells a step from the others of its rule, however they are ordered: “3d”, “1d18:00”."""
    return f"{step['n']}{step['unit'][0]}{step.get('at') or ''}"


def moment(base: datetime, step: Step, zone: tzinfo, way: int) -> datetime:
    """When a step is due, `way` -1 before and 1 after the base.

    Days are days of the calendar in that zone, so that one day before 10:00 is 10:00, also when clocks change between;
    hours and minutes are as long as they always are.
    """
    if step["unit"] != "days":
        return base + way * timedelta(**{step["unit"]: step["n"]})
    local = base.astimezone(zone)
    hour = time.fromisoformat(step["at"]) if step.get("at") else local.time()
    return utc_of(local.date() + way * timedelta(days=step["n"]), hour, zone)


def said(steps: Sequence[Step], way: int) -> str:
    """“3, 7 and 14 days after”, “1 day before at 18:00 and 2 hours before”."""
    if not steps:
        return "…"
    plain = len({(step["unit"], step.get("at") or "") for step in steps}) == 1 and not steps[0].get("at")
    if plain and len(steps) > 1:
        *first, last = [step["n"] for step in steps]
        last_span = _span(last, steps[-1]["unit"], way)
        return _("%(first)s and %(last)s", first=", ".join(map(str, first)), last=last_span)
    return i18n.listed([_one(step, way) for step in steps])


def _one(step: Step, way: int) -> str:
    if step["unit"] == "days" and step["n"] == 0:
        return _("on the same day at %(time)s", time=i18n.clock_time(step["at"]))
    span = _span(step["n"], step["unit"], way)
    return _("%(span)s at %(time)s", span=span, time=i18n.clock_time(step["at"])) if step.get("at") else span


def _span(n: int, unit: str, way: int) -> str:
    """“3 days before”, in one piece: in German the days have another case elsewhere."""
    before = {
        "minutes": ngettext("%(n)s minute before", "%(n)s minutes before", n),
        "hours": ngettext("%(n)s hour before", "%(n)s hours before", n),
        "days": ngettext("%(n)s day before", "%(n)s days before", n),
    }
    after = {
        "minutes": ngettext("%(n)s minute after", "%(n)s minutes after", n),
        "hours": ngettext("%(n)s hour after", "%(n)s hours after", n),
        "days": ngettext("%(n)s day after", "%(n)s days after", n),
    }
    return (before if way < 0 else after)[unit]
