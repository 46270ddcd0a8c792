"""What is paid, what is still to be paid, and what is credited."""

from decimal import Decimal

from core.i18n import N_
from core.i18n import gettext as _
from pages import actions, payment, words
from pages.blocks.contract import Block, Option, Told
from pages.blocks.items import Item
from pages.replies import offered
from pages.snapshot import Snapshot
from records import payments

NOTHING: Told = {"paid": False, "when": "", "notes": [], "transfer": [], "code": "", **offered.NOTHING}


class Payment(Block):
    """What is paid or still to be paid, how, and which credits are part of that (F5, M5)."""

    key, label, area = "payment", N_("Payment"), "side"
    options = (
        Option("account", N_("Bank details")), Option("code", N_("Code for banking apps")),
        Option("said", N_("Button “I have paid already”")),
    )

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if not record.total or (snapshot.stopped and record.paid_at is None and record.total > 0):
            return None
        sum_ = words.money(abs(record.total), record.currency)
        if record.total < 0:
            return NOTHING | {"word": _("Credit in your favour"), "sum": sum_}
        credited = _credited(snapshot)
        if record.paid_at:
            return NOTHING | {"word": _("Paid"), "sum": sum_, "paid": True, "when": _received(snapshot), "notes": credited}
        day = words.near_day(snapshot.local(record.due_at), snapshot.as_of) if record.due_at else ""
        told: Told = {"word": _("Still to be paid"), "sum": sum_, "when": day and _("Due on %(day)s.", day=day)}
        told["notes"] = credited + _considered(snapshot)
        code = payment.of(record, snapshot.firm.bank) if self.chosen(snapshot, "code") else None
        transfer = payment.lines(record, snapshot.firm.bank) if self.chosen(snapshot, "account") else []
        return NOTHING | told | {"transfer": transfer, "code": code.url if code else ""} | self._said(snapshot)

    def _said(self, snapshot: Snapshot) -> Told:
        """The way to say that it is paid, where the customer was asked to pay and the next step does not offer it."""
        asked = snapshot.record.due_at or payment.lines(snapshot.record, snapshot.firm.bank)
        offers = asked and self.chosen(snapshot, "said") and actions.SUBJECTS.get(snapshot.action) != "payment"
        return offered.offer(snapshot, "payment") if offers else {}


def _received(snapshot: Snapshot) -> str:
    day = words.near_day(snapshot.local(snapshot.record.paid_at), snapshot.as_of)
    return _("Received on %(day)s.", day=day) if snapshot.stopped else _("Received on %(day)s. Thank you.", day=day)


def _considered(snapshot: Snapshot) -> list[str]:
    """Up to when payments were entered when the page was made, so that nobody pays twice (X6)."""
    as_of = payments.stand().as_of
    if as_of is None:
        return []
    at = snapshot.local(as_of)
    moment = f"{words.near_day(at, snapshot.as_of)}, {words.clock(at)}"
    return [_("Payments are considered up to %(moment)s.", moment=moment)]


def _credited(snapshot: Snapshot) -> list[str]:
    """That what was taken off is part of the sum already."""
    off = sum((item.sum for item in map(Item.of, snapshot.record.items) if item.sum < 0), Decimal(0))
    sum_ = words.money(-off, snapshot.record.currency)
    return [_("A credit of %(sum)s is taken into account.", sum=sum_)] if off else []
