"""Dates, times and sums as pages say them. Formatting is dear and repeats within a batch, so each is done once."""

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import NumberFormatError

from core import i18n

FULL = "EEEE, d.\u00a0MMMM y"  # day and month do not break
SHORT = "EEEE, d.\u00a0MMMM"


def day(local: datetime, form: str = FULL) -> str:
    """“Freitag, 20. November 2026” of a moment that is already local."""
    return _day(local.date(), form, i18n.current())


def near_day(local: datetime, known: datetime) -> str:
    """The same, without the year where it is that of a moment the reader knows."""
    return day(local, SHORT if local.year == known.year else FULL)


def clock(local: datetime) -> str:
    """“16:30 Uhr” of a moment that is already local."""
    return _clock(local.hour, local.minute, i18n.current())


def money(amount: Decimal, currency: str) -> str:
    """“129,90 €”; a currency nobody knows stands behind the bare number."""
    return _money(amount, currency, i18n.current())


def amount(text: object) -> Decimal | None:
    """A price as it is stored in items; None for what is no number."""
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


@lru_cache(1024)
def _day(of: date, form: str, language: str) -> str:
    return i18n.date(datetime.combine(of, time(12), UTC), UTC, form)


@lru_cache(1024)
def _clock(hour: int, minute: int, language: str) -> str:
    return i18n.time(datetime(2026, 1, 1, hour, minute, tzinfo=UTC), UTC)


@lru_cache(8192)
def _money(value: Decimal, currency: str, language: str) -> str:
    try:
        return i18n.money(value, currency)
    except (NumberFormatError, ValueError, LookupError):
        return f"{value} {currency}"
