"""What is paid, what is still to be paid, and what is credited."""

from decimal import Decimal

from core.i18n import N_
from core.i18n import gettext as _
from pages import payment, words
from pages.blocks.contract import Block, Option, Told
from pages.blocks.items import Item
from pages.snapshot import Snapshot

NOTHING: Told = {"paid": False, "when": "", "note": "", "transfer": [], "code": ""}


class Payment(Block):
    """What is paid or still to be paid, how, and which credits are part of that (F5, M5)."""

    key, label, area = "payment", N_("Payment"), "side"
    options = (Option("account", N_("Bank details")), Option("code", N_("Code for banking apps")))

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if not record.total or (snapshot.stopped and record.paid_at is None and record.total > 0):
            return None
        sum_ = words.money(abs(record.total), record.currency)
        if record.total < 0:
            return NOTHING | {"word": _("Credit in your favour"), "sum": sum_}
        note = _credited(snapshot)
        if record.paid_at:
            return NOTHING | {"word": _("Paid"), "sum": sum_, "paid": True, "when": _received(snapshot), "note": note}
        day = words.near_day(snapshot.local(record.due_at), snapshot.as_of) if record.due_at else ""
        told = {"word": _("Still to be paid"), "sum": sum_, "when": day and _("Due on %(day)s.", day=day), "note": note}
        code = payment.of(record, snapshot.firm.bank) if self.chosen(snapshot, "code") else None
        transfer = payment.lines(record, snapshot.firm.bank) if self.chosen(snapshot, "account") else []
        return NOTHING | told | {"transfer": transfer, "code": code.url if code else ""}


def _received(snapshot: Snapshot) -> str:
    day = words.near_day(snapshot.local(snapshot.record.paid_at), snapshot.as_of)
    return _("Received on %(day)s.", day=day) if snapshot.stopped else _("Received on %(day)s. Thank you.", day=day)


def _credited(snapshot: Snapshot) -> str:
    """That what was taken off is part of the sum already."""
    off = sum((item.sum for item in map(Item.of, snapshot.record.items) if item.sum < 0), Decimal(0))
    return _("A credit of %(sum)s is taken into account.", sum=words.money(-off, snapshot.record.currency)) if off else ""
