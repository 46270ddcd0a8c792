"""What WooCommerce and Shopify send is understood to the last field, and only when it is really theirs."""

import base64
import copy
import hashlib
import hmac
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from records.contacts import Refused
from records.intake.shops import SHOPS
from records.intake.shops.contract import Heard
from rules.packs.pack import find

PAYLOADS = Path(__file__).parent / "payloads"
OUR_STATUSES = {"new", "accepted", "in_progress", "waiting", "ready", "done", "cancelled"}
TOPIC = {"woocommerce": "X-WC-Webhook-Topic", "shopify": "X-Shopify-Topic"}
SIGNATURE = {"woocommerce": "X-WC-Webhook-Signature", "shopify": "X-Shopify-Hmac-Sha256"}
EVERY_SHOP = pytest.mark.parametrize("shop", list(SHOPS))


def payload(name: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def hear(shop: str, topic: str, said: dict[str, Any]) -> Heard | None:
    return SHOPS[shop].translate(Headers({TOPIC[shop]: topic}), said)


def woo(said: dict[str, Any], topic: str = "order.updated") -> Heard:
    heard = hear("woocommerce", topic, said)
    assert heard
    return heard


def shopify(said: dict[str, Any], topic: str = "orders/updated") -> Heard:
    heard = hear("shopify", topic, said)
    assert heard
    return heard


def signature(secret: str, raw: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def sum_of(items: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(item["price"]) * Decimal(str(item["quantity"])) for item in items), Decimal(0))


# WooCommerce


def test_an_order_of_a_registered_woocommerce_customer_is_understood_completely():
    heard = woo(payload("woocommerce_order_created"), "order.created")
    assert (heard.collection, heard.number, heard.status) == ("orders", "1001", "processing")
    assert heard.state == {
        "contact": {
            "name": "Ada Lovelace", "email": "ada@example.org", "phone": "+493023125678", "language": "de",
            "postcode": "10119", "consent": {"email": True},
        },
        "placed_at": "2026-11-20T09:00:00+00:00",
        "paid_at": "2026-11-20T09:00:03+00:00",
        "total": "144.80",
        "currency": "EUR",
        "items": [
            {"name": "Display für Phone 12 - Schwarz", "quantity": 1, "price": "129.90"},
            {"name": "Hülle & Folie", "quantity": 2, "price": "5.00"},
            {"name": "DHL Paket", "quantity": 1, "price": "4.90"},
        ],
        "occurred_at": "2026-11-20T09:00:04+00:00",
    }


def test_a_woocommerce_guest_with_umlauts_and_without_phone_or_payment_is_understood():
    heard = woo(payload("woocommerce_order_updated_guest"))
    assert (heard.number, heard.status) == ("1002", "on-hold")
    assert heard.state == {
        "contact": {
            "name": "Jörg Weißmüller-Østergård", "email": "jörg.weiss@example.org", "language": "de", "postcode": "50667",
            "consent": {"email": True},
        },
        "placed_at": "2026-11-20T22:30:00+00:00",
        "total": "89.25",
        "currency": "EUR",
        "items": [
            {"name": "Arbeitszeit „Löten“ (je Stunde)", "quantity": 1.5, "price": "59.50"},
            {"name": "Kostenvoranschlag", "quantity": 1, "price": "0.00"},
        ],
        "occurred_at": "2026-11-21T07:05:09+00:00",
    }


def test_a_woocommerce_order_refunded_in_part_is_worth_what_is_left():
    heard = woo(payload("woocommerce_order_refunded_in_part"))
    assert heard.status == "credited"
    assert heard.state["total"] == "49.90"
    assert heard.state["items"][2:] == [
        {"name": "Geschenkverpackung", "quantity": 1, "price": "1.98"},
        {"name": "Ein Akku kam beschädigt an", "quantity": 1, "price": "-45.00"},
        {"name": heard.state["items"][4]["name"], "quantity": 1, "price": "-1.98"},
    ]
    assert heard.state["items"][4]["name"]
    assert heard.state["tracking"] == {"carrier": "DHL", "number": "00340434161094042557"}


def test_a_woocommerce_order_refunded_as_a_whole_keeps_what_was_ordered():
    said = payload("woocommerce_order_refunded_in_part") | {"status": "refunded"}
    said["refunds"] = [{"id": 1050, "reason": "", "total": "-96.88"}]
    heard = woo(said)
    assert heard.status == "refunded"
    assert heard.state["total"] == "96.88"
    assert sum_of(heard.state["items"]) == Decimal("96.88")


@pytest.mark.parametrize("name", ["created", "updated_guest", "refunded_in_part"])
def test_the_lines_of_a_woocommerce_order_add_up_to_its_total(name):
    state = woo(payload(f"woocommerce_order_{name}")).state
    assert sum_of(state["items"]) == Decimal(state["total"])


def test_the_number_a_woocommerce_plugin_gave_wins_over_the_id():
    said = payload("woocommerce_order_created")
    assert woo(said | {"number": "#2026-0815"}).number == "2026-0815"
    assert woo(said | {"number": ""}).number == "1001"
    assert woo(said | {"number": 77}).number == "77"


@pytest.mark.parametrize("topic", ["order.deleted", "product.updated", "customer.created", "action.x", ""])
def test_woocommerce_topics_that_tell_nothing_about_an_order_are_passed_over(topic):
    assert hear("woocommerce", topic, {"id": 1001}) is None


@pytest.mark.parametrize("status", ["auto-draft", "checkout-draft", "draft", "trash"])
def test_what_is_not_yet_or_no_longer_a_woocommerce_order_is_passed_over(status):
    assert hear("woocommerce", "order.updated", payload("woocommerce_order_created") | {"status": status}) is None


@pytest.mark.parametrize("value", [None, 7, 1.5, True, [], ["de"], {"de": 1}, "", "??"])
def test_a_strange_value_in_woocommerce_meta_data_disturbs_nobody(value):
    said = payload("woocommerce_order_created")
    keys = ("wpml_language", "_wc_shipment_tracking_items", "x")
    said["meta_data"] = [{"id": 1, "key": key, "value": value} for key in keys]
    heard = woo(said)
    assert "language" not in heard.state["contact"]
    assert "tracking" not in heard.state


@pytest.mark.parametrize(("locale", "language"), [("de_DE_formal", "de"), ("en-US", "en"), ("FR", "fr"), ("gsw", "gsw")])
def test_a_locale_is_read_as_its_language(locale, language):
    said = payload("woocommerce_order_created")
    said["meta_data"] = [{"id": 1, "key": "wpml_language", "value": locale}]
    assert woo(said).state["contact"]["language"] == language


def test_an_order_without_address_gives_no_consent():
    said = payload("woocommerce_order_created")
    said["billing"]["email"] = ""
    contact = woo(said).state["contact"]
    assert "email" not in contact and "consent" not in contact


def test_a_company_stands_in_for_a_missing_name():
    said = payload("woocommerce_order_updated_guest")
    said["billing"] |= {"first_name": "", "last_name": None}
    assert woo(said).state["contact"]["name"] == "Grüße GmbH & Co. KG"


def test_yen_have_no_decimals():
    said = payload("woocommerce_order_created") | {"currency": "JPY", "total": "1448"}
    assert woo(said).state["total"] == "1448"


def test_woocommerce_asking_whether_anybody_is_there_is_a_ping():
    shop = SHOPS["woocommerce"]
    assert shop.is_ping(Headers(), b"webhook_id=12")
    assert not shop.is_ping(Headers(), b'{"webhook_id":12}')
    assert not shop.is_ping(Headers(), b"webhook_id=12&status=done")
    assert not SHOPS["shopify"].is_ping(Headers(), b"webhook_id=12")


def test_two_woocommerce_orders_saved_in_the_same_second_are_two_deliveries():
    shop = SHOPS["woocommerce"]
    first = Headers({"X-WC-Webhook-Delivery-ID": "d1", "X-WC-Webhook-Signature": "aaa="})
    second = Headers({"X-WC-Webhook-Delivery-ID": "d1", "X-WC-Webhook-Signature": "bbb="})
    assert shop.delivery(first) != shop.delivery(second)
    assert shop.delivery(first) == shop.delivery(first.copy())
    assert shop.delivery(Headers()) is None


# Shopify


def test_a_shopify_order_is_understood_completely():
    heard = shopify(payload("shopify_orders_create"), "orders/create")
    assert (heard.collection, heard.number, heard.status) == ("orders", "1001", "paid")
    assert heard.state == {
        "contact": {
            "name": "Ben Öztürk", "email": "ben@example.org", "phone": "+4915112345678", "language": "de",
            "postcode": "10435", "consent": {"email": True, "sms": True},
        },
        "placed_at": "2026-11-20T10:00:00+01:00",
        "paid_at": "2026-11-20T10:00:00+01:00",
        "total": "134.80",
        "currency": "EUR",
        "items": [
            {"name": "Display - Schwarz", "quantity": 1, "price": "91.90"},
            {"name": "Hülle", "quantity": 2, "price": "19.00"},
            {"name": "DHL Paket", "quantity": 1, "price": "4.90"},
        ],
        "occurred_at": "2026-11-20T10:00:02+01:00",
    }


def test_a_shopify_guest_reads_prices_in_the_money_that_was_shown():
    heard = shopify(payload("shopify_orders_updated_guest"))
    assert (heard.number, heard.status) == ("1002", "partially_fulfilled")
    assert heard.state == {
        "contact": {
            "name": "Cem Şahin", "email": "cem@example.org", "language": "en", "postcode": "40003",
            "consent": {"email": True},
        },
        "placed_at": "2026-11-20T10:00:00+01:00",
        "total": "89.98",
        "currency": "USD",
        "items": [
            {"name": "Akku - Groß", "quantity": 2, "price": "39.49", "delivered": 2},
            {"name": "International", "quantity": 1, "price": "11.00"},
        ],
        "tracking": {"carrier": "DHL Express", "number": "JD0001, JD0002"},
        "occurred_at": "2026-11-21T09:00:01+01:00",
    }


def test_a_shopify_order_returned_in_part_lists_what_is_left():
    heard = shopify(payload("shopify_orders_updated_refunded_in_part"))
    assert heard.status == "partially_refunded"
    assert heard.state["total"] == "49.90"
    assert heard.state["items"] == [
        {"name": "Kopfhörer", "quantity": 1, "price": "45.00"},
        {"name": "DHL Paket", "quantity": 1, "price": "4.90"},
    ]
    assert heard.state["contact"]["consent"] == {"email": True}


def test_a_cancelled_and_refunded_shopify_order_keeps_what_was_ordered():
    heard = shopify(payload("shopify_orders_updated_cancelled"))
    assert heard.status == "cancelled"
    assert heard.state == {
        "contact": {"phone": "+4915112345678"},
        "placed_at": "2026-11-20T10:00:00+01:00",
        "paid_at": "2026-11-20T10:00:00+01:00",
        "total": "45.00",
        "currency": "EUR",
        "items": [{"name": "Kopfhörer", "quantity": 1, "price": "45.00"}],
        "occurred_at": "2026-11-21T10:00:01+01:00",
    }


@pytest.mark.parametrize("name", ["create", "updated_guest", "updated_refunded_in_part", "updated_cancelled"])
def test_the_lines_of_a_shopify_order_add_up_to_its_total(name):
    state = shopify(payload(f"shopify_orders_{name}")).state
    assert sum_of(state["items"]) == Decimal(state["total"])


def test_a_shopify_parcel_tells_its_tracking_and_nothing_about_the_status():
    heard = shopify(payload("shopify_fulfillments_create"), "fulfillments/create")
    assert heard == Heard("orders", "1001", None, {
        "tracking": {"carrier": "DHL", "number": "00340434161094042557"}, "occurred_at": "2026-11-21T09:00:00+01:00",
    })


def test_a_shopify_parcel_may_have_several_numbers_and_the_newer_form_of_name():
    heard = shopify(payload("shopify_fulfillments_update"), "fulfillments/update")
    assert heard == Heard("orders", "1001", None, {
        "tracking": {"carrier": "DHL", "number": "00340434161094042557, 00340434161094042558"},
        "occurred_at": "2026-11-22T08:12:00+01:00",
    })


@pytest.mark.parametrize("change", [
    {"status": "cancelled"}, {"tracking_numbers": [], "tracking_number": None, "tracking_company": None},
])
def test_a_shopify_parcel_without_news_is_passed_over(change):
    assert hear("shopify", "fulfillments/update", payload("shopify_fulfillments_update") | change) is None


@pytest.mark.parametrize("topic", ["orders/delete", "orders/edited", "products/update", "app/uninstalled", ""])
def test_shopify_topics_that_tell_nothing_about_an_order_are_passed_over(topic):
    assert hear("shopify", topic, {"id": 1}) is None


@pytest.mark.parametrize(("change", "word"), [
    ({}, "paid"),
    ({"financial_status": None}, "pending"),
    ({"financial_status": "authorized"}, "authorized"),
    ({"financial_status": "partially_paid"}, "partially_paid"),
    ({"fulfillment_status": "partial"}, "partially_fulfilled"),
    ({"fulfillment_status": "fulfilled"}, "fulfilled"),
    ({"fulfillment_status": "fulfilled", "fulfillments": [{"shipment_status": "ready_for_pickup"}]}, "ready_for_pickup"),
    ({"fulfillment_status": "fulfilled", "financial_status": "refunded"}, "refunded"),
    ({"fulfillment_status": "fulfilled", "financial_status": "partially_refunded"}, "credited"),
    ({"financial_status": "voided"}, "voided"),
    ({"financial_status": "paid", "cancelled_at": "2026-11-21T10:00:00+01:00"}, "cancelled"),
])
def test_one_status_word_is_made_of_payment_shipping_and_cancellation(change, word):
    assert shopify(payload("shopify_orders_create") | change).status == word
    assert word in SHOPS["shopify"].statuses


def test_a_click_that_sends_two_shopify_topics_makes_two_deliveries():
    shop = SHOPS["shopify"]
    event = {"X-Shopify-Event-Id": "e1"}
    assert shop.delivery(Headers(event | {"X-Shopify-Webhook-Id": "w1"})) == "w1"
    assert shop.delivery(Headers(event)) == "e1"
    assert shop.delivery(Headers()) is None


def test_m5_what_has_left_shopify_in_parcels_counts_as_delivered_and_undone_parcels_do_not():
    said = payload("shopify_orders_create")
    said["line_items"][0] |= {"id": 71, "quantity": 3, "current_quantity": 3}
    said["fulfillments"] = [
        {"id": 1, "status": "success", "line_items": [{"id": 71, "quantity": 1}]},
        {"id": 2, "status": "success", "line_items": [{"id": 71, "quantity": 1}]},
        {"id": 3, "status": "cancelled", "line_items": [{"id": 71, "quantity": 1}]},
    ]
    first, *others = shopify(said).state["items"]
    assert first["delivered"] == 2 and first["quantity"] == 3
    assert [line.get("delivered") for line in others] == [0] * (len(said["line_items"]) - 1) + [None] * (
        len(others) - len(said["line_items"]) + 1
    )
    said["line_items"][0]["current_quantity"] = 1  # two came back: what is left has left
    assert shopify(said).state["items"][0]["delivered"] == 1


# every shop


@EVERY_SHOP
def test_every_status_word_means_a_status_of_ours(shop):
    assert set(SHOPS[shop].statuses.values()) <= OUR_STATUSES
    assert set(SHOPS[shop].closer) <= set(SHOPS[shop].statuses)
    assert set(SHOPS[shop].closer.values()) <= {status["key"] for status in find("web-shop").words["kind"][0]["statuses"]}
    assert SHOPS[shop].key == shop
    assert SHOPS[shop].title


@EVERY_SHOP
def test_the_signature_is_over_the_exact_bytes(shop):
    raw = (PAYLOADS / f"{shop}_order{'s' * (shop == 'shopify')}_create{'d' * (shop == 'woocommerce')}.json").read_bytes()
    signed = Headers({SIGNATURE[shop]: signature("geheim-ß", raw)})
    assert SHOPS[shop].verify("geheim-ß", signed, raw)
    assert not SHOPS[shop].verify("geheim-ß", signed, raw + b" ")
    assert not SHOPS[shop].verify("geheim-ß", signed, json.dumps(json.loads(raw)).encode())
    assert not SHOPS[shop].verify("another", signed, raw)
    assert SHOPS[shop].verify("geheim-ß", Headers({SIGNATURE[shop].lower(): signature("geheim-ß", raw)}), raw)


@EVERY_SHOP
@pytest.mark.parametrize("claim", ["", "=", "ÄÖÜ", "\x00", "a" * 10_000, "sha256=abc", signature("", b"{}")])
def test_a_malformed_signature_is_simply_wrong(shop, claim):
    headers = Headers([(SIGNATURE[shop], claim)])
    assert not SHOPS[shop].verify("geheim", headers, b"{}")
    assert not SHOPS[shop].verify("", headers, b"{}")
    assert not SHOPS[shop].verify("geheim", Headers(), b"{}")


@pytest.mark.parametrize(("name", "topic", "path", "value", "field"), [
    ("woocommerce_order_created", "order.updated", ("number",), {"a": 1}, "number"),
    ("woocommerce_order_created", "order.updated", ("status",), None, "status"),
    ("woocommerce_order_created", "order.updated", ("total",), "viel", "total"),
    ("woocommerce_order_created", "order.updated", ("total",), "NaN", "total"),
    ("woocommerce_order_created", "order.updated", ("total",), "9" * 40, "total"),
    ("woocommerce_order_created", "order.updated", ("billing",), "Ada", "billing"),
    ("woocommerce_order_created", "order.updated", ("billing", "email"), ["a@example.org"], "billing.email"),
    ("woocommerce_order_created", "order.updated", ("line_items",), {"0": 1}, "line_items"),
    ("woocommerce_order_created", "order.updated", ("line_items", 1, "total"), True, "line_items.1.total"),
    ("woocommerce_order_created", "order.updated", ("date_created_gmt",), "gestern", "date_created_gmt"),
    ("woocommerce_order_created", "order.updated", ("meta_data", 0), 3, "meta_data.0"),
    ("shopify_orders_create", "orders/create", ("updated_at",), "2026-11-20T10:00:00", "updated_at"),
    ("shopify_orders_create", "orders/create", ("customer",), [], "customer"),
    ("shopify_orders_create", "orders/create", ("line_items", 0, "quantity"), "zwei", "line_items.0.quantity"),
    ("shopify_fulfillments_create", "fulfillments/create", ("tracking_numbers",), [1], "tracking_numbers"),
    ("shopify_fulfillments_create", "fulfillments/create", ("name",), None, "name"),
])
def test_what_makes_no_sense_is_called_by_its_name(name, topic, path, value, field):
    said = payload(name)
    place: Any = said
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    if field == "number":
        said["id"] = None
    with pytest.raises(Refused) as refusal:
        hear(name.split("_")[0], topic, said)
    assert refusal.value.field == field
    assert refusal.value.sentence.endswith(".")


def test_an_order_without_any_number_is_refused():
    with pytest.raises(Refused) as refusal:
        woo(payload("woocommerce_order_created") | {"number": None, "id": None})
    assert refusal.value.field == "number"
    with pytest.raises(Refused) as refusal:
        shopify(payload("shopify_orders_create") | {"name": "", "order_number": None})
    assert refusal.value.field == "name"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["1.5", "1e-300", "2026-11-20T10:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
REAL = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in PAYLOADS.glob("*.json")}
TOPICS = ("order.updated", "orders/updated", "fulfillments/update")


@settings(max_examples=300, deadline=None)
@given(data=st.data(), shop=st.sampled_from(sorted(SHOPS)), topic=st.sampled_from(TOPICS))
def test_a_real_payload_with_anything_anywhere_is_understood_or_refused_by_field(data, shop, topic):
    said = copy.deepcopy(data.draw(st.sampled_from([{}, *(REAL[name] for name in sorted(REAL))])))
    for key in data.draw(st.lists(st.sampled_from(sorted(said)), max_size=3, unique=True)) if said else ():
        spoiled = said[key]
        while isinstance(spoiled, (dict, list)) and spoiled and data.draw(st.booleans()):
            inner = data.draw(st.sampled_from(sorted(spoiled) if isinstance(spoiled, dict) else range(len(spoiled))))
            if not isinstance(spoiled[inner], (dict, list)) or data.draw(st.booleans()):
                spoiled[inner] = data.draw(anything)
                break
            spoiled = spoiled[inner]
        else:
            said[key] = data.draw(anything)
    said |= data.draw(st.dictionaries(st.text(max_size=8), anything, max_size=2))
    try:
        heard = hear(shop, topic, said)
    except Refused as refusal:
        assert refusal.field
    else:
        assert heard is None or heard.number and json.dumps(heard.state)
