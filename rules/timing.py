"""When a message really goes out: an occasion's moment, brought into working hours where the rule wants that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from outbox.undo import RECALL as RECALL
from records import openings
from records.models import Location
from rules.triggers import Occasion

SLACK = timedelta(minutes=5)  # what is due that little before it became known still goes out


@dataclass(frozen=True)
class Due:
    """When a message goes out and until when it is worth sending; with a `reason` it never does."""

    at: datetime
    ends: datetime
    reason: str = ""


def settle(occasion: Occasion, hours: bool, place: Location | None, known_at: datetime) -> Due:
    """When the message of an occasion goes out that became known at `known_at`.

    What was due before anybody knew of it is `passed`. Outside working hours it waits for the next opening; where that is
    too late, it goes out in the last hours before, or not at all: `no_hours`.
    """
    if occasion.at < known_at - SLACK:
        return Due(occasion.at, occasion.ends, "passed")
    if not hours:
        return Due(occasion.at, occasion.ends)
    opens = openings.next_open(place, occasion.at)
    if opens and (occasion.limit is None or opens < occasion.limit):
        return Due(opens, occasion.ends + (opens - occasion.at) if occasion.limit is None else occasion.ends)
    before = openings.last_open(place, occasion.at) if occasion.limit else None
    if before and before >= known_at - SLACK:
        return Due(before, occasion.ends)
    return Due(occasion.at, occasion.ends, "no_hours")


def opens_later(hours: bool, place: Location | None, now: datetime) -> datetime | None:
    """The next opening when a message must wait for it now; None when it may go out."""
    if not hours or openings.is_open(place, now):
        return None
    return openings.next_open(place, now)
