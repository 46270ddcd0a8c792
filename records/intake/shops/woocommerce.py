"""Understands the webhooks of WooCommerce: order.created, order.updated and order.restored.

The payload is the order of the REST API v3, in the state it has when the delivery leaves.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import Headers

from core.i18n import gettext as _
from core.i18n import speaking
from records.intake.shops import shaping
from records.intake.shops.contract import Heard
from records.intake.shops.reading import Part
from records.intake.shops.signing import is_signed

TOPICS = {"order.created", "order.updated", "order.restored"}
NOT_YET_ORDERS = {"auto-draft", "checkout-draft", "draft", "trash"}
#: Where the common language plugins write the language an order was placed in.
LANGUAGE_KEYS = {"wpml_language", "trp_language", "pll_language", "_locale", "locale"}
TRACKING_KEY = "_wc_shipment_tracking_items"
CREDITED = "credited"  # our word: complete, and a part of it given back since
NOTHING = Decimal(0)


class WooCommerce:
    """A WordPress shop; each of its webhooks has a secret of its own."""

    key = "woocommerce"
    title = "WooCommerce"
    statuses: Mapping[str, str] = {
        "pending": "new", "processing": "in_progress", "on-hold": "waiting", "completed": "done",
        "cancelled": "cancelled", "refunded": "cancelled", "failed": "waiting", CREDITED: "done",
    }
    closer: Mapping[str, str] = {"refunded": "invoice_credited", CREDITED: "credit_note"}

    def is_ping(self, headers: Headers, raw: bytes) -> bool:
        """Saving a webhook posts `webhook_id=12`, unsigned, and wants an answer before it is kept."""
        return raw.startswith(b"webhook_id=") and raw[11:].isdigit()

    def verify(self, secret: str, headers: Headers, raw: bytes) -> bool:
        return is_signed(secret, raw, headers.get("X-WC-Webhook-Signature"))

    def delivery(self, headers: Headers) -> str | None:
        """The delivery id is a hash of webhook and second: two orders saved in one second share it,
        so the signature, which differs with the body, belongs to it."""
        named = headers.get("X-WC-Webhook-Delivery-ID")
        return f"{named}:{headers.get('X-WC-Webhook-Signature', '')}" if named else None

    def translate(self, headers: Headers, payload: dict[str, Any]) -> Heard | None:
        if headers.get("X-WC-Webhook-Topic") not in TOPICS:
            return None
        order = Part(payload)
        status = order.text("status")
        if status in NOT_YET_ORDERS:
            return None
        number = order.text("number") or order.text("id")
        if number is None:
            raise order.refused("number", _("This is needed."))
        if status is None:
            raise order.refused("status", _("This is needed."))
        return Heard("orders", number.lstrip("#"), _word(status.removeprefix("wc-"), order), _state(order))


def _word(status: str, order: Part) -> str:
    return CREDITED if status == "completed" and _refunds(order) else status


def _state(order: Part) -> dict[str, Any]:
    currency, contact, refunds = order.text("currency"), _contact(order), _refunds(order)
    total = order.amount("total")
    if total is not None:
        total += sum((_gross(refund) for refund in refunds), NOTHING)
    with speaking(contact.get("language", "")):
        items = [*_items(order, currency), *(_credit(refund, currency) for refund in refunds)]
    return shaping.known(
        contact=contact,
        placed_at=order.moment("date_created_gmt", UTC),
        paid_at=order.moment("date_paid_gmt", UTC),
        total=None if total is None else shaping.price(total, currency),
        currency=currency,
        items=items,
        tracking=_tracking(order),
        occurred_at=order.moment("date_modified_gmt", UTC),
    )


def _contact(order: Part) -> dict[str, Any]:
    """Guests and customers alike are known by their billing address.

    Who orders agrees to e-mail about this order (not to advertising), hence the consent;
    WooCommerce asks nobody about SMS, so nothing is said about it.
    """
    billing, shipping = order.part("billing"), order.part("shipping")
    email = billing.text("email")
    return shaping.known(
        name=shaping.full_name(billing, shipping),
        email=email,
        phone=shaping.phone(billing.text("phone") or shipping.text("phone"), billing.text("country")),
        language=_language(order),
        postcode=shaping.postcode(billing.text("postcode") or shipping.text("postcode")),
        consent={"email": True} if email else None,
    )


def _language(order: Part) -> str | None:
    for meta in order.parts("meta_data"):
        if meta.data.get("key") in LANGUAGE_KEYS and isinstance(meta.data.get("value"), str):
            return shaping.language(meta.data["value"])
    return None


def _refunds(order: Part) -> list[Part]:
    """What was given back of an order that otherwise stands; one refunded as a whole keeps what it was worth."""
    refunds = list(order.parts("refunds"))
    left = (order.amount("total") or NOTHING) + sum((_gross(refund) for refund in refunds), NOTHING)
    return refunds if left > 0 else []


def _credit(refund: Part, currency: str | None) -> dict[str, Any]:
    return shaping.line(refund.text("reason") or _("Refund"), Decimal(1), _gross(refund), currency)


def _items(order: Part, currency: str | None) -> Iterator[dict[str, Any]]:
    """Goods, then shipping and fees that cost something; gross, and discounts already taken off."""
    for goods in order.parts("line_items"):
        quantity = goods.amount("quantity") or Decimal(1)
        yield shaping.line(goods.text("name"), quantity, _gross(goods), currency)
    for extra in [*order.parts("shipping_lines"), *order.parts("fee_lines")]:
        if gross := _gross(extra):
            name = extra.text("method_title") or extra.text("name")
            yield shaping.line(name, Decimal(1), gross, currency)


def _gross(row: Part) -> Decimal:
    return (row.amount("total") or NOTHING) + (row.amount("total_tax") or NOTHING)


def _tracking(order: Part) -> dict[str, Any]:
    """The newest parcel that the Shipment Tracking extension noted on the order."""
    for meta in order.parts("meta_data"):
        parcels = meta.data.get("value")
        if meta.data.get("key") == TRACKING_KEY and isinstance(parcels, list) and parcels and isinstance(parcels[-1], dict):
            parcel = Part(parcels[-1], meta.at("value"))
            carrier = parcel.text("tracking_provider") or parcel.text("custom_tracking_provider")
            return shaping.known(carrier=carrier, number=parcel.text("tracking_number"))
    return {}
