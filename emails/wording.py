"""Puts phone numbers, opening hours, lines of an order and addresses into words."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from core import i18n
from emails import harmless
from pages import firm, hours


def phone(number: str | None) -> str | None:
    """“030 23125140”, a number abroad with its country; None for none."""
    said = firm.phone(number) if number else None
    return said.shown if said else None


def opening(week: dict[str, list[list[str]]]) -> str | None:
    """“Mo bis Fr 9 bis 13 und 14 bis 18:30 Uhr, Samstag 10 bis 14 Uhr, …”; None without any."""
    return _opening(json.dumps(week), i18n.current())


@lru_cache(maxsize=256)
def _opening(week: str, language: str) -> str | None:
    return ", ".join(f"{days} {times}" for days, times in hours.said(json.loads(week))) or None


def money(amount: Any, currency: str) -> str:
    """“129,90 €”; amounts met before are not formatted again."""
    return _money(str(amount), currency, i18n.current())


@lru_cache(maxsize=4096)
def _money(amount: str, currency: str, language: str) -> str:
    return i18n.money(amount, currency)


class Items(list[dict[str, Any]]):
    """The lines of an order; none of them counts as nothing in a condition, which Liquid's own lists do not."""

    def __liquid__(self) -> "Items | None":
        return self if self else None


def item(line: dict[str, Any], currency: str) -> dict[str, Any]:
    """A line of an order, ready to print: `price` is that of one piece, `total` that of the line, None when unknown."""
    price, quantity = line.get("price"), line.get("quantity") or 1
    each = None if price is None else money(price, currency)
    whole = each if quantity == 1 or price is None else money(Decimal(str(price)) * Decimal(str(quantity)), currency)
    said = str(quantity) if isinstance(quantity, int) and quantity < 1000 else i18n.number(Decimal(str(quantity)))
    return {"name": harmless.line(str(line.get("name", ""))), "quantity": said, "price": each, "total": whole}


def web_address(text: str | None) -> str | None:
    """An http(s) address, or None when it is not one."""
    try:
        return text if text and _whole(text) and urlsplit(text).scheme in ("http", "https") else None
    except ValueError:  # such as “https://[”
        return None


def _whole(text: str) -> bool:
    return harmless.line(text) == text and " " not in text
