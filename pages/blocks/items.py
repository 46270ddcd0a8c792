"""What the record consists of, what of it is delivered, and what is taken off its price."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.i18n import N_, ngettext
from core.i18n import gettext as _
from pages import words
from pages.blocks.contract import Block, Option, Told
from pages.snapshot import Snapshot
from records.models import Record

FIRST = 10  # rows that are shown at once; the others are a press away
Row = dict[str, str]


@dataclass(frozen=True)
class Item:
    """One line of the record; `delivered` is None where nobody follows deliveries."""

    name: str
    quantity: Decimal
    each: Decimal | None
    delivered: Decimal | None

    @classmethod
    def of(cls, said: dict[str, Any]) -> "Item":
        quantity = words.amount(said.get("quantity", 1))
        delivered = None if said.get("delivered") is None else words.amount(said["delivered"])
        one = Decimal(1) if quantity is None else quantity
        return cls(said.get("name", ""), one, words.amount(said.get("price")), delivered)

    @property
    def sum(self) -> Decimal:
        return (self.each or Decimal(0)) * self.quantity

    @property
    def missing(self) -> Decimal:
        return self.quantity - (self.delivered or 0)


def followed(record: Record) -> list[Item]:
    """The items whose delivery somebody keeps track of."""
    return [item for item in map(Item.of, record.items) if item.delivered is not None and item.sum >= 0]


class Items(Block):
    """What it consists of, with prices as far as they are known, credits, and the total (M5)."""

    key, label, area = "items", N_("Items"), "main"
    options = (Option("prices", N_("Prices and total")), Option("delivered", N_("What is delivered already")))

    def tell(self, snapshot: Snapshot) -> Told | None:
        items = [Item.of(said) for said in snapshot.record.items]
        if not items:
            return None
        prices = self.chosen(snapshot, "prices")
        goods = [item for item in items if item.sum >= 0]
        credits = [item for item in items if item.sum < 0] if prices else []
        delivery = self.chosen(snapshot, "delivered")
        rows = [self._row(item, snapshot, prices, delivery) for item in goods]
        hidden = len(rows) - FIRST if len(rows) > FIRST + 1 else 0
        first = rows[: len(rows) - hidden]
        told = {"rows": first, "more": rows[len(first) :], "delivery": _delivery(snapshot) if delivery else ""}
        return told | self._sums(goods, credits, snapshot, prices)

    def _sums(self, goods: list[Item], credits: list[Item], snapshot: Snapshot, prices: bool) -> Told:
        record = snapshot.record
        off = [(item.name or _("Credit"), words.money(item.sum, record.currency)) for item in credits]
        before = words.money(sum((item.sum for item in goods), Decimal(0)), record.currency) if off and goods else ""
        total = words.money(record.total, record.currency) if prices and record.total is not None else ""
        return {"before": before, "off": off, "total": total}

    def _row(self, item: Item, snapshot: Snapshot, prices: bool, delivery: bool) -> Row:
        """Name, quantity if it is not one, the price of each if there are several, the price, and what is delivered."""
        currency, several = snapshot.record.currency, item.quantity != 1
        priced = prices and item.each is not None
        return {
            "name": item.name,
            "quantity": words.number(item.quantity) if several else "",
            "each": words.money(item.each or Decimal(0), currency) if priced and several else "",
            "price": words.money(item.sum, currency) if priced else "",
            "state": _state(item, snapshot) if delivery else "",
            "whole": "1" if item.delivered is not None and item.missing <= 0 else "",
        }


def _state(item: Item, snapshot: Snapshot) -> str:
    """How much of an item is delivered, and that the rest follows where it still may."""
    if item.delivered is None:
        return ""
    if item.missing <= 0:
        return _("delivered")
    if not item.delivered:
        return _("not delivered") if snapshot.stopped else _("still to come")
    some = {"some": words.number(item.delivered), "all": words.number(item.quantity)}
    if snapshot.stopped:
        return _("%(some)s of %(all)s delivered", **some)
    rest = {"rest": words.number(item.missing)}
    return _("%(some)s of %(all)s delivered, %(rest)s still to come", **some, **rest)


def _delivery(snapshot: Snapshot) -> str:
    """The same of all of them in a sentence, where deliveries are followed."""
    items = followed(snapshot.record)
    missing = [item for item in items if item.missing > 0]
    if snapshot.stopped or not any(item.delivered for item in items):
        return ""
    if not missing:
        return _("Everything is delivered.")
    named = ", ".join(_left(item) for item in missing[:3])
    if len(missing) <= 3:
        return _("Part of it is delivered. Not delivered yet: %(items)s.", items=named)
    return ngettext("Part of it is delivered; %(n)s item is still to come.",
                    "Part of it is delivered; %(n)s items are still to come.", len(missing))


def _left(item: Item) -> str:
    return item.name if item.missing == 1 else f"{words.number(item.missing)} × {item.name}"
