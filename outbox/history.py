"""What became of one message, line by line, as the journal has it."""

from dataclasses import dataclass
from datetime import datetime

from core.i18n import N_
from core.i18n import gettext as _
from core.journal import Entry
from outbox.afterwards.calls import OUTCOMES
from outbox.states import said
from outbox.words import Told
from records import actors

EVENTS = {
    "message.written": ("", "pen", N_("Written by hand")),
    "message.sent": ("sent", "check", N_("Sent")),
    "message.delivered": ("sent", "check", N_("Arrived, says the network")),
    "message.dropped": ("dropped", "cross", N_("Dropped")),
    "message.failed": ("failed", "warn", N_("Failed")),
    "message.tried": ("", "again", N_("Tried, and tried again later")),
    "message.held": ("held", "pause", N_("Held")),
    "message.unclear": ("held", "question", N_("Unclear whether it arrived")),
    "message.bounced": ("failed", "undo", N_("Came back")),
    "message.released": ("", "check", N_("Released")),
    "message.hurried": ("", "play", N_("Moved forward by hand")),
    "message.put_off": ("", "clock", N_("Put off by hand")),
    "message.planned": ("", "clock", N_("Its moment was moved")),
    "message.retried": ("", "again", N_("Sent again by hand")),
    "message.returned": ("held", "undo", N_("The mail server could not hand it over yet")),
    "message.called": ("", "phone", N_("Called")),
}


@dataclass(frozen=True)
class Line:
    """One line: the look of its stamp, its words, whose doing it was, why, and the server's code if it said one."""

    at: datetime
    stamp: str
    sign: str
    what: str
    actor: str
    why: str
    code: str


def of(told: Told) -> list[Line]:
    """The lines about a message, the newest first; it begins with being planned."""
    message = told.message
    entries = Entry.select().where(Entry.record_id == message.record_id, Entry.what.in_(list(EVENTS)))
    mine = [entry for entry in entries.order_by(Entry.id.desc()) if entry.data.get("message") == message.id]
    names = actors.names(entry.actor for entry in mine)
    planned = Line(message.planned_at, "", "plus", _("Planned"), names.get("worker", ""), "", "")
    return [*(_line(entry, names, message.channel) for entry in mine), *([] if message.actor else [planned])]


def _line(entry: Entry, names: dict[str, str], channel: str) -> Line:
    stamp, sign, what = EVENTS[entry.what]
    reason = entry.data.get("reason", "")
    outcome = OUTCOMES.get(entry.data.get("outcome", ""))
    why = said(reason, channel) or (_(outcome) if outcome else "")
    if entry.data.get("anyway"):
        why = _("The reader had not agreed to e-mails; this was confirmed.") if channel == "email" else _(
            "The reader had not agreed to SMS; this was confirmed."
        )
    return Line(entry.at, stamp, sign, _(what), names[entry.actor], why, entry.data.get("code", ""))
