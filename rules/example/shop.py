"""Radhaus Lindner in rows: company, locations, contacts, thirty records, a web shop, an admin."""

import tomllib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts import users
from accounts.models import User
from core import clock, settings
from core.db import transaction
from outbox.models import Sender
from outbox.senders import senders
from records import change, consents, kinds, sources
from records.contacts import Said, settle
from records.models import Location, Source
from rules.packs import reader

SHOP = Path(__file__).with_name("shop.toml")
EMAIL, PASSWORD = "mira@radhaus-lindner.example", "statusbote-demo"
ORDERS = (
    "done done done cancelled done ready ready waiting in_progress ready in_progress accepted in_progress waiting accepted "
    "new new new"
).split()
INQUIRIES = "closed answered in_progress new new declined".split()
BOOKINGS = "completed no_show confirmed confirmed requested cancelled".split()


def open_shop() -> Source:
    """Make the example unless it is there already; its web shop."""
    if not User.select().exists():
        example = tomllib.loads(SHOP.read_text(encoding="utf-8"))
        settings.put("company", example["company"])
        users.make(EMAIL, "Mira Aydın", "admin", "de", PASSWORD, "console")
        places = [_location(dict(place)) for place in example["locations"]]
        _gateway()
        reader.install("repair-shop")
        _records("orders", 1030, ORDERS, example, places)
        _records("inquiries", 201, INQUIRIES, example, places)
        _records("bookings", 501, BOOKINGS, example, places)
        order = kinds.of_collection("orders")
        assert order
        sources.create("woocommerce", "Webshop", order, location=places[0], statuses={"completed": "ready"}, key="webshop")
    source: Source = Source.get(Source.key == "webshop")
    return source


def _gateway() -> None:
    """SMS can be tried out too: they lie in the built-in mailbox beside the mails."""
    money = {"price": "0.075", "currency": "EUR", "cap": "10", "countries": ["DE", "AT", "CH"]}
    given = dict(label="SMS", host="", port=0, tls="", from_address="Radhaus", settings=money)
    senders.save(Sender(type="mailbox"), given, "console")


def _location(place: dict[str, Any]) -> Location:
    manager = place.pop("manager")
    with transaction():
        location: Location = Location.create(manager=settle(Said.of(manager, "manager"), None, "console"), **place)
    return location


def _records(collection: str, first: int, statuses: list[str], example: dict[str, Any], places: list[Location]) -> None:
    kind = kinds.of_collection(collection)
    assert kind
    for position, status in enumerate(statuses):
        placed = _working_hour(clock.now() - timedelta(days=len(statuses) - position, hours=3 * (position % 3)))
        customer = example["customers"][(position * 3 + first) % len(example["customers"])]
        state = {
            "status": kind.statuses[0]["key"], "placed_at": placed, "occurred_at": placed, "source": "Laden",
            "location": places[position % 5 == 4].key, "contact": _contact(customer),
            **_work(example, position, collection, placed),
        }
        change.apply(kind, str(first + position), state, "console", silent=True)
        later = {"status": status, "occurred_at": placed + timedelta(hours=20)}
        if status == "done":
            later["paid_at"] = placed + timedelta(hours=22)
        change.apply(kind, str(first + position), later, "console", silent=True)


def _contact(customer: dict[str, Any]) -> dict[str, Any]:
    known = {key: customer.get(key) for key in ("name", "email", "phone", "language")}
    mobile = customer.get("phone", "").startswith("+491")
    agreed = {"advertising": True, "advertising_text": consents.usual_text()} if customer.get("advertising") else {}
    return {**known, "consent": {"email": customer["consent"], "sms": customer["consent"] and mobile, **agreed}}


def _work(example: dict[str, Any], position: int, collection: str, placed: datetime) -> dict[str, Any]:
    bikes = example["bikes"]["names"]
    work: dict[str, Any] = {"fields": {"Rad": bikes[position % len(bikes)]}}
    if collection == "orders":
        items = example["jobs"][position % len(example["jobs"])]["items"]
        work["items"] = [{"name": name, "quantity": 1, "price": price} for name, price in items]
        work["total"] = sum((Decimal(price) for name, price in items), Decimal(0))
    if collection == "bookings" or position % 4 == 1:
        work["scheduled_at"] = _working_hour(placed + timedelta(days=6))
    return work


def _working_hour(moment: datetime) -> datetime:
    """Some full or half hour of that day, or of the next one on which both workshops are open."""
    moment += timedelta(days={6: 2, 0: 1}.get(moment.weekday(), 0))
    return moment.replace(hour=9 + moment.day % 4, minute=30 * (moment.day % 2), second=0, microsecond=0)
