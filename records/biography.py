"""A record's journal as a story: each entry in words, by day, in the time zone of its location."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from markupsafe import Markup, escape

from core import clock, i18n
from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from records import actors, further, named
from records.models import Kind, Record
from records.zones import appointment, zone_of

LONGEST = 200  # entries of one record that are told
FIELDS = {
    "profile": N_("Profile"), "source": N_("Source"), "placed_at": N_("Received on"), "due_at": N_("Due on"),
    "total": N_("Total"), "currency": N_("Currency"), "items": N_("Items"), "location": N_("Location"),
    "tracking": N_("Parcel"), "fields": N_("Further details"), "contact": N_("Contact"), "assignee": N_("Assignee"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened, or will. `tone` is the class of its stamp: moved, sent, held, failed, dropped, ahead or "".

    `foot` is what can be done about it, ready to show.
    """

    at: datetime
    tone: str
    icon: str
    what: Markup
    why: str = ""
    foot: Markup = Markup("")


@dataclass(frozen=True)
class Biography:
    """What comes (the last first), and what was: days, the newest first, each with its lines."""

    record: Record
    zone: tzinfo
    ahead: list[Line]
    days: list[tuple[str, list[Line]]]


def told(record: Record, more: Iterable[Line] = ()) -> Biography:
    """The story of a record; `more` are lines that other rooms know, such as its messages."""
    zone, entries = zone_of(record), _entries(record)
    names = actors.names(entry.actor for entry in entries)
    lines = [line for entry in entries if (line := _line(entry, record, names, zone))]
    lines = sorted([*lines, *more], key=lambda line: line.at, reverse=True)
    return Biography(record, zone, [line for line in lines if line.tone == "ahead"], _by_day(lines, zone))


def _entries(record: Record) -> list[Entry]:
    query = Entry.select().where(Entry.record_id == record.id).order_by(Entry.id.desc())
    return list(query.limit(LONGEST))


def _by_day(lines: list[Line], zone: tzinfo) -> list[tuple[str, list[Line]]]:
    days: dict[str, list[Line]] = {}
    for line in lines:
        if line.tone != "ahead":
            days.setdefault(_day(line.at, zone), []).append(line)
    return list(days.items())


def _day(at: datetime, zone: tzinfo) -> str:
    day, today = at.astimezone(zone).date(), clock.now().astimezone(zone).date()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return i18n.date(at, zone, "EEEE, d. MMMM" if day.year == today.year else "EEEE, d. MMMM y")


def _line(entry: Entry, record: Record, names: dict[str, str], zone: tzinfo) -> Line | None:
    """An entry in words; None for what other rooms tell, such as messages."""
    noun, _dot, event = entry.what.partition(".")
    tell = TOLD.get(event if noun == record.kind_id else entry.what)
    if tell is None and noun != record.kind_id:
        return None
    tone, icon, what = tell(entry.data, record.kind, zone) if tell else _event(event, record.kind)
    return Line(entry.at, tone, icon, what + Markup(", ") + escape(names[entry.actor]), _why(entry.data))


def _why(data: dict[str, Any]) -> str:
    if data.get("late"):
        return _("This was older than what we knew already; it was only written down.")
    return _("Without a message.") if data.get("silent") else ""


Told = tuple[str, str, Markup]


def _created(data: dict[str, Any], kind: Kind, zone: tzinfo) -> Told:
    words = {"kind": kind.label(), "status": kind.status_label(data["status"])}
    return "moved", "plus", Markup(_("%(kind)s entered as <b>%(status)s</b>")) % words


def _status(data: dict[str, Any], kind: Kind, zone: tzinfo) -> Told:
    words = {"before": kind.status_label(data["from"]), "after": kind.status_label(data["to"])}
    return "moved", "flag", Markup(_("Status from %(before)s to <b>%(after)s</b>")) % words


def _scheduled(data: dict[str, Any], kind: Kind, zone: tzinfo) -> Told:
    if not data["to"]:
        return "", "calendar", Markup(escape(_("Appointment removed")))
    when = appointment(datetime.fromisoformat(data["to"]), zone)
    moved = _("Appointment moved to <b>%(when)s</b>") if data["from"] else _("Appointment set to <b>%(when)s</b>")
    return "", "calendar", Markup(moved) % {"when": when}


def _changed(data: dict[str, Any], kind: Kind, zone: tzinfo) -> Told:
    own = {f"fields.{key}": label for key, label in further.labels(kind).items()}
    labels = own | {field: _(label) for field, label in FIELDS.items()}
    fields = (labels.get(field, field.removeprefix("fields.")) for field in data["fields"])
    return "", "order", Markup(_("Changed: %(fields)s")) % {"fields": ", ".join(fields)}


def _event(event: str, kind: Kind) -> Told:
    return "", "flag", Markup(_("Event <b>%(event)s</b>")) % {"event": named.labels(kind).get(event, event)}


def _plain(icon: str, text: str) -> Callable[[dict[str, Any], Kind, tzinfo], Told]:
    return lambda data, kind, zone: ("", icon, Markup(escape(_(text))))


def _paused(data: dict[str, Any], kind: Kind, zone: tzinfo) -> Told:
    if not data.get("until"):
        return "held", "pause", Markup(escape(_("Payment reminders paused")))
    until = i18n.date(datetime.fromisoformat(data["until"]), zone)
    return "held", "pause", Markup(_("Payment reminders paused until <b>%(day)s</b>")) % {"day": until}


TOLD: dict[str, Callable[[dict[str, Any], Kind, tzinfo], Told]] = {
    "created": _created,
    "status_changed": _status,
    "scheduled_at_changed": _scheduled,
    "changed": _changed,
    "paid": _plain("coin", N_("Payment received")),
    "unpaid": _plain("coin", N_("Payment taken back")),
    "ladder.paused": _paused,
    "ladder.resumed": _plain("play", N_("Payment reminders go on")),
    "document.added": _plain("page", N_("Document added for the customer")),
    "document.removed": _plain("page", N_("Document removed")),
    "reply.done": _plain("check", N_("Customer’s answer dealt with")),
    "reply.reopened": _plain("flag", N_("Customer’s answer open again")),
    "reply.undone": _plain("undo", N_("Customer’s answer taken back")),
    "link.opened": _plain("eye", N_("Status page opened")),
    "link.requested": _plain("link", N_("Fresh link asked for")),
    "link.revoked": _plain("link", N_("Link revoked")),
}
SIGNS = {
    "quote_approved": "check", "quote_declined": "cross", "appointment_confirmed": "check", "appointment_wished": "calendar",
    "said_paid": "coin", "call_wished": "phone",
}
TOLD |= {said: _plain(SIGNS[said], label) for said, label in named.SAID.items()}
