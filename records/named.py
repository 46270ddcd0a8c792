"""Events by name: those a kind has of its own, and those all have, because customers say them on their status page."""

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from records.models import Kind

SAID = {
    "quote_approved": N_("Quote approved"),
    "quote_declined": N_("Quote declined"),
    "appointment_confirmed": N_("Appointment confirmed"),
    "appointment_wished": N_("Another appointment wished for"),
    "said_paid": N_("Said to be paid already"),
    "call_wished": N_("Call asked for"),
}


def labels(kind: Kind) -> dict[str, str]:
    """What the events of a kind are called, by their keys: its own first."""
    own = {event["key"]: i18n.pick(event["labels"]) for event in kind.events}
    return own | {key: _(label) for key, label in SAID.items() if key not in own}
