"""When a location is open: its week in its own zone, without public holidays and its own closing days."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, TypeVar

from holidays.countries.germany import Germany

from core import clock, i18n
from core.i18n import gettext as _
from records.hours import DAYS, MIDNIGHT
from records.models import Location

AHEAD, BACK = 60, 14  # days looked at
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEK = {day: [["09:00", "17:00"]] for day in list(DAYS)[:5]}
NAMES = tuple(DAYS)

Span = tuple[datetime, datetime]  # from, until but not including
Found = TypeVar("Found")

_memory: ContextVar[dict[Any, Any] | None] = ContextVar("openings", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """For whoever asks thousands of times: in here each place's week and day is worked out once, and none may change."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def _once(key: Any, work: Callable[[], Found]) -> Found:
    memory = _memory.get()
    if memory is None:
        return work()
    if key not in memory:
        memory[key] = work()
    found: Found = memory[key]
    return found


def is_open(place: Location | None, at: datetime) -> bool:
    """Whether work is done there at that moment; the minute of closing counts as closed."""
    place = keeper(place)
    return any(start <= at < end for start, end in spans(place, _day(place, at)))


def next_open(place: Location | None, at: datetime) -> datetime | None:
    """The first open moment from `at` on, `at` itself when open; None when nothing opens within 60 days."""
    place = keeper(place)
    first = _day(place, at)
    for n in range(AHEAD + 1):
        for start, end in spans(place, first + n * DAY):
            if end > at:
                return max(start, at)
    return None


def last_open(place: Location | None, at: datetime) -> datetime | None:
    """The last open minute up to `at`, `at` itself when open; None when nothing was open for 14 days."""
    place = keeper(place)
    last = _day(place, at)
    for n in range(BACK + 1):
        for start, end in reversed(spans(place, last - n * DAY)):
            if start <= at:
                return at if at < end else max(start, end - MINUTE)
    return None


def spans(place: Location, day: date) -> list[Span]:
    """A day's open times in order; nothing on days off. What the clocks jump over is left out."""
    return _once((place.id or id(place), day), lambda: list(_spans(place, day)))


def _spans(place: Location, day: date) -> Iterator[Span]:
    open_ = place.hours.get(NAMES[day.weekday()])
    if open_ and not days_off(place, day):
        zone = clock.zone(place.time_zone)
        for start, end in open_:
            span = _edge(day, start, zone), _edge(day, end, zone)
            if span[0] < span[1]:
                yield span


def days_off(place: Location | None, day: date) -> str:
    """What closes the place on that day, in the reader's words: closing days, a public holiday; empty when nothing does."""
    place = place or keeper(None)
    text = day.isoformat()
    for closure in place.closures:
        if closure["from"] <= text <= closure["to"]:
            return closure["name"] or _("Closing day")
    return _holidays(place.state, day.year, place.catholic, i18n.current()).get(day, "") if place.state else ""


def keeper(place: Location | None) -> Location:
    """The place whose week counts. One without hours has those of the only location that has some, else the usual ones.

    It keeps its own zone and days off; no place at all has those of that only location, too.
    """
    if place and any(place.hours.values()):
        return place
    return _once(("keeper", place.id if place else None), lambda: _keeper(place))


def _keeper(place: Location | None) -> Location:
    known = [other for other in Location.select() if any(other.hours.values())]
    only = known[0] if len(known) == 1 else Location(hours=WEEK)
    if place is None:
        return only
    own = {field: getattr(place, field) for field in ("time_zone", "state", "catholic", "closures")}
    return Location(hours=only.hours, **own)


def _day(place: Location, at: datetime) -> date:
    return at.astimezone(clock.zone(place.time_zone)).date()


def _edge(day: date, text: str, zone: tzinfo) -> datetime:
    """The first moment at which the clocks there show that time or a later one of the day: the jump when they skip it."""
    if text == MIDNIGHT:
        day, text = day + DAY, "00:00"
    wall = datetime.combine(day, time(int(text[:2]), int(text[3:])), zone)
    first, second = int(wall.timestamp()), int(wall.replace(fold=1).timestamp())
    if second < first:
        after = wall.replace(fold=1).utcoffset()
        seconds = range(second, first)
        first = second + bisect_left(seconds, True, key=lambda at: datetime.fromtimestamp(at, zone).utcoffset() == after)
    return datetime.fromtimestamp(first, UTC)


@lru_cache(1024)
def _holidays(state: str, year: int, catholic: bool, language: str) -> dict[date, str]:
    """The public holidays of a German state; none for a state there is none of."""
    if state not in Germany.subdivisions:
        return {}
    words = "de" if language == "de" else "en_US"
    categories = ("public", "catholic") if catholic else ("public",)
    found = Germany(subdiv=state, years=year, categories=categories, language=words, expand=False)
    return {day: name.replace("; ", ", ") for day, name in found.items()}
