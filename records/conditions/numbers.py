"""Numbers and sums of money in conditions: typed in the reader's manner, kept in one for all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import get_decimal_symbol, is_currency

from core import i18n
from core.i18n import gettext as _
from records import amounts
from records.contacts import Refused
from records.models import Record

HOME = "EUR"  # the currency of an amount that names none, as of a record that names none
SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}
AMOUNT = re.compile(r"(?P<before>[€$£]|[A-Z]{3})?\s*(?P<number>[^\s€$£A-Z]+)\s*(?P<after>[€$£]|[A-Z]{3})?")


class Number:
    """Kept as `1234.5`."""

    def actual(self, value: Any, record: Record) -> Decimal | None:
        return _number(str(value))

    def wanted(self, kept: str) -> Decimal:
        number = _number(kept)
        if number is None:
            raise Refused("value", _("This is not a number."))
        return number

    def keep(self, typed: str) -> str:
        return f"{amounts.number(typed, 'value') or Decimal(0):f}"

    def typed(self, kept: str) -> str:
        plain = f"{self.wanted(kept):f}"
        return plain.replace(".", get_decimal_symbol(i18n.locale(i18n.current())))

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        return i18n.number(self.wanted(kept))


@dataclass(frozen=True)
class Sum:
    """An amount of money; sums of different currencies are neither equal nor more nor less."""

    amount: Decimal
    currency: str

    def __lt__(self, other: "Sum") -> bool:
        return self.currency == other.currency and self.amount < other.amount

    def __le__(self, other: "Sum") -> bool:
        return self.currency == other.currency and self.amount <= other.amount

    def __gt__(self, other: "Sum") -> bool:
        return other < self

    def __ge__(self, other: "Sum") -> bool:
        return other <= self


class Money:
    """Kept as `50.00 EUR`; without a currency it is euros."""

    def actual(self, value: Any, record: Record) -> Sum | None:
        return None if value is None else Sum(value, record.currency)

    def wanted(self, kept: str) -> Sum:
        number, _space, currency = kept.partition(" ")
        amount = _number(number)
        if amount is None:
            raise Refused("value", _("This is not an amount."))
        return Sum(amount, currency or HOME)

    def keep(self, typed: str) -> str:
        found = AMOUNT.fullmatch(typed.strip())
        said = [word for word in (found["before"], found["after"]) if word] if found else []
        amount = amounts.money(found["number"] if found and len(said) < 2 else typed, "value")
        currency = SYMBOLS.get(said[0], said[0]) if said else HOME
        if not is_currency(currency):
            raise Refused("value", _("There is no currency “%(code)s”.", code=currency))
        return f"{amount} {currency}"

    def typed(self, kept: str) -> str:
        wanted = self.wanted(kept)
        names = {code: symbol for symbol, code in SYMBOLS.items()}
        return f"{_short(wanted.amount)} {names.get(wanted.currency, wanted.currency)}"

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        wanted = self.wanted(kept)
        said = i18n.money(wanted.amount, wanted.currency)
        cents = get_decimal_symbol(i18n.locale(i18n.current())) + "00"
        return said.replace(cents, "") if wanted.amount == wanted.amount.to_integral_value() else said


def _number(text: str) -> Decimal | None:
    """Also with a decimal comma: so it stands in rules from before, and in fields that other systems fill."""
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _short(amount: Decimal) -> str:
    """Two places, or none for whole amounts."""
    return amounts.typed(int(amount) if amount == amount.to_integral_value() else amount)
