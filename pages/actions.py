"""The next step a page asks its customer to take: what may be chosen, and the sentence that says it."""

from collections.abc import Callable
from dataclasses import dataclass

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from pages.firm import phone
from pages.snapshot import Snapshot

AS_STATUS, NONE, OWN = "", "none", "own"


@dataclass(frozen=True)
class Action:
    """`label` is what staff choose; `say` gives the sentence, "" where there is nothing to do.

    `subject`: what the customer can answer right there, see `pages.replies.sayings`.
    """

    label: str
    say: Callable[[Snapshot], str]
    subject: str = ""


def sentence(snapshot: Snapshot) -> str:
    """What to do now; a key nobody knows any more says what the status says."""
    return ACTIONS.get(snapshot.action, ACTIONS[AS_STATUS]).say(snapshot)


def _as_status(snapshot: Snapshot) -> str:
    return str(i18n.pick(snapshot.status.get("next") or {}))


def _pay(snapshot: Snapshot) -> str:
    record = snapshot.record
    open_ = bool(record.total) and record.paid_at is None and not snapshot.stopped
    return _("Please pay the amount that is still open.") if open_ else ""


def _approve(snapshot: Snapshot) -> str:
    return "" if snapshot.stopped else _("Please look at our quote and tell us whether you approve it.")


def _confirm(snapshot: Snapshot) -> str:
    record = snapshot.record
    met = record.scheduled_at is not None and record.scheduled_at > record.updated_at and not snapshot.stopped
    return _("Please confirm your appointment, or tell us if the time does not suit you.") if met else ""


def _collect(snapshot: Snapshot) -> str:
    location = snapshot.record.location
    if location is None:
        return _("Ready for you to collect.")
    return _("Ready for you to collect: %(location)s", location=location.name)


def _call(snapshot: Snapshot) -> str:
    location = snapshot.record.location
    number = (phone(location.phone) if location else None) or snapshot.firm.phone
    return _("Please call us: %(number)s", number=number.shown) if number else _("Please call us.")


ACTIONS = {
    AS_STATUS: Action(N_("As the status says"), _as_status),
    NONE: Action(N_("No next step"), lambda s: ""),
    "pay": Action(N_("Pay"), _pay, "payment"),
    "approve": Action(N_("Approve the quote"), _approve, "quote"),
    "confirm": Action(N_("Confirm the appointment"), _confirm, "appointment"),
    "collect": Action(N_("Collect"), _collect),
    "call": Action(N_("Give us a call"), _call, "call"),
    OWN: Action(N_("In your own words"), lambda s: s.words or _as_status(s)),
}
SUBJECTS = {key: action.subject for key, action in ACTIONS.items() if action.subject}
