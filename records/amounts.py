"""Reading what people type into forms: amounts in their own notation, dates and times."""

from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from babel.numbers import NumberFormatError, format_decimal, parse_decimal

from core import i18n
from core.i18n import gettext as _
from records.contacts import Refused
from records.zones import utc_of

MOST = Decimal(10) ** 9


def money(text: str, field: str) -> Decimal | None:
    """“1.299,90” in German, “1,299.90” in English; None for nothing. Raises Refused."""
    amount = _decimal(text, field, -MOST)
    return amount.quantize(Decimal("0.01")) if amount is not None else None


def number(text: str, field: str) -> Decimal | None:
    """“1.299,5” in German, “1,299.5” in English; None for nothing. Raises Refused."""
    return _decimal(text, field, -MOST)


def quantity(text: str, field: str) -> int | float:
    """How many; 1 for nothing. Raises Refused."""
    amount = some(text, field)
    return 1 if amount is None else amount


def some(text: str, field: str) -> int | float | None:
    """How many, from zero; None for nothing. Raises Refused."""
    amount = _decimal(text, field, Decimal(0))
    if amount is None:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _decimal(text: str, field: str, least: Decimal) -> Decimal | None:
    if not text.strip():
        return None
    try:
        amount = parse_decimal(text.strip(), locale=i18n.locale(i18n.current()), strict=True)
    except NumberFormatError as error:
        raise Refused(field, _("Please write a number such as 129.90.")) from error
    if not amount.is_finite() or not least <= amount < MOST:
        raise Refused(field, _("Please write a number such as 129.90."))
    return amount


def typed(amount: Decimal | int | float | None) -> str:
    """An amount as a person would type it, without a currency; two places for money."""
    if amount is None:
        return ""
    form = "0.00" if isinstance(amount, Decimal) else "0.###"
    return format_decimal(Decimal(str(amount)), form, locale=i18n.locale(i18n.current()))


def day(text: str, field: str) -> date | None:
    """A date as browsers send it (ISO 8601), in a sensible century; None for nothing. Raises Refused."""
    try:
        on = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise Refused(field, _("This is not a date.")) from error
    if on and not 1970 < on.year < 2200:
        raise Refused(field, _("This is not a date."))
    return on


def hour(text: str, field: str) -> time | None:
    """A time of day as browsers send it; None for nothing. Raises Refused."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None) if text else None
    except ValueError as error:
        raise Refused(field, _("This is not a time of day.")) from error


def moment(day_text: str, hour_text: str, field: str, zone: tzinfo) -> datetime | None:
    """Day and time together, both or neither; in UTC. Raises Refused at `<field>_date` or `<field>_time`."""
    on, at = day(day_text, f"{field}_date"), hour(hour_text, f"{field}_time")
    if on and not at:
        raise Refused(f"{field}_time", _("A time of day is missing."))
    if at and not on:
        raise Refused(f"{field}_date", _("A day is missing."))
    return utc_of(on, at, zone) if on and at else None
