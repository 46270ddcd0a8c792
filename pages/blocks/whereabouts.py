"""Where the people in charge are found, and how they are reached."""

from core.i18n import N_
from pages import hours
from pages.blocks.contract import Block, Told
from pages.firm import phone
from pages.snapshot import Snapshot


class Place(Block):
    """Where to find and how to reach the people in charge: the location, or else the firm."""

    key, label, area = "place", N_("Location"), "side"

    def tell(self, snapshot: Snapshot) -> Told | None:
        location, firm = snapshot.record.location, snapshot.firm
        opening = hours.said(location.hours) if location else []
        number = phone(location.phone) if location else None
        place = location or firm
        told = {"street": place.street, "city": place.city, "hours": opening, "phone": number or firm.phone}
        return {**told, "name": place.name} if any(told.values()) else None
