"""The weeks that a replay is about."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core import clock
from records.zones import utc_of, zone_of

BACK, AHEAD = 30, 14  # days


@dataclass(frozen=True)
class Span:
    """From the beginning of the first day until the end, and the moment between that is now."""

    since: datetime
    now: datetime
    until: datetime

    @property
    def first(self) -> date:
        return self.since.astimezone(zone_of(None)).date()


def around(now: datetime | None = None) -> Span:
    """The last 30 days, today the last of them, and the next 14."""
    now, zone = now or clock.now(), zone_of(None)
    first = now.astimezone(zone).date() - timedelta(days=BACK - 1)
    return Span(utc_of(first, time(0), zone), now, now + timedelta(days=AHEAD))
