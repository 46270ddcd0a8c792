"""Puts phone numbers, opening hours, lines of an order and addresses into words."""

from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from babel.dates import get_day_names

from core import i18n
from core.i18n import gettext as _
from emails import harmless
from pages import firm

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def phone(number: str | None) -> str | None:
    """“030 23125140”, a number abroad with its country; None for none."""
    said = firm.phone(number) if number else None
    return said.shown if said else None


def hours(week: dict[str, list[list[str]]]) -> str | None:
    """“Mo–Fr 9–13 und 14–18:30 Uhr, Sa 10–14 Uhr”; equal days in a row are told together, None without any."""
    spans = []
    for times, days in groupby(range(7), key=lambda day: week.get(WEEK[day]) or []):
        if times:
            run = list(days)
            spans.append(f"{_days(run)} {_times(times)}")
    return ", ".join(spans) or None


def _days(run: list[int]) -> str:
    names = get_day_names("short" if i18n.current() == "de" else "abbreviated", locale=i18n.locale(i18n.current()))
    first, last = names[run[0]], names[run[-1]]
    return (first if len(run) == 1 else f"{first}–{last}").replace(".", "")


def _times(times: list[list[str]]) -> str:
    said = _(" and ").join(f"{_clock(start)}–{_clock(end)}" for start, end in times)
    return (f"{said} Uhr" if i18n.current() == "de" else said).replace(" ", "\u00a0")


def _clock(text: str) -> str:
    hour, minute = text.split(":")
    return f"{int(hour)}" if minute == "00" and i18n.current() == "de" else f"{int(hour)}:{minute}"


def money(amount: Any, currency: str) -> str:
    """“129,90 €”; amounts met before are not formatted again."""
    return _money(str(amount), currency, i18n.current())


@lru_cache(maxsize=4096)
def _money(amount: str, currency: str, language: str) -> str:
    return i18n.money(amount, currency)


def item(line: dict[str, Any], currency: str) -> dict[str, Any]:
    """A line of an order, ready to print: `price` is that of one piece, `total` that of the line, None when unknown."""
    price, quantity = line.get("price"), line.get("quantity") or 1
    each = None if price is None else money(price, currency)
    whole = each if quantity == 1 or price is None else money(Decimal(str(price)) * Decimal(str(quantity)), currency)
    said = str(quantity) if isinstance(quantity, int) and quantity < 1000 else i18n.number(Decimal(str(quantity)))
    return {"name": harmless.line(str(line.get("name", ""))), "quantity": said, "price": each, "total": whole}


def web_address(text: str | None) -> str | None:
    """An http(s) address, or None when it is not one."""
    return text if text and urlsplit(text).scheme in ("http", "https") and harmless.line(text) == text else None
