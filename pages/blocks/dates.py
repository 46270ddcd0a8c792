"""When something happens: the appointment, and the days on which delivery and invoice are expected."""

from datetime import date, datetime, time
from typing import Any

from core.i18n import N_
from core.i18n import gettext as _
from pages import words
from pages.blocks.contract import Block, Told
from pages.blocks.items import followed
from pages.snapshot import Snapshot

NOON = time(12)


class Appointment(Block):
    """The day and hour agreed on, and how it gets into one's own calendar."""

    key, label, area = "appointment", N_("Your appointment"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if record.scheduled_at is None or snapshot.stopped:
            return None
        at = snapshot.local(record.scheduled_at)
        return {
            "month": words.day(at, "MMM"),
            "day": at.day,
            "date": words.near_day(at, snapshot.as_of),
            "time": words.clock(at),
            "past": at < snapshot.as_of,
            "where": record.location.name if record.location else "",
        }


class Expected(Block):
    """When delivery and invoice are expected (M8), as long as those days lie ahead of what the page tells."""

    key, label, area = "expected", N_("Expected"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        if snapshot.stopped or snapshot.status.get("closed"):
            return None
        items = followed(snapshot.record)
        arrived = items and all(item.missing <= 0 for item in items)
        delivery = "" if arrived else _span(snapshot, "delivery_expected", "delivery_latest")
        invoice = _span(snapshot, "invoice_expected")
        rows = [(label, said) for label, said in ((_("Delivery"), delivery), (_("Invoice"), invoice)) if said]
        return {"rows": rows} if rows else None


def _span(snapshot: Snapshot, first: str, last: str = "") -> str:
    """“Tuesday, 24 November”, “from … to …”, “by …”; nothing for days that were over when the page was made."""
    begins, ends = _ahead(snapshot, first), _ahead(snapshot, last)
    if begins and ends and begins < ends:
        days = {"first": words.near_day(begins, snapshot.as_of), "last": words.near_day(ends, snapshot.as_of)}
        return _("between %(first)s and %(last)s", **days)
    if ends and not begins:
        return _("by %(day)s", day=words.near_day(ends, snapshot.as_of))
    return words.near_day(begins, snapshot.as_of) if begins else ""


def _ahead(snapshot: Snapshot, key: str) -> datetime | None:
    on = _date(snapshot.record.fields.get(key))
    return datetime.combine(on, NOON, snapshot.zone) if on and on >= snapshot.as_of.date() else None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
