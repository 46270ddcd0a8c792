"""The trigger that comes round with the calendar: every Wednesday, every first of the month, at an hour of the day."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from markupsafe import Markup, escape

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from records import hours
from records.models import Kind
from records.wording import each
from records.zones import utc_of
from rules.triggers.contract import Occasion, Option, Options, Silent

GRACE = timedelta(hours=12)  # a Wednesday's reminder means nothing on a Friday
WEEK = tuple(hours.DAYS)
LAST = 31  # day of the month: the last, whichever that is


class Every(Silent):
    family = "series"
    label = N_("comes round in the calendar")
    options: Sequence[Option] = (
        Option("weekdays", "weekdays", N_("Days of the week"), N_("Tick a day of the week, or name a day of the month.")),
        Option("days", "days", N_("Days of the month")),
        Option("at", "time", N_("Time of day"), N_("Please say at which time of day.")),
    )

    def occurrences(self, options: Options, zone: tzinfo, after: datetime, until: datetime) -> list[Occasion]:
        hour, day, found = time.fromisoformat(options["at"]), after.astimezone(zone).date(), []
        while day <= until.astimezone(zone).date():
            at = utc_of(day, hour, zone)
            if after < at <= until and _means(options, day):
                found.append(Occasion(f"every@{day.isoformat()}", at, "series", at + GRACE))
            day += timedelta(days=1)
        return found

    def phrase(self, kind: Kind, options: Options) -> Markup:
        words = {"days": _said(options), "time": i18n.clock_time(options["at"]) if options.get("at") else "…"}
        return Markup(_("Every <b>%(days)s at %(time)s</b>")) % words

    def moment(self, kind: Kind, options: Options) -> Markup:
        return escape(_("for %(each)s", each=each(kind)))

    def title(self, kind: Kind, options: Options) -> str:
        return _("every %(days)s", days=_said(options))

    def hears(self, entry: Entry, options: Options) -> bool:
        return False


def _means(options: Options, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    return WEEK[day.weekday()] in options.get("weekdays", ()) or any(
        min(wanted, last) == day.day for wanted in options.get("days", ())
    )


def _said(options: Options) -> str:
    """“Wednesday”, “1st and 15th of the month”."""
    weekdays = [_(hours.DAYS[day]) for day in WEEK if day in options.get("weekdays", ())]
    days = [i18n.ordinal(day) for day in options.get("days", ()) if day < LAST]
    of_month = [_("%(days)s of the month", days=i18n.listed(days))] if days else []
    last = [_("last day of the month")] if LAST in options.get("days", ()) else []
    return i18n.listed(weekdays + of_month + last) or "…"
