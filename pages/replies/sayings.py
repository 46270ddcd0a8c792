"""What a customer can say on a status page, about what, and when the page asks.

What was said becomes an Entry `<kind>.<key>`, see `records.events`; each `subject` is answered once per occasion.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core import keys
from core.i18n import N_
from pages.payment import owed
from pages.replies.models import Reply
from records.models import Record

DONE, UNDONE = "done", "undone"


@dataclass(frozen=True)
class Saying:
    """`button` is what the page offers, `question` and `about` what is asked after the press, `told` what was said then.

    `words` asks for words of one's own, which `needed` insists on; `next` is what happens with it.
    """

    subject: str
    button: str
    icon: str
    question: str
    words: str
    told: str
    next: str
    about: str = ""
    needed: str = ""


SAYINGS: dict[str, Saying] = {
    "quote_approved": Saying(
        "quote", N_("Approve the quote"), "check", N_("Do you approve our quote?"), N_("Anything to add?"),
        N_("You approved our quote on %(when)s."), N_("We begin with what was agreed."),
    ),
    "quote_declined": Saying(
        "quote", N_("Decline the quote"), "cross", N_("Do you decline our quote?"), N_("What would suit you better?"),
        N_("You declined our quote on %(when)s."), N_("We get in touch with you if anything is left to settle."),
    ),
    "appointment_confirmed": Saying(
        "appointment", N_("Confirm the appointment"), "check", N_("Does this appointment suit you?"), N_("Anything to add?"),
        N_("You confirmed the appointment on %(when)s."), N_("We look forward to seeing you."),
    ),
    "appointment_wished": Saying(
        "appointment", N_("Ask for another time"), "calendar", N_("When would it suit you?"), N_("Your wish"),
        N_("You asked for another appointment on %(when)s."),
        N_("We get in touch with you. Until then the old appointment stands."),
        needed=N_("Please write which days or times suit you."),
    ),
    "said_paid": Saying(
        "payment", N_("I have paid already"), "check", N_("Have you paid already?"), N_("When and how did you pay?"),
        N_("You told us on %(when)s that you have paid."),
        N_("We look whether the money has arrived; sometimes that takes some days."),
        about=N_("Then tell us, and we look whether your payment has arrived."),
    ),
    "call_wished": Saying(
        "call", N_("Please call me back"), "phone", N_("Shall we call you back?"), N_("When, and on which number?"),
        N_("You asked us on %(when)s to call you back."), N_("We call you as soon as we can."),
    ),
}


def of_subject(subject: str) -> list[str]:
    """What can be said about it, the usual answer first."""
    return [key for key, saying in SAYINGS.items() if saying.subject == subject]


def occasion(record: Record, subject: str, replies: Sequence[Reply]) -> str:
    """Which of the record's quotes, appointments, amounts or calls is meant now; "" where there is nothing to answer.

    `replies` are those of the record that count.
    """
    return OCCASIONS[subject](record, replies)


def answered(record: Record, subject: str, replies: Sequence[Reply]) -> Reply | None:
    """The reply that holds for what the page asks now."""
    now = occasion(record, subject, replies)
    return next((reply for reply in replies if (reply.subject, reply.occasion) == (subject, now)), None)


def too_late(record: Record, subject: str, at: datetime) -> bool:
    """Whether its moment has passed although the page, printed earlier, may still ask."""
    return subject == "appointment" and record.scheduled_at is not None and record.scheduled_at <= at


def _quote(record: Record, replies: Sequence[Reply]) -> str:
    """A quote with other items or another sum is another quote."""
    items = [[item.get(part) for part in ("name", "quantity", "price")] for item in record.items]
    return keys.fingerprint(json.dumps([items, str(record.total), record.currency]))[:32]


def _appointment(record: Record, replies: Sequence[Reply]) -> str:
    stopped = (record.kind.status(record.status) or {}).get("tone") == "stop"
    return record.scheduled_at.isoformat() if record.scheduled_at and not stopped else ""


def _payment(record: Record, replies: Sequence[Reply]) -> str:
    return f"{record.total} {record.currency}" if owed(record) else ""


def _call(record: Record, replies: Sequence[Reply]) -> str:
    """After one call was made the next may be asked for."""
    return str(1 + sum(reply.subject == "call" and reply.state == DONE for reply in replies))


OCCASIONS: dict[str, Callable[[Record, Sequence[Reply]], str]] = {
    "quote": _quote, "appointment": _appointment, "payment": _payment, "call": _call,
}
