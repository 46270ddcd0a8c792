"""In whose time zone a record's times are read, and how to say them shortly."""

from datetime import UTC, date, datetime, time, tzinfo

from core import clock, i18n
from records.models import Location, Record

HOME = "Europe/Berlin"


def zone_of(place: Record | Location | None) -> tzinfo:
    """The time zone of a location, or of a record's location; the house's own without one."""
    location = place.location if isinstance(place, Record) else place
    return clock.zone(location.time_zone if location else HOME)


def shortly(at: datetime, zone: tzinfo) -> str:
    """“10:52” today, “20. Nov.” this year, “20.11.2025” before."""
    local, today = at.astimezone(zone), clock.now().astimezone(zone)
    if local.date() == today.date():
        return i18n.date(at, zone, "H:mm")
    if local.year == today.year:
        return i18n.date(at, zone, "d. MMM")
    return shown_day(at, zone)


def shown_day(at: datetime | str, zone: tzinfo | None = None) -> str:
    """“20.11.2026” of a moment or its ISO text, in the house's own zone unless another is given."""
    at = datetime.fromisoformat(at) if isinstance(at, str) else at
    return i18n.date(at, zone or zone_of(None), "dd.MM.y" if i18n.current() == "de" else "dd/MM/y")


def appointment(at: datetime, zone: tzinfo) -> str:
    """“Di, 24. Nov., 16:30 Uhr”: short, but all one needs to be there."""
    local, today = at.astimezone(zone), clock.now().astimezone(zone)
    weekday = i18n.date(at, zone, "EEE").rstrip(".")
    day = i18n.date(at, zone, "d. MMM" if local.year == today.year else "d. MMM y")
    return f"{weekday}, {day}, {i18n.time(at, zone)}"


def utc_of(day: date, hour: time, zone: tzinfo) -> datetime:
    """The moment of a wall time; one that does not exist moves forward, of a doubled one the first counts."""
    wall = datetime.combine(day, hour, zone)
    return datetime.fromtimestamp(wall.timestamp(), UTC)
