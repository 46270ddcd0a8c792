"""The times of a record, and the fields that can change: what they are called, and where they are found."""

from datetime import date, datetime, time, tzinfo

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from records.models import Kind, Record
from records.zones import utc_of, zone_of

MORNING = time(9)  # what is known to the day only is meant to begin then
MOMENTS = {  # field → (its name, a record that has it, before, after)
    "scheduled_at": (N_("the appointment"), N_("If %(kind)s has <b>an appointment</b>")),
    "placed_at": (N_("the day it was placed"), N_("If %(kind)s <b>was placed</b>")),
    "due_at": (N_("the due date"), N_("If %(kind)s has <b>a due date</b>")),
    "paid_at": (N_("the payment"), N_("If %(kind)s <b>was paid</b>")),
}
NOUNS = {
    "scheduled_at": N_("Appointment"), "placed_at": N_("Day placed"), "due_at": N_("Due date"), "paid_at": N_("Payment"),
}
CHANGING = {
    "paid": N_("the payment"), "assignee": N_("the assignee"), "contact": N_("the customer"), "location": N_("the location"),
    "total": N_("the total"), "items": N_("the items"), "tracking": N_("the parcel"), "due_at": N_("the due date"),
    "placed_at": N_("the day it was placed"), "profile": N_("the profile"), "source": N_("the source"),
}


def times(kind: Kind) -> list[tuple[str, str]]:
    """The keys and names of all times that a record of the kind may have."""
    own = [(f"fields.{field['key']}", i18n.pick(field["labels"])) for field in kind.fields if field.get("type") == "date"]
    return [(key, _(said[0])) for key, said in MOMENTS.items()] + own


def changing(kind: Kind) -> list[tuple[str, str]]:
    """The keys and names of all that can change."""
    own = [(f"fields.{field['key']}", i18n.pick(field["labels"])) for field in kind.fields]
    return [(key, _(label)) for key, label in CHANGING.items()] + own


def label(key: str, kind: Kind) -> str:
    return dict(times(kind)).get(key, "…")


def noun(key: str, kind: Kind) -> str:
    """The name of a time without an article, for titles."""
    return _(NOUNS[key]) if key in NOUNS else label(key, kind)


def field_label(key: str, kind: Kind) -> str:
    return dict(changing(kind)).get(key, "…")


def having(key: str) -> str:
    """“If %(kind)s has an appointment”, to be filled in."""
    return _(MOMENTS[key][1]) if key in MOMENTS else _("If %(kind)s has <b>%(time)s</b>")


def value(record: Record, key: str) -> datetime | None:
    """The moment that stands in the record's field; None where there is none."""
    if not key.startswith("fields."):
        found: datetime | None = getattr(record, key) if key in MOMENTS else None
        return found
    return _day(str(record.fields.get(key.removeprefix("fields."), "")), zone_of(record))


def _day(text: str, zone: tzinfo) -> datetime | None:
    try:
        return utc_of(date.fromisoformat(text[:10]), MORNING, zone)
    except ValueError:
        return None
