"""How it gets to the customer: the parcel."""

from core import i18n
from core.i18n import N_
from pages.blocks import carriers
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot


class Parcel(Block):
    """Who brings it, under which number, and where that carrier tells how far it has come."""

    key, label, area = "parcel", N_("Your parcel"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        tracking = snapshot.record.tracking or {}
        number, name = tracking.get("number"), tracking.get("carrier") or ""
        if not number:
            return None
        carrier = carriers.known(name)
        follow = carrier.follow(number, i18n.current()) if carrier else ""
        return {"carrier": carrier.name if carrier else name, "number": number, "follow": follow}
