"""The form of a record: from its inputs to a state and back, with a sentence at each field that cannot be."""

from collections.abc import Callable
from datetime import datetime, time, tzinfo
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from core import clock, i18n
from core.i18n import gettext as _
from records import amounts, asked, consents, further
from records.consents import ADVERTISING
from records.contacts import Refused, Said, clean_text
from records.models import Contact, Kind, Record
from records.wording import telephone
from records.zones import utc_of, zone_of

Given = dict[str, Any]  # what stands in the inputs; "items" is a list of dicts with ITEM as keys
CONTACT = ("name", "email", "phone", "language", "postcode")
ITEM = ("name", "quantity", "price", "delivered")
NOON = time(12)
INPUTS = {  # which inputs decide a field
    "location": ("location",), "scheduled_at": ("scheduled_date", "scheduled_time", "location"), "paid_at": ("paid_date",),
    "items": ("items",), "total": ("total",), "profile": ("profile",),
}


def typed(form: MultiDict[str, str]) -> Given:
    """The inputs as they were sent."""
    columns = [form.getlist(f"item.{part}") for part in ITEM]
    items = [dict(zip(ITEM, line, strict=True)) for line in zip_longest(*columns, fillvalue="")]
    return {name: value.strip() for name, value in form.items()} | {"items": [line for line in items if any(line.values())]}


def shown(record: Record) -> Given:
    """The inputs as they stand when a record is opened for editing."""
    zone = zone_of(record)
    at = record.scheduled_at.astimezone(zone) if record.scheduled_at else None
    items = [{
        "name": item.get("name", ""), "quantity": amounts.typed(item.get("quantity", 1)), "price": _price(item.get("price")),
        "delivered": amounts.typed(item.get("delivered")),
    } for item in record.items]
    return shown_contact(record.contact) | further.shown(record) | {
        "number": record.number, "profile": record.profile, "location": record.location.key if record.location else "",
        "scheduled_date": f"{at:%Y-%m-%d}" if at else "", "scheduled_time": f"{at:%H:%M}" if at else "",
        "paid_date": f"{record.paid_at.astimezone(zone):%Y-%m-%d}" if record.paid_at else "",
        "total": amounts.typed(record.total), "items": items, "seen": record.updated_at.isoformat(),
    }


def shown_contact(contact: Contact | None) -> Given:
    """A contact as the inputs hold it."""
    if contact is None:
        return {"contact.language": "de", "consent.advertising_text": consents.usual_text()}
    inputs = {f"contact.{field}": getattr(contact, field) or "" for field in ("name", "email", "language", "postcode")}
    inputs["contact.phone"] = telephone(contact.phone or "")
    with i18n.speaking(contact.language):
        usual = "" if ADVERTISING in contact.consents else consents.usual_text()
    inputs["consent.advertising_text"] = contact.consents.get(ADVERTISING, {}).get("text") or usual
    return inputs | {f"consent.{one}": "1" for one in consents.ALL if contact.consents_to(one)}


def said_of_contact(given: Given, contact: Contact | None) -> Given:
    """What the inputs say of a contact, in the form of a state's `contact`; a box never ticked says nothing.

    Raises Refused when somebody ticks advertising and does not say what was agreed to.
    """
    said: Given = {field: given.get(f"contact.{field}", "").strip() for field in CONTACT}
    ticked = {one: bool(given.get(f"consent.{one}")) for one in consents.ALL}
    known = contact.consents if contact else {}
    consent: Given = {one: tick for one, tick in ticked.items() if tick or one in known}
    if ticked[ADVERTISING] and not (contact and contact.consents_to(ADVERTISING)):
        consent |= {"advertising_text": _agreed_to(given), "advertising_at": clock.now()}
    return said | {"consent": consent}


def _agreed_to(given: Given) -> str:
    field = "consent.advertising_text"
    text = clean_text(" ".join(given.get(field, "").split()), field, consents.LONGEST)
    if not text:
        raise Refused(field, _("Please write down what this person agreed to."))
    return text


def read(given: Given, kind: Kind, record: Record | None) -> tuple[dict[str, Any], dict[str, str]]:
    """The state that the inputs mean, and what is wrong: a sentence by field.

    What nobody touched says nothing, so that opening and saving a record changes nothing of it.
    """
    faults: dict[str, str] = {}
    before = shown(record) if record else {}

    def take(reading: Callable[..., Any], *inputs: Any) -> Any:
        try:
            return reading(*inputs)
        except Refused as refusal:
            faults[refusal.field] = refusal.sentence

    place = next((place for place in asked.locations() if place.key == given.get("location")), None)
    items = [take(_item, line, f"items.{n}") for n, line in enumerate(given["items"])]
    total = take(amounts.money, given.get("total", ""), "total")
    state = {
        "location": place.key if place else None,
        "scheduled_at": take(_appointment, given, zone_of(place)),
        "paid_at": take(_paid, given, zone_of(place)),
        "items": items, "total": total if total is not None or faults else _sum(items),
        "fields": {key: take(kept, text, f"fields.{key}") for key, text, kept in _further(given, kind, before)},
        "contact": take(_contact, given, record),
    }
    if not state["fields"]:
        del state["fields"]
    if "profile" in given:
        state["profile"] = given["profile"]
    untouched = {field for field, inputs in INPUTS.items() if record and all(given.get(i, "") == before[i] for i in inputs)}
    return {field: value for field, value in state.items() if field not in untouched}, faults


def _further(given: Given, kind: Kind, before: Given) -> list[tuple[str, str, Callable[[str, str], Any]]]:
    """The further fields that somebody touched: key, text, and what reads it. Of a new record an empty box means no."""
    fresh = [one for one in further.inputs(kind) if not before and (given.get(one.name) or one.type == "yesno")]
    moved = [one for one in further.inputs(kind) if before and given.get(one.name, "") != before.get(one.name, "")]
    return [(one.key, given.get(one.name, ""), further.type_of(kind, one.key).read) for one in fresh + moved]


def _contact(given: Given, record: Record | None) -> Given | None:
    said = said_of_contact(given, record.contact if record else None)
    Said.of(said, "contact")
    return said if said["name"] or said["email"] or said["phone"] else None


def _item(line: Given, field: str) -> Given:
    if not line["name"].strip():
        raise Refused(f"{field}.name", _("What is it called?"))
    price = amounts.money(line["price"], f"{field}.price")
    quantity = amounts.quantity(line["quantity"], f"{field}.quantity")
    item = {"name": line["name"].strip()[:200], "quantity": quantity, "price": None if price is None else str(price)}
    delivered = amounts.some(line.get("delivered", ""), f"{field}.delivered")
    return item if delivered is None else item | {"delivered": delivered}


def _sum(items: list[Given]) -> Decimal | None:
    """What the items come to, when at least one has a price."""
    prices = [Decimal(item["price"]) * Decimal(str(item["quantity"])) for item in items if item["price"] is not None]
    return sum(prices, Decimal(0)).quantize(Decimal("0.01")) if prices else None


def _appointment(given: Given, zone: tzinfo) -> datetime | None:
    return amounts.moment(given.get("scheduled_date", ""), given.get("scheduled_time", ""), "scheduled", zone)


def _paid(given: Given, zone: tzinfo) -> datetime | None:
    on = amounts.day(given.get("paid_date", ""), "paid_date")
    return utc_of(on, NOON, zone) if on else None


def _price(text: str | None) -> str:
    return "" if text in (None, "") else amounts.typed(Decimal(str(text)))
