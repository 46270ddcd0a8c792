"""How it gets to the customer: the parcel."""

from core.i18n import N_
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot


class Parcel(Block):
    """Who brings it, and under which number."""

    key, label, area = "parcel", N_("Your parcel"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        tracking = snapshot.record.tracking or {}
        number = tracking.get("number")
        return {"carrier": tracking.get("carrier") or "", "number": number} if number else None
