"""Dates, times and sums as pages say them. Formatting is dear and repeats within a batch, so each is done once."""

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from core import i18n
from core.i18n import gettext as _

FULL = "EEEE, d.\u00a0MMMM y"  # day and month do not break
SHORT = "EEEE, d.\u00a0MMMM"
NEAR = "d.\u00a0MMMM"

SWAPPED = str.maketrans(",.", ".,")


def day(local: datetime, form: str = FULL) -> str:
    """“Freitag, 20. November 2026” of a moment that is already local."""
    return _day(local.date(), form, i18n.current())


def near_day(local: datetime, known: datetime) -> str:
    """The same, without the year where it is that of a moment the reader knows."""
    return day(local, SHORT if local.year == known.year else FULL)


def moment(local: datetime, known: datetime) -> str:
    """“Freitag, 20. November um 10:12 Uhr”, with the year where it is not that of a moment the reader knows."""
    return _("%(day)s at %(time)s", day=near_day(local, known), time=clock(local))


def span(first: date, last: date) -> str:
    """“24. Dezember bis 1. Januar”, “24. Dezember” for a single day."""
    days = [_day(of, NEAR, i18n.current()) for of in (first, last)]
    return days[0] if first == last else _("%(first)s to %(last)s", first=days[0], last=days[1])


def clock(local: datetime) -> str:
    """“16:30 Uhr” of a moment that is already local."""
    return _clock(local.hour, local.minute, i18n.current())


def money(amount: Decimal, currency: str) -> str:
    """“129,90 €”, “-€5.00”: what Babel would say, from one sample of it, because sums hardly ever repeat."""
    before, point, places, after = _form(currency, i18n.current())
    figures = f"{abs(amount):,.{places}f}"
    figures = figures.translate(SWAPPED) if point == "," else figures
    return f"{'-' if amount < 0 else ''}{before}{figures}{after}"


def number(value: Decimal) -> str:
    """“2” or “1,5”."""
    return _number(value, i18n.current())


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


@lru_cache(1024)
def _number(value: Decimal, language: str) -> str:
    return i18n.number(value)


@lru_cache(256)
def _form(currency: str, language: str) -> tuple[str, str, int, str]:
    """What stands before a sum, its decimal point, how many figures follow that, and what stands after it."""
    sample = re.fullmatch(r"(\D*)8(?:([.,])(0+))?(\D*)", i18n.money(Decimal(8), currency))
    if sample is None:
        return "", "." if language == "en" else ",", 2, f"\u00a0{currency}"
    before, point, zeros, after = sample.groups()
    return before, point or ("." if language == "en" else ","), len(zeros or ""), after
