"""Working hours of a week: {"mon": [["09:00", "13:00"], …], …}, read from a form and said in a few lines.

Whoever is open until midnight types 00:00 as the end; it is kept as 24:00.
"""

from core.i18n import N_
from core.i18n import gettext as _
from records import amounts
from records.contacts import Refused

DAYS = {
    "mon": N_("Monday"), "tue": N_("Tuesday"), "wed": N_("Wednesday"), "thu": N_("Thursday"), "fri": N_("Friday"),
    "sat": N_("Saturday"), "sun": N_("Sunday"),
}
SHORT = {
    "mon": N_("Mon"), "tue": N_("Tue"), "wed": N_("Wed"), "thu": N_("Thu"), "fri": N_("Fri"), "sat": N_("Sat"),
    "sun": N_("Sun"),
}
INTERVALS = 3  # per day
MIDNIGHT = "24:00"

Spans = list[list[str]]


def spans(typed: Spans, day: str) -> Spans:
    """A day's intervals in order, each ["09:00", "13:00"]; raises Refused when they overlap or run backwards."""
    field = f"hours.{day}"
    times = [(_hour(start, field), _hour(end, field)) for start, end in typed if start or end]
    whole = sorted((start, MIDNIGHT if end == "00:00" else end) for start, end in times if start and end)
    if len(whole) < len(times):
        raise Refused(field, _("From and to belong together."))
    if any(start >= end for start, end in whole):
        raise Refused(field, _("Closing time must be later than opening time."))
    if any(before[1] > after[0] for before, after in zip(whole, whole[1:], strict=False)):
        raise Refused(field, _("These times overlap."))
    return [[start, end] for start, end in whole[:INTERVALS]]


def shown(week: dict[str, Spans]) -> dict[str, Spans]:
    """The week as the inputs hold it: browsers know no 24:00."""
    return {day: [[start, "00:00" if end == MIDNIGHT else end] for start, end in open_] for day, open_ in week.items()}


def opening(week: dict[str, Spans]) -> list[tuple[str, str]]:
    """The week in few lines, days with the same hours together: [("Mo–Fr", "09:00–13:00, 14:00–18:30"), …]."""
    lines: list[tuple[list[str], Spans]] = []
    for day in DAYS:
        if lines and lines[-1][1] == week.get(day, []):
            lines[-1][0].append(day)
        else:
            lines.append(([day], week.get(day, [])))
    return [(_days(days), said(open_)) for days, open_ in lines if open_]


def said(open_: Spans) -> str:
    """“09:00–13:00, 14:00–18:30”."""
    return ", ".join("–".join(span) for span in open_)


def _hour(text: str, field: str) -> str:
    at = amounts.hour(text, field)
    return f"{at:%H:%M}" if at else ""


def _days(days: list[str]) -> str:
    first, last = _(SHORT[days[0]]), _(SHORT[days[-1]])
    return first if len(days) == 1 else f"{first}–{last}"
