"""What the record consists of."""

from decimal import Decimal
from typing import Any

from core.i18n import N_
from pages import words
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot


class Items(Block):
    """What it consists of, with prices as far as they are known, and the total."""

    key, label, area = "items", N_("Items"), "main"

    def tell(self, snapshot: Snapshot) -> Told | None:
        record = snapshot.record
        rows = [self._row(item, record.currency) for item in record.items]
        total = "" if record.total is None else words.money(record.total, record.currency)
        return {"rows": rows, "total": total} if rows else None

    def _row(self, item: dict[str, Any], currency: str) -> tuple[str, str, str, str]:
        """Name, quantity if it is not one, the price of each if there are several, and the price."""
        name, each = item.get("name", ""), words.amount(item.get("price"))
        quantity = words.amount(item.get("quantity", 1)) or Decimal(1)
        price = "" if each is None else words.money(each * quantity, currency)
        if each is None or quantity == 1:
            return name, "" if quantity == 1 else words.number(quantity), "", price
        return name, words.number(quantity), words.money(each, currency), price
