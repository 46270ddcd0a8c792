"""When something happens: the appointment."""

from core.i18n import N_
from pages import words
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot


class Appointment(Block):
    """The day and hour agreed on."""

    key, label, area = "appointment", N_("Your appointment"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        if record.scheduled_at is None or snapshot.stopped:
            return None
        at = snapshot.local(record.scheduled_at)
        return {
            "month": words.day(at, "MMM"),
            "day": at.day,
            "date": words.near_day(at, snapshot.as_of),
            "time": words.clock(at),
            "where": record.location.name if record.location else "",
        }
