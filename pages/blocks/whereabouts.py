"""Where the people in charge are found, and how they are reached."""

from datetime import date, timedelta
from urllib.parse import quote_plus

from core.i18n import N_
from pages import hours, words
from pages.blocks.contract import Block, Option, Told
from pages.firm import phone
from pages.snapshot import Snapshot
from records.models import Location

MAP = "https://www.openstreetmap.org/search?query="
SOON = timedelta(days=60)  # how far ahead a closing is worth a line


class Place(Block):
    """Where to find and how to reach the people in charge: the location, or else the firm.

    The week is told, never whether it is open now: nobody knows when a page that lies on disk is read.
    """

    key, label, area = "place", N_("Location"), "side"
    options = (Option("map", N_("Link to a map")), Option("hours", N_("Opening hours")))

    def tell(self, snapshot: Snapshot) -> Told | None:
        location, firm = snapshot.record.location, snapshot.firm
        opening = hours.said(location.hours) if location and self.chosen(snapshot, "hours") else []
        number = phone(location.phone) if location else None
        place = location or firm
        told = {"street": place.street, "city": place.city, "hours": opening, "phone": number or firm.phone}
        if not any(told.values()):
            return None
        lead = MAP + quote_plus(f"{place.street}, {place.city}") if place.street and place.city else ""
        return told | {
            "name": place.name, "map": lead if self.chosen(snapshot, "map") else "",
            "closures": _closures(location, snapshot) if location and opening else [],
        }


def _closures(location: Location, snapshot: Snapshot) -> list[tuple[str, str]]:
    """Closing days that were near when the page was made: which, and why."""
    today = snapshot.as_of.date()
    near = [
        (date.fromisoformat(one["from"]), date.fromisoformat(one["to"]), one.get("name", ""))
        for one in location.closures
    ]
    return [
        (words.span(first, last), name) for first, last, name in sorted(near) if last >= today and first <= today + SOON
    ]
