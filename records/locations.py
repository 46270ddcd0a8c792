"""Locations: reading what an admin typed about one, and keeping it."""

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from core import journal
from core.db import transaction
from core.i18n import N_
from core.i18n import gettext as _
from records import closures, contacts, hours
from records.contacts import Refused
from records.models import Location

STATES = {
    "BW": N_("Baden-Württemberg"), "BY": N_("Bavaria"), "BE": N_("Berlin"), "BB": N_("Brandenburg"), "HB": N_("Bremen"),
    "HH": N_("Hamburg"), "HE": N_("Hesse"), "MV": N_("Mecklenburg-Western Pomerania"), "NI": N_("Lower Saxony"),
    "NW": N_("North Rhine-Westphalia"), "RP": N_("Rhineland-Palatinate"), "SL": N_("Saarland"), "SN": N_("Saxony"),
    "ST": N_("Saxony-Anhalt"), "SH": N_("Schleswig-Holstein"), "TH": N_("Thuringia"),
}
CATHOLIC = ("BY", "SN", "TH")  # where catholic communities have a public holiday more
AREAS = ("Europe", "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Indian", "Pacific")
FIELDS = ("name", "street", "city", "phone", "time_zone", "state", "hours", "catholic", "closures")

Given = dict[str, Any]  # what stands in the inputs; "hours" is {day: [[from, to], …]}, "closures" [{"from", "to", "name"}]


def time_zones() -> list[tuple[str, list[str]]]:
    """The IANA names by area, Europe first."""
    names = sorted(zoneinfo.available_timezones())
    return [(area, [name for name in names if name.startswith(f"{area}/")]) for area in AREAS]


def typed(form: MultiDict[str, str]) -> Given:
    """The inputs as they were sent."""
    ends = {day: zip(form.getlist(f"{day}.from"), form.getlist(f"{day}.to"), strict=False) for day in hours.DAYS}
    week = {day: [list(pair) for pair in pairs] for day, pairs in ends.items()}
    plain = {name: value.strip() for name, value in form.items()}
    return dict.fromkeys(FIELDS, "") | plain | {"hours": week, "closures": closures.typed(form)}


def shown(location: Location) -> Given:
    """The inputs as they stand when a location is opened for editing."""
    manager = location.manager
    people = {"manager.name": manager.name if manager else "", "manager.email": manager.email if manager else ""}
    return {field: getattr(location, field) for field in FIELDS} | people | {"hours": hours.shown(location.hours)}


def read(given: Given) -> tuple[Given, dict[str, str]]:
    """The columns that the inputs mean, and what is wrong: a sentence by field."""
    faults: dict[str, str] = {}
    readings = {
        "name": lambda: _name(given["name"]), "street": lambda: contacts.clean_text(given["street"], "street"),
        "city": lambda: contacts.clean_text(given["city"], "city"),
        "phone": lambda: contacts.clean_phone(given["phone"], "phone") or "",
        "time_zone": lambda: _one_of(given["time_zone"], "time_zone", zoneinfo.available_timezones()),
        "state": lambda: _one_of(given["state"], "state", {"", *STATES}),
        "hours": lambda: {day: open_ for day in hours.DAYS if (open_ := hours.spans(given["hours"].get(day, []), day))},
        "catholic": lambda: bool(given["catholic"]) and given["state"] in CATHOLIC,
        "manager": lambda: _manager(given),
    }
    values: Given = {}
    for field, reading in readings.items():
        try:
            values[field] = reading()
        except Refused as refusal:
            faults[refusal.field] = refusal.sentence
    values["closures"], wrong = closures.read(given["closures"])
    return values, faults | wrong


def draft(values: Given) -> Location:
    """A location as far as it could be read, not saved: it says which days would be off."""
    return Location(**{field: values[field] for field in FIELDS if field in values})


def keep(location: Location | None, values: Given, actor: str) -> Location:
    """Save a new location or a changed one, with its manager as a contact, and write down which fields changed."""
    said = contacts.Said.of(values["manager"], "manager") if values["manager"] else None
    with transaction():
        fresh = location is None
        location = location or Location(key=_free_key(values["name"]), hours={})
        changed = [field for field in FIELDS if getattr(location, field) != values[field]]
        for field in changed:
            setattr(location, field, values[field])
        location.manager = contacts.settle(said, location.manager, actor) if said else None
        location.save()
        what = "location.created" if fresh else "location.changed"
        journal.record(what, None, actor, location=location.id, fields=changed)
    return location


def _name(text: str) -> str:
    name = contacts.clean_text(text, "name")
    if not name:
        raise Refused("name", _("A name is needed."))
    return name


def _one_of(value: str, field: str, known: Any) -> str:
    if value not in known:
        raise Refused(field, _("Please choose one of the list."))
    return value


def _manager(given: Mapping[str, str]) -> dict[str, str] | None:
    name, email = given.get("manager.name", ""), given.get("manager.email", "")
    if (name or email) and not email:
        raise Refused("manager.email", _("Without an e-mail address nobody can write to the manager."))
    said = {"name": name, "email": email}
    contacts.Said.of(said, "manager")
    return said if email else None


def _free_key(name: str) -> str:
    """A short, readable key that no location has yet: “Werkstatt Köln” → werkstatt-koeln."""
    plain = slug(name) or "location"
    key, n = plain, 2
    while Location.select().where(Location.key == key).exists():
        key, n = f"{plain}-{n}", n + 1
    return key


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens; umlauts written out."""
    spelled = text.lower().translate({ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"})
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:40]
