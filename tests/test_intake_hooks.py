"""What a shop sends becomes a record: once, only with the right signature, and in our own words."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from peewee import OperationalError
from werkzeug.test import TestResponse

from core import clock, secrets
from core.db import transaction
from core.journal import Entry
from records import change
from records.models import Contact, Delivery, Location, Record, Source
from records.sources import forget_deliveries
from rules.packs import reader

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "wc_geheim"
SIGNATURE = {"woocommerce": "X-WC-Webhook-Signature", "shopify": "X-Shopify-Hmac-Sha256"}
TOPIC = {"woocommerce": "X-WC-Webhook-Topic", "shopify": "X-Shopify-Topic"}
DELIVERY = {"woocommerce": "X-WC-Webhook-Delivery-ID", "shopify": "X-Shopify-Webhook-Id"}

LATER = {"date_modified_gmt": "2026-11-21T09:00:00"}

Send = Callable[..., TestResponse]


@pytest.fixture
def sources(shop: dict[str, Location]) -> dict[str, Source]:
    """A WooCommerce shop that belongs to Berlin, and a Shopify shop that belongs to nowhere."""
    with transaction():
        return {
            name: Source.create(
                key=name, shop=name, title=name.title(), secret=secrets.seal(SECRET), kind="order", location=location,
                created_at=clock.now(),
            )
            for name, location in (("woocommerce", shop["berlin"]), ("shopify", None))
        }


@pytest.fixture
def send(house: Flask, sources: dict[str, Source]) -> Send:
    """Delivers a payload as the shop does: `send("woocommerce_order_created", "order.created", number="7")`."""
    client = house.test_client()

    def deliver(
        name: str, topic: str, delivery: str | None = None, secret: str = SECRET, raw: bytes | None = None,
        to: str | None = None, headers: dict[str, str] | None = None, **changed: Any,
    ) -> TestResponse:
        brand = name.split("_")[0]
        if raw is None:
            raw = json.dumps(json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8")) | changed).encode()
        signature = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
        given = {TOPIC[brand]: topic, SIGNATURE[brand]: signature, "Content-Type": "application/json", **(headers or {})}
        if delivery:
            given[DELIVERY[brand]] = delivery
        return client.post(f"/hooks/{to or brand}", data=raw, headers=given)

    return deliver


def events(number: str = "1001") -> list[str]:
    record = Record.get(Record.number == number)
    return [entry.what for entry in Entry.select().where(Entry.record_id == record.id).order_by(Entry.id)]


def refused(answer: TestResponse, status: int, field: str | None = None) -> None:
    """This is a problem about that field, and nothing was stored."""
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert answer.json.get("field") == field
    assert Record.select().count() == Delivery.select().count() == 0


def test_a_woocommerce_order_becomes_a_record_with_its_customer(send: Send, sources: dict[str, Source]):
    answer = send("woocommerce_order_created", "order.created", "d1")
    assert (answer.status_code, answer.json) == (
        201, {"kind": "order", "number": "1001", "status": "in_progress", "changes": ["created"]},
    )
    record = Record.get()
    assert (record.source, record.location.key, record.total) == ("woocommerce", "berlin", Decimal("144.80"))
    assert record.placed_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    ada = record.contact
    assert (ada.name, ada.email, ada.phone) == ("Ada Lovelace", "ada@example.org", "+493023125678")
    assert ada.consents_to("email") and not ada.consents_to("sms")
    assert Entry.get(Entry.what == "order.created").actor == sources["woocommerce"].actor


def test_a_woocommerce_guest_with_umlauts_becomes_a_record(send: Send):
    assert send("woocommerce_order_updated_guest", "order.updated", "d1").status_code == 201
    record = Record.get()
    assert (record.status, record.paid_at, record.contact.name) == ("waiting", None, "Jörg Weißmüller-Østergård")
    assert record.contact.phone is None


def test_a_status_change_in_the_shop_changes_the_record(send: Send):
    send("woocommerce_order_created", "order.created", "d1")
    answer = send("woocommerce_order_created", "order.updated", "d2", status="completed", **LATER)
    assert answer.status_code == 200
    assert answer.json["changes"] == ["status_changed"]
    assert Record.get().status == "done"


def test_a_shopify_order_and_its_parcel_are_one_record(send: Send):
    assert send("shopify_orders_create", "orders/create", "w1").status_code == 201
    answer = send("shopify_fulfillments_create", "fulfillments/create", "w2")
    assert (answer.status_code, answer.json["changes"]) == (200, ["changed"])
    send("shopify_fulfillments_update", "fulfillments/update", "w3")
    record = Record.get()
    assert (record.status, record.source, record.location) == ("accepted", "shopify", None)
    assert record.tracking == {"carrier": "DHL", "number": "00340434161094042557, 00340434161094042558"}
    assert record.contact.consents_to("email") and record.contact.consents_to("sms")


def test_a_cancelled_shopify_order_is_cancelled(send: Send):
    send("shopify_orders_updated_cancelled", "orders/updated", "w1")
    record = Record.get()
    assert (record.status, record.contact.email, record.contact.phone) == ("cancelled", None, "+4915112345678")
    assert not record.contact.consents_to("email")


def test_a_repeated_delivery_is_heard_once(send: Send):
    send("woocommerce_order_created", "order.created", "d1")
    send("woocommerce_order_created", "order.updated", "d2", status="on-hold", **LATER)
    before = events()
    again = send("woocommerce_order_created", "order.created", "d1")
    assert (again.status_code, again.json) == (200, {"heard": "repeated"})
    assert events() == before
    assert Record.get().status == "waiting"


def test_two_orders_in_one_woocommerce_second_are_both_heard(send: Send):
    assert send("woocommerce_order_created", "order.updated", "same", number="1").status_code == 201
    assert send("woocommerce_order_created", "order.updated", "same", number="2").status_code == 201


def test_a_delivery_without_an_id_changes_nothing_the_second_time(send: Send):
    send("shopify_orders_create", "orders/create")
    assert send("shopify_orders_create", "orders/create").json["changes"] == []
    assert events() == ["order.created"]


def test_a_delivery_that_was_refused_may_come_again(send: Send, sources: dict[str, Source]):
    refused(send("woocommerce_order_created", "order.created", "d1", status="ready-for-pickup"), 422, "status")
    with transaction():
        Source.update(statuses={"ready-for-pickup": "ready"}).where(Source.key == "woocommerce").execute()
    assert send("woocommerce_order_created", "order.created", "d1", status="ready-for-pickup").json["status"] == "ready"


def test_a_source_may_understand_a_word_differently(send: Send):
    with transaction():
        Source.update(statuses={"processing": "accepted"}).where(Source.key == "woocommerce").execute()
    assert send("woocommerce_order_created", "order.created").json["status"] == "accepted"


def test_an_unknown_word_for_a_status_is_named(send: Send):
    answer = send("woocommerce_order_created", "order.created", "d1", status="beim-zoll")
    refused(answer, 422, "status")
    assert "beim-zoll" in answer.json["detail"]


def test_a_withdrawn_consent_stays_withdrawn_when_the_order_changes(send: Send):
    send("woocommerce_order_created", "order.created", "d1")
    contact = Contact.get(Contact.email == "ada@example.org")
    contact.consents = {"email": {"given": False, "at": "2026-11-20T12:00:00+00:00", "how": "user:1"}}
    with transaction():
        contact.save()
    send("woocommerce_order_created", "order.updated", "d2", status="completed", **LATER)
    assert not Contact.get_by_id(contact.id).consents_to("email")


def test_an_order_moved_to_another_location_stays_there(send: Send, shop: dict[str, Location]):
    send("woocommerce_order_created", "order.created", "d1")
    with transaction():
        Record.update(location=shop["potsdam"]).execute()
    send("woocommerce_order_created", "order.updated", "d2", status="completed", **LATER)
    assert Record.get().location.key == "potsdam"


@pytest.mark.parametrize(("name", "topic", "changed"), [
    ("woocommerce_order_created", "order.deleted", {}),
    ("woocommerce_order_created", "order.updated", {"status": "checkout-draft"}),
    ("woocommerce_order_created", "", {}),
    ("shopify_orders_create", "customers/update", {}),
    ("shopify_fulfillments_create", "fulfillments/create", {}),
])
def test_what_does_not_concern_us_is_taken_and_forgotten(send: Send, name: str, topic: str, changed: dict[str, Any]):
    answer = send(name, topic, "d1", **changed)
    assert (answer.status_code, answer.json) == (200, {"heard": "nothing"})
    assert Record.select().count() == 0


def test_woocommerce_s_ping_is_answered(house: Flask, sources: dict[str, Source]):
    client = house.test_client()
    answer = client.post("/hooks/woocommerce", data={"webhook_id": "12"})
    assert (answer.status_code, answer.json) == (200, {"heard": "ping"})
    refused(client.post("/hooks/shopify", data={"webhook_id": "12"}), 401)


@pytest.mark.parametrize("name", ["woocommerce_order_created", "shopify_orders_create"])
def test_only_the_right_signature_is_believed(send: Send, name: str):
    topic = "order.created" if name.startswith("woo") else "orders/create"
    brand = name.split("_")[0]
    raw = (PAYLOADS / f"{name}.json").read_bytes()
    right = base64.b64encode(hmac.new(SECRET.encode(), raw, hashlib.sha256).digest()).decode()
    refused(send(name, topic, "d1", secret="another"), 401)
    for claim in ("", "=", "xxx", right[:-1], right.lower(), "sha256=" + right, "ÄÖ"):
        refused(send(name, topic, "d1", raw=raw, headers={SIGNATURE[brand]: claim}), 401)
    refused(send(name, topic, "d1", raw=raw + b"\n", headers={SIGNATURE[brand]: right}), 401)
    refused(send(name, topic, "d1", raw=b"not even JSON", headers={SIGNATURE[brand]: right}), 401)
    assert send(name, topic, "d1", raw=raw, headers={SIGNATURE[brand]: right}).status_code == 201


def test_one_shop_s_secret_does_not_open_another(send: Send):
    with transaction():
        Source.update(secret=secrets.seal("another")).where(Source.key == "shopify").execute()
    refused(send("woocommerce_order_created", "order.created", "d1", to="shopify"), 401)


@pytest.mark.parametrize("to", ["unknown", "WooCommerce", "woocommerce%00", "switched-off", "foreign"])
def test_an_unknown_shop_is_not_there(send: Send, to: str):
    with transaction():
        for key, brand, active in (("switched-off", "woocommerce", False), ("foreign", "magento", True)):
            sealed = secrets.seal(SECRET)
            Source.create(
                key=key, shop=brand, title="", secret=sealed, kind="order", active=active, created_at=clock.now()
            )
    refused(send("woocommerce_order_created", "order.created", "d1", to=to), 404, "source")


def order(said: bytes) -> bytes:
    return b'{"number": "1", "status": "processing", ' + said + b"}"


@pytest.mark.parametrize(("raw", "status", "field"), [
    (b"", 400, None),
    (b"{", 400, None),
    (b'{"a": 1, "a": 2}', 400, "a"),
    (b"[" * 100_000, 400, None),
    (b'{"total": NaN}', 400, None),
    (b"[1]", 422, "body"),
    (b'"order"', 422, "body"),
    (b"{}", 422, "number"),
    (b'{"number": "1"}', 422, "status"),
    (b'{"number": "1\\u0000", "status": "processing"}', 422, "number"),
    (order(b'"billing": []'), 422, "billing"),
    (order(b'"billing": {"email": "a@b.de, c@d.de"}'), 422, "contact.email"),
    (order(b'"billing": {"first_name": "A\\u0000"}'), 422, "contact.name"),
    (order(b'"billing": {"first_name": "A\\ud800"}'), 400, "contact.name"),
    (order(b'"date_modified_gmt": "2199-01-01T00:00:00"'), 422, "occurred_at"),
    (order(b'"line_items": [{"name": "x", "quantity": -1, "total": "5"}]'), 422, "items.0.quantity"),
    (order(b'"total": "1e300"'), 422, "total"),
    (b"x" * 300_000, 413, None),
])
def test_a_signed_payload_that_makes_no_sense_is_refused_by_name(send: Send, raw: bytes, status: int, field: str | None):
    refused(send("woocommerce_", "order.updated", "d1", raw=raw), status, field)


def test_trouble_with_the_database_makes_the_shop_come_again(send: Send, monkeypatch: pytest.MonkeyPatch):
    def full(*_args: Any) -> None:
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as trouble:
        trouble.setattr(change, "apply", full)
        refused(send("woocommerce_order_created", "order.created", "d1"), 503)
    assert send("woocommerce_order_created", "order.created", "d1").status_code == 201


def test_a_shop_only_posts(house: Flask, sources: dict[str, Source]):
    refused(house.test_client().get("/hooks/woocommerce"), 405)
    refused(house.test_client().post("/hooks/"), 404)


def test_deliveries_are_remembered_for_a_quarter_of_a_year(sources: dict[str, Source]) -> None:
    source = next(iter(sources.values()))
    for key, days in (("old", 91), ("young", 89)):
        Delivery.create(source=source, key=key, at=clock.now() - timedelta(days=days))
    forget_deliveries()
    assert [row.key for row in Delivery.select()] == ["young"]


def test_m5_a_shop_s_words_become_the_closer_statuses_of_the_web_shop_pack(send: Send, sources: dict[str, Source]) -> None:
    send("woocommerce_order_refunded_in_part", "order.updated", number="1")
    assert Record.get(Record.number == "1").status == "done"
    reader.install("web-shop")
    send("woocommerce_order_refunded_in_part", "order.updated", number="1", date_modified_gmt="2026-11-22T09:00:00")
    send("woocommerce_order_created", "order.created", number="2", status="refunded")
    send("shopify_orders_updated_guest", "orders/updated")
    assert {record.number: record.status for record in Record.select()} == {
        "1": "credit_note", "2": "invoice_credited", "1002": "part_delivered",
    }
    assert Record.get(Record.number == "1002").items[0]["delivered"] == 2
    with transaction():
        Source.update(statuses={"partially_fulfilled": "in_progress"}).where(Source.key == "shopify").execute()
    send("shopify_orders_updated_guest", "orders/updated", updated_at="2026-11-22T09:00:00+01:00")
    assert Record.get(Record.number == "1002").status == "in_progress"
