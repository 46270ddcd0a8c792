"""Days in conditions: how far away from today one is, in the time zone of the record."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from core import clock, i18n
from core.i18n import gettext as _
from records import amounts
from records.contacts import Refused
from records.models import Record
from records.zones import zone_of


class Day(NamedTuple):
    """A day, how many it is away from today, and whether the moment itself lies ahead or in the past."""

    day: date
    away: int
    ahead: bool
    past: bool


class Date:
    """A day without a time; kept as `2026-11-20`."""

    def actual(self, value: Any, record: Record) -> Day | None:
        try:
            day = date.fromisoformat(str(value)[:10])
        except ValueError:
            return None
        away = (day - clock.now().astimezone(zone_of(record)).date()).days
        return Day(day, away, away >= 0, away <= 0)

    def wanted(self, kept: str) -> date:
        day = amounts.day(kept.strip(), "value")
        if day is None:
            raise Refused("value", _("This is not a date."))
        return day

    def keep(self, typed: str) -> str:
        return self.wanted(typed).isoformat()

    def typed(self, kept: str) -> str:
        return self.keep(kept)

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        return i18n.date(datetime.combine(self.wanted(kept), time(12), UTC), UTC, "d. MMMM y")


class Moment(Date):
    """A moment, of which the day in the record's time zone is compared."""

    def actual(self, value: datetime | None, record: Record) -> Day | None:
        if value is None:
            return None
        zone, now = zone_of(record), clock.now()
        day = value.astimezone(zone).date()
        return Day(day, (day - now.astimezone(zone).date()).days, value >= now, value <= now)
