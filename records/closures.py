"""A location's own closing days: read from rows of a form, and told ahead together with the public holidays."""

from dataclasses import dataclass
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from core.i18n import gettext as _
from records import amounts, contacts, openings
from records.contacts import Refused
from records.models import Location

PARTS = ("from", "to", "name")
MOST, LONGEST = 60, 100  # rows, letters of a name
AHEAD = timedelta(days=500)

Row = dict[str, str]


@dataclass(frozen=True)
class Off:
    """Days off in a row, both ends included."""

    first: date
    last: date
    name: str


def typed(form: MultiDict[str, str]) -> list[Row]:
    """The rows as they were sent, without the empty ones and the one whose remove button was pressed."""
    columns = [form.getlist(f"closure.{part}") for part in PARTS]
    rows = [dict(zip(PARTS, map(str.strip, row), strict=True)) for row in zip(*columns, strict=False)]
    return [row for n, row in enumerate(rows) if any(row.values()) and str(n) != form.get("remove")]


def read(rows: list[Row]) -> tuple[list[Row], dict[str, str]]:
    """The closing days that the rows mean, in order, and what is wrong: a sentence by field."""
    kept: list[Row] = []
    faults: dict[str, str] = {}
    for n, row in enumerate(rows):
        try:
            kept.append(_one(row, f"closures.{n}"))
        except Refused as refusal:
            faults[refusal.field] = refusal.sentence
    if len(rows) > MOST:
        faults["closures"] = _("No more than %(n)s rows; please remove those of the past.", n=MOST)
    return sorted(kept, key=lambda row: (row["from"], row["to"])), faults


def _one(row: Row, field: str) -> Row:
    first, last = amounts.day(row["from"], f"{field}.from"), amounts.day(row["to"], f"{field}.to")
    if first is None:
        raise Refused(f"{field}.from", _("A day is missing."))
    if last and last < first:
        raise Refused(f"{field}.to", _("The last day must not be before the first."))
    name = contacts.clean_text(row["name"], f"{field}.name", LONGEST)
    return {"from": first.isoformat(), "to": (last or first).isoformat(), "name": name}


def ahead(place: Location, day: date, count: int = 5) -> list[Off]:
    """The next times the place is off from that day on, holidays and closing days alike; days of one name together."""
    found: list[Off] = []
    for n in range(AHEAD.days):
        on = day + timedelta(days=n)
        name = openings.days_off(place, on)
        if name and found and found[-1].name == name and found[-1].last == on - timedelta(days=1):
            found[-1] = Off(found[-1].first, on, name)
        elif name and len(found) == count:
            break
        elif name:
            found.append(Off(on, on, name))
    return found

