"""A record's appointment as a calendar file: published while it stands, cancelled when it does not (RFC 5545, 5546)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress, vText

from core import clock
from core.i18n import gettext as _
from core.journal import Entry
from pages import place
from records.models import Kind, Record

NAME = "appointment.ics"
USUAL, LONGEST = 60, 7 * 24 * 60  # minutes


@dataclass(frozen=True)
class File:
    """A calendar file; `type` is its content type with parameters."""

    type: str
    data: bytes


def calendar(record: Record, company: dict[str, Any]) -> File | None:
    """The calendar file, in the language being spoken; None where there is no appointment and never was one."""
    news = _news(record)
    begins = record.scheduled_at or _withdrawn(news)
    if begins is None:
        return None
    method = "CANCEL" if record.scheduled_at is None or _stopped(record.kind, record.status) else "PUBLISH"
    made = Calendar()
    for name, value in (("prodid", "-//Statusbote//Statusbote//EN"), ("version", "2.0"), ("method", method)):
        made.add(name, value)
    made.add_component(_event(record, company, begins, _sequence(record.kind, news), method))
    return File(f"text/calendar; charset=utf-8; method={method}", made.to_ical())


def _event(record: Record, company: dict[str, Any], begins: datetime, sequence: int, method: str) -> Event:
    event = Event()
    event.add("uid", _uid(record))
    event.add("sequence", sequence)
    event.add("dtstamp", record.updated_at or clock.now())
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=minutes(record)))
    event.add("summary", _summary(record, company.get("name") or ""))
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    if where := record.location:
        event.add("location", _line(", ".join(filter(None, (where.name, where.street, where.city)))))
    if address := company.get("email") or company.get("mail_from"):
        organizer = vCalAddress(f"mailto:{address}")
        organizer.params["cn"] = vText(_line((company.get("name") or "").replace('"', "")))
        event.add("organizer", organizer)
    return event


def minutes(record: Record) -> int:
    """How long it takes: what the record's own field `duration` says in minutes, else an hour."""
    try:
        said = int(record.fields.get("duration") or 0)
    except (TypeError, ValueError):
        return USUAL
    return said if 0 < said <= LONGEST else USUAL


def _summary(record: Record, company: str) -> str:
    about = _line(f"{record.kind.label()} {record.number}")
    return _("%(company)s: appointment for %(record)s", company=company, record=about) if company else about


def _uid(record: Record) -> str:
    """The same for a record's whole life; it tells nothing about it."""
    name = sha256(f"{record.kind_id}/{record.number}".encode()).hexdigest()[:32]
    return f"{name}@{urlsplit(place.base_url()).hostname or 'statusbote'}"


def _news(record: Record) -> list[Entry]:
    """What happened to its time and status, in order."""
    events = [f"{record.kind_id}.{name}" for name in ("scheduled_at_changed", "status_changed")]
    mine = (Entry.record_id == record.id) & Entry.what.in_(events)
    return list(Entry.select(Entry.what, Entry.data).where(mine).order_by(Entry.id)) if record.id else []


def _sequence(kind: Kind, news: list[Entry]) -> int:
    """Grows with each change of the time, and when it is cancelled or comes back: calendars believe the higher number."""
    return sum(_moved(entry) or _stopped(kind, entry.data["from"]) != _stopped(kind, entry.data["to"]) for entry in news)


def _withdrawn(news: list[Entry]) -> datetime | None:
    """The time that stood before it was taken back."""
    times = [entry.data["from"] for entry in news if _moved(entry) and entry.data.get("from")]
    return datetime.fromisoformat(times[-1]) if times else None


def _moved(entry: Entry) -> bool:
    return entry.what.endswith(".scheduled_at_changed")


def _stopped(kind: Kind, status: Any) -> bool:
    return (kind.status(status) or {}).get("tone") == "stop"


def _line(text: str) -> str:
    """The text on one line, without control, direction or invisible characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
