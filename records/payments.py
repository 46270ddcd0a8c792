"""Up to when payments are entered in this house, and how old that may be before reminders of payments wait."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core import clock, journal, settings
from core.db import transaction
from core.i18n import gettext as _
from records.contacts import Refused

DAYS, PAUSE = 3, 7
MOST = 90  # days that may be chosen
OFTEN = timedelta(minutes=5)  # the mark is not moved for less by what machines tell
TOLD = "payments.told"  # the Entry after which whatever waits for payments may go on


@dataclass(frozen=True)
class Stand:
    """`as_of`: payments are entered up to there; none as long as nobody ever said so, and then nothing waits.

    `by`: who said so. `days`: how old that may be, 0 for any age. `pause`: for so many days reminders wait when a customer
    says that it is paid, 0 for not at all.
    """

    as_of: datetime | None
    by: str
    days: int
    pause: int

    @property
    def old(self) -> bool:
        """Whether reminders have to wait, because the payment may be in without anybody having entered it."""
        return bool(self.as_of and self.days and clock.now() - self.as_of > timedelta(days=self.days))


def stand() -> Stand:
    """How it stands, at most a second old."""
    told, chosen = settings.get("payments_as_of"), settings.get("payments")
    as_of = datetime.fromisoformat(told["at"]) if told else None
    return Stand(as_of, told.get("by", ""), chosen.get("days", DAYS), chosen.get("pause", PAUSE))


def tell(as_of: datetime, actor: str) -> None:
    """Say that all payments up to a moment are entered; raises Refused for one that lies ahead."""
    if as_of > clock.now() + timedelta(minutes=1):
        raise Refused("as_of", _("Payments cannot be entered up to a moment that lies ahead."))
    with transaction():
        _put(min(as_of, clock.now()).astimezone(UTC), actor)
        journal.record(TOLD, None, actor, unread=True, as_of=as_of.isoformat(timespec="seconds"))


def heard(at: datetime, actor: str) -> None:
    """A machine has told of a payment: what delivers payments was alive then; in the caller's transaction."""
    _put(at, actor)


def choose(days: int, pause: int, actor: str) -> None:
    """How old the payments may be, and for how long reminders wait when a customer says that it is paid."""
    with transaction():
        settings.put("payments", {"days": days, "pause": pause})
        journal.record(TOLD, None, actor, unread=True, days=days, pause=pause)


def _put(at: datetime, actor: str) -> None:
    value: dict[str, Any] = {"at": at.isoformat(), "by": actor}
    settings.put("payments_as_of", value)
