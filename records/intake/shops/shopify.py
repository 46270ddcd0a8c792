"""Understands the webhooks of Shopify: orders/* and fulfillments/*."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import Headers

from core.i18n import gettext as _
from records.intake.shops import shaping
from records.intake.shops.contract import Heard
from records.intake.shops.reading import Part
from records.intake.shops.signing import is_signed

ORDER_TOPICS = {
    "orders/create", "orders/updated", "orders/paid", "orders/cancelled",
    "orders/fulfilled", "orders/partially_fulfilled",
}
FULFILLMENT_TOPICS = {"fulfillments/create", "fulfillments/update"}
UNDONE = {"cancelled", "error", "failure"}
PAID = {"paid", "partially_refunded", "refunded"}
CREDITED = "credited"  # our word: all of it shipped, and a part of the money given back since
NOTHING = Decimal(0)


class Shopify:
    """A shop at Shopify; all its webhooks are signed with one secret."""

    key = "shopify"
    title = "Shopify"
    statuses: Mapping[str, str] = {
        "pending": "new", "authorized": "new", "partially_paid": "waiting", "paid": "accepted",
        "partially_refunded": "accepted", "partially_fulfilled": "in_progress",
        "ready_for_pickup": "ready", "fulfilled": "done", "cancelled": "cancelled",
        "refunded": "cancelled", "voided": "cancelled", "expired": "cancelled", CREDITED: "done",
    }
    closer: Mapping[str, str] = {
        "partially_fulfilled": "part_delivered", "refunded": "invoice_credited", CREDITED: "credit_note",
    }

    def is_ping(self, headers: Headers, raw: bytes) -> bool:
        return False

    def verify(self, secret: str, headers: Headers, raw: bytes) -> bool:
        return is_signed(secret, raw, headers.get("X-Shopify-Hmac-Sha256"))

    def delivery(self, headers: Headers) -> str | None:
        """The webhook id first: one click that ships an order sends several topics with one event id."""
        return headers.get("X-Shopify-Webhook-Id") or headers.get("X-Shopify-Event-Id")

    def translate(self, headers: Headers, payload: dict[str, Any]) -> Heard | None:
        topic = headers.get("X-Shopify-Topic")
        if topic in ORDER_TOPICS:
            return _order(Part(payload))
        if topic in FULFILLMENT_TOPICS:
            return _fulfillment(Part(payload))
        return None


def _order(order: Part) -> Heard:
    number = order.text("name") or order.text("order_number")
    if number is None:
        raise order.refused("name", _("This is needed."))
    currency = order.text("presentment_currency") or order.text("currency")
    placed_at = order.moment("processed_at") or order.moment("created_at")
    total = _total(order)
    state = shaping.known(
        contact=_contact(order),
        placed_at=placed_at,
        # Shopify does not say when it was paid, only that it was; the moment must not wander.
        paid_at=placed_at if order.text("financial_status") in PAID else None,
        total=None if total is None else shaping.price(total, currency),
        currency=currency,
        items=list(_items(order, currency)),
        tracking=_newest_tracking(order),
        occurred_at=order.moment("updated_at"),
    )
    return Heard("orders", number.lstrip("#"), _status(order), state)


def _fulfillment(fulfillment: Part) -> Heard | None:
    """A parcel, named after its order: `#1001.1` or `#1001-F1`. What it means for the
    order's status comes with orders/updated, which Shopify sends beside it."""
    name = fulfillment.text("name")
    if name is None:
        raise fulfillment.refused("name", _("This is needed."))
    tracking = _tracking(fulfillment)
    if not tracking:
        return None
    number = re.sub(r"(\.|-F)[0-9]+$", "", name).lstrip("#")
    state = shaping.known(tracking=tracking, occurred_at=fulfillment.moment("updated_at"))
    return Heard("orders", number, None, state)


def _status(order: Part) -> str:
    """One word out of three: cancelled before refunded before shipped before paid."""
    paid = order.text("financial_status") or "pending"
    shipped = order.text("fulfillment_status")
    if order.text("cancelled_at"):
        return "cancelled"
    if paid in {"refunded", "voided"}:
        return paid
    parcels = [parcel.text("shipment_status") for parcel in order.parts("fulfillments")]
    if parcels and parcels[-1] == "ready_for_pickup":
        return "ready_for_pickup"
    if shipped == "fulfilled" and paid == "partially_refunded":
        return CREDITED
    return {"fulfilled": "fulfilled", "partial": "partially_fulfilled"}.get(shipped or "", paid)


def _contact(order: Part) -> dict[str, Any]:
    """The customer, or a guest known only by the order's own address.

    Who orders agrees to e-mail about this order, hence the consent; agreeing to advertising
    (`buyer_accepts_marketing`) is another matter. SMS only for who subscribed to SMS.
    """
    customer, billing, shipping = map(order.part, ("customer", "billing_address", "shipping_address"))
    email = order.text("email") or order.text("contact_email") or customer.text("email")
    sms = customer.part("sms_marketing_consent").text("state") == "subscribed"
    phone = next(filter(None, (each.text("phone") for each in (order, customer, billing, shipping))), None)
    country = billing.text("country_code") or shipping.text("country_code")
    return shaping.known(
        name=shaping.full_name(customer, billing, shipping),
        email=email,
        phone=shaping.phone(phone, country),
        language=shaping.language(order.text("customer_locale")),
        postcode=shaping.postcode(billing.text("zip") or shipping.text("zip")),
        consent=({"email": True} if email else {}) | ({"sms": True} if sms else {}),
    )


def _paid_with(row: Part, key: str) -> Decimal | None:
    """An amount in the money the customer saw, which need not be the shop's own."""
    return row.part(f"{key}_set").part("presentment_money").amount("amount") or row.amount(key)


def _total(order: Part) -> Decimal | None:
    """What is left after edits and returns; an order given back as a whole keeps what it was worth."""
    return _paid_with(order, "current_total_price") or _paid_with(order, "total_price")


def _items(order: Part, currency: str | None) -> Iterator[dict[str, Any]]:
    """Goods that are left and how many of them have left, then shipping that costs something; gross, discounts taken off."""
    taxed = order.data.get("taxes_included") is True
    rows = list(order.parts("line_items"))
    shipped = _shipped(order)
    all_returned = not any(row.amount("current_quantity") for row in rows)
    for row in rows:
        ordered = row.amount("quantity") or Decimal(1)
        left = row.amount("current_quantity")
        if left is None or all_returned:
            left = ordered
        if left:
            gross = _gross(row, ordered, taxed) / ordered * left
            line = shaping.line(row.text("name") or row.text("title"), left, gross, currency)
            yield line | ({"delivered": int(min(shipped.get(row.text("id"), NOTHING), left))} if shipped else {})
    for row in order.parts("shipping_lines"):
        if row.data.get("is_removed") is not True and (gross := _gross(row, Decimal(1), taxed)):
            yield shaping.line(row.text("title"), Decimal(1), gross, currency)


def _shipped(order: Part) -> dict[str | None, Decimal]:
    """How many of each line are in parcels that were not undone; nothing as long as there are none."""
    found: dict[str | None, Decimal] = {}
    for parcel in order.parts("fulfillments"):
        for row in parcel.parts("line_items") if parcel.text("status") not in UNDONE else ():
            found[row.text("id")] = found.get(row.text("id"), NOTHING) + (row.amount("quantity") or NOTHING)
    return found


def _gross(row: Part, quantity: Decimal, taxed: bool) -> Decimal:
    gross = (_paid_with(row, "price") or NOTHING) * quantity
    for discount in row.parts("discount_allocations"):
        gross -= _paid_with(discount, "amount") or NOTHING
    if not taxed:
        gross += sum((_paid_with(tax, "price") or NOTHING for tax in row.parts("tax_lines")), NOTHING)
    return gross


def _newest_tracking(order: Part) -> dict[str, Any]:
    for fulfillment in reversed(list(order.parts("fulfillments"))):
        if tracking := _tracking(fulfillment):
            return tracking
    return {}


def _tracking(fulfillment: Part) -> dict[str, Any]:
    """Carrier and numbers of one fulfillment that was not undone, or nothing."""
    if fulfillment.text("status") in UNDONE:
        return {}
    numbers = fulfillment.data.get("tracking_numbers") or []
    if not isinstance(numbers, list) or not all(isinstance(each, str) for each in numbers):
        raise fulfillment.refused("tracking_numbers", _("A list of texts is expected here."))
    number = ", ".join(numbers) or fulfillment.text("tracking_number")
    return shaping.known(carrier=fulfillment.text("tracking_company"), number=number)
