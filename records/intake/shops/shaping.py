"""Brings what shops write into our forms: names, phone numbers, languages, prices, lines of an order."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

import phonenumbers
from babel.numbers import get_currency_precision

from core.i18n import gettext as _
from records.contacts import LONGEST_POSTCODE, Refused
from records.intake.shops.reading import Part


def known(**values: Any) -> dict[str, Any]:
    """Only what the shop really said: silence must not wipe out what we knew before."""
    return {key: value for key, value in values.items() if value not in (None, {}, [])}


def full_name(*people: Part) -> str | None:
    """The first of these who has a name, or else the first company."""
    for person in people:
        words = [person.text("first_name"), person.text("last_name")]
        if any(words):
            return " ".join(word for word in words if word)
    return next((person.text("company") for person in people if person.text("company")), None)


def phone(text: str | None, country: str | None) -> str | None:
    """In E.164, or nothing: customers type what they like there, and that must not stop their order."""
    if text is None:
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def postcode(text: str | None) -> str | None:
    """As far as it is one: customers type what they like there too."""
    known = " ".join("".join(char for char in text or "" if char.isprintable()).upper().split())
    return known if 0 < len(known) <= LONGEST_POSTCODE else None


def language(locale: str | None) -> str | None:
    """The language of a locale: `de-AT`, `de_DE_formal` and `de` are all `de`."""
    found = re.match(r"[a-z]{2,3}(?![a-z])", (locale or "").lower())
    return found[0] if found else None


def price(amount: Decimal, currency: str | None) -> str:
    """As many decimals as the currency has (two at most, as everywhere here), halves rounded up like on a receipt."""
    decimals = min(get_currency_precision(currency or "EUR"), 2)
    try:
        return str(amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    except InvalidOperation:
        raise Refused("price", _("This amount is out of all proportion.")) from None


def line(name: str | None, quantity: Decimal, gross: Decimal, currency: str | None) -> dict[str, Any]:
    """One line of an order from its gross sum; the price is that of one piece."""
    each = gross / quantity if quantity else gross
    count = int(quantity) if quantity == int(quantity) else float(quantity)
    return {"name": name or "–", "quantity": count, "price": price(each, currency)}
