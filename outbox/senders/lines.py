"""How a sender stands, in a line: who may use it, how it fares, what it has sent within the hour and spent today."""

from dataclasses import dataclass

from core import clock
from core.i18n import gettext as _
from outbox import pulse
from outbox.models import Sender, SenderState
from outbox.senders import prices, quota, senders
from outbox.senders.types import TYPES


@dataclass(frozen=True)
class Line:
    """A sender in the list: who may use it, how it stands in words with a tone, what it has sent within the hour.

    `spent`: what its SMS have cost today, in words.
    """

    sender: Sender
    who: str
    how: str
    tone: str
    sent: int
    spent: str = ""

    @property
    def kind(self) -> str:
        return _(TYPES[self.sender.type].label)


def line(sender: Sender, people: dict[int, str], state: SenderState | None) -> Line:
    """A sender's line; `people` are the names of users by their ids."""
    who = ", ".join(people[id] for id in sender.users if id in people) or _("everybody")
    sent = quota.sent(sender)
    return Line(sender, who, *_fares(sender, state, sent), sent, _spent(sender))


def _fares(sender: Sender, state: SenderState | None, sent: int) -> tuple[str, str]:
    """How it fares in words, and the tone of that."""
    if not sender.active:
        return _("switched off"), ""
    if senders.wants_consent(sender):
        return (_("consent needed again"), "stop") if sender.from_address else (_("not connected yet"), "wait")
    if state:
        return pulse.fares(state, clock.now(), TYPES[sender.type].channel)
    if sender.quota and sent >= sender.quota:
        return _("has sent all it may within the hour"), "wait"
    return _("ready"), "good"


def _spent(sender: Sender) -> str:
    """What its SMS have cost today; nothing for a sender that costs nothing."""
    if not prices.of(sender):
        return ""
    currency, cap = prices.currency(sender), prices.cap(sender)
    spent = prices.words(prices.spent(sender), currency)
    if cap is None:
        return _("%(spent)s today", spent=spent)
    return _("%(spent)s of %(cap)s today", spent=spent, cap=prices.words(cap, currency))
