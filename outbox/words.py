"""A message in words: what it is, whom it is for, how it stands, why, and what a person can do about it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from core import clock
from core.i18n import N_, date, ngettext, time
from core.i18n import gettext as _
from core.journal import Entry
from core.rows import tuples
from emails.models import Template
from outbox import valve
from outbox.models import Message
from outbox.senders import prices, senders
from outbox.states import SENDING, STATES, TONES, said
from records import actors
from records.load import load
from records.models import Record
from records.people import label, person
from records.zones import zone_of

DEEDS = {
    "release": N_("Let it go out"),
    "now": N_("Now"),
    "later": N_("Later …"),
    "again": N_("Send again"),
    "settled": N_("Counts as sent"),
    "discard": N_("Discard"),
}
POSSIBLE = {
    "planned": ("now", "later", "discard"),
    "awaiting": ("release", "discard"),
    "held": ("release", "discard"),
    "failed": ("again", "discard"),
    "unclear": ("again", "settled", "discard"),
    "bounced": ("discard",),
}
STAMPS = {"planned": "ahead", "awaiting": "ahead", "unclear": "held", "bounced": "failed"}
SIGNS = {"ahead": "mail", "sent": "mail", "held": "pause", "failed": "warn", "dropped": "cross"}
LONGEST = 400  # lines of the journal read for one page of messages


@dataclass(frozen=True)
class Told:
    """A message as a person reads it; `at` is when it goes out, went out, or came to its end."""

    message: Message
    record: Record | None
    template: str
    name: str
    address: str
    at: datetime
    why: str
    writer: str = ""  # who wrote it by hand

    @property
    def zone(self) -> tzinfo:
        return zone_of(self.record)

    @property
    def state(self) -> str:
        return _(STATES[self.message.state])

    @property
    def sender(self) -> str:
        """What its sender is called; nothing for the house's own address."""
        key = self.message.sender_id
        return senders.names([key]).get(key) or _("(deleted sender)") if key else ""

    @property
    def takes(self) -> str:
        """What an SMS takes: its parts, and their price where it is known."""
        message = self.message
        if not message.parts:
            return ""
        parts = ngettext("%(n)s part", "%(n)s parts", message.parts)
        return f"{parts}, {prices.words(message.cost, message.currency or 'EUR')}" if message.cost else parts

    @property
    def tone(self) -> str:
        return TONES.get(self.message.state, "")

    @property
    def stamp(self) -> str:
        """The class of its stamp in a biography."""
        state = self.message.state
        return "ahead" if state in SENDING else STAMPS.get(state, state)

    @property
    def sign(self) -> str:
        sign = SIGNS[self.stamp]
        return "sms" if sign == "mail" and self.message.channel == "sms" else sign

    @property
    def deeds(self) -> list[str]:
        """What a person can do now; hurrying what is due already would change nothing."""
        possible = POSSIBLE.get(self.message.state, ())
        return [deed for deed in possible if deed != "now" or self.message.due_at > clock.now()]

    @property
    def moves(self) -> bool:
        """True while it may become something else by itself within moments."""
        state = self.message.state
        return state in SENDING or (state == "planned" and self.message.due_at <= clock.now())


def tell(messages: Sequence[Message]) -> list[Told]:
    """Messages in words, in the given order; a handful of queries, however many."""
    records = load(message.record_id for message in messages)
    templates = Template.select(Template.id, Template.name).where(Template.id.in_({m.template_id for m in messages}))
    names: dict[int, str] = dict(tuples(templates))
    ends, stopped = _ends(messages), bool(valve.stopped())
    writers = actors.names(message.actor for message in messages if message.actor)
    return [
        replace(
            _told(message, records.get(message.record_id), names, ends.get(message.id), stopped),
            writer=writers.get(message.actor or "", ""),
        )
        for message in messages
    ]


def _told(message: Message, record: Record | None, names: dict[int, str], end: datetime | None, stopped: bool) -> Told:
    reader = person(record, message.recipient) if record else None
    return Told(
        message=message,
        record=record,
        template=names.get(message.template_id) or _("(deleted template)"),
        name=(reader.name if reader else "") or label(message.recipient),
        address=message.address or (reader.reached(message.channel) if reader else ""),
        at=_at(message, end),
        why=_why(message, zone_of(record), stopped),
    )


def _at(message: Message, end: datetime | None) -> datetime:
    if message.state == "sent":
        return message.sent_at or end or message.due_at
    return message.due_at if message.state in ("planned", "awaiting", *SENDING) else end or message.planned_at


def _ends(messages: Sequence[Message]) -> dict[int, datetime]:
    """When the journal last spoke of each message."""
    wanted = {message.record_id for message in messages if message.state not in ("planned", "sent")}
    if not wanted:
        return {}
    lines = Entry.select(Entry.at, Entry.data).where(Entry.record_id.in_(wanted), Entry.what.startswith("message."))
    return {entry.data["message"]: entry.at for entry in reversed(list(lines.order_by(Entry.id.desc()).limit(LONGEST)))}


def _why(message: Message, zone: tzinfo, stopped: bool) -> str:
    return " ".join(part for part in (said(message.reason, message.channel), _outlook(message, zone, stopped)) if part)


def _outlook(message: Message, zone: tzinfo, stopped: bool) -> str:
    """What happens next by itself."""
    due = message.due_at > clock.now()
    if message.state == "awaiting":
        return _("It waits until somebody releases it.")
    if message.state == "planned" and stopped:
        return _("It waits because all sending has been stopped.")
    if message.state == "planned" and due:
        again = message.attempts > 0
        return (_("Tried again %(when)s.") if again else _("Goes out %(when)s.")) % {"when": when(message.due_at, zone)}
    if message.state == "planned":
        return _("Goes out now.")
    return ""


def when(at: datetime, zone: tzinfo) -> str:
    """“at 10:52” today, else “on Saturday, 5 December, at 10:52”."""
    local, today = at.astimezone(zone).date(), clock.now().astimezone(zone).date()
    if local == today:
        return _("at %(time)s", time=time(at, zone))
    day = date(at, zone, "EEEE, d. MMMM" if local.year == today.year else "EEEE, d. MMMM y")
    return _("on %(day)s, at %(time)s", day=day, time=time(at, zone))
