"""What is paid and what is still to be paid."""

from core.i18n import N_
from core.i18n import gettext as _
from pages import payment, words
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot


class Payment(Block):
    """What is paid or still to be paid."""

    key, label, area = "payment", N_("Payment"), "side"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if not record.total or (snapshot.stopped and record.paid_at is None):
            return None
        sum_ = words.money(record.total, record.currency)
        if record.paid_at:
            day = words.near_day(snapshot.local(record.paid_at), snapshot.as_of)
            told = {"word": _("Paid"), "sum": sum_, "paid": True, "when": _("Received on %(day)s. Thank you.", day=day)}
            return {**told, "transfer": [], "code": ""}
        day = words.near_day(snapshot.local(record.due_at), snapshot.as_of) if record.due_at else ""
        told = {"word": _("Still to be paid"), "sum": sum_, "paid": False, "when": day and _("Due on %(day)s.", day=day)}
        code = payment.of(record, snapshot.firm.bank)
        return {**told, "transfer": payment.lines(record, snapshot.firm.bank), "code": code.url if code else ""}
