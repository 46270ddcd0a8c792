"""The firm as its customers see it on every page: name, logo, colour, telephone, legal addresses."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import phonenumbers

from accounts import bank
from accounts.bank import Bank
from core import settings
from pages import paper


@dataclass(frozen=True)
class Phone:
    """A number to press (`dial`) and to read (`shown`)."""

    dial: str
    shown: str


@dataclass(frozen=True)
class Firm:
    """`css` is the style sheet in its colour, `style` that sheet's hash as a CSP names it; texts may be empty."""

    name: str
    logo: str
    phone: Phone | None
    email: str
    street: str
    city: str
    imprint: str
    privacy: str
    bank: Bank | None
    css: str
    style: str


def current() -> Firm:
    """As the company's settings say at this moment."""
    return of(settings.get("company"))


def unnamed() -> Firm:
    """Nobody's name in the house's own colour, for when the settings cannot be read."""
    return of({})


def of(company: dict[str, Any]) -> Firm:
    """As settings say that need not be stored yet."""
    css, style = paper.style(company.get("colour") or "")
    return Firm(
        name=company.get("name") or "",
        logo=_starting(company, "logo", "data:image/"),
        phone=phone(company.get("phone") or ""),
        email=company.get("email") or "",
        street=company.get("street") or "",
        city=company.get("city") or "",
        imprint=_starting(company, "imprint_url", "https://", "http://"),
        privacy=_starting(company, "privacy_url", "https://", "http://"),
        bank=bank.of(company),
        css=css,
        style=style,
    )


@lru_cache(256)
def phone(number: str) -> Phone | None:
    """A German number as it is said at home, any other with its country; None for none."""
    try:
        parsed = phonenumbers.parse(number, "DE")
    except phonenumbers.NumberParseException:
        return None
    at_home = parsed.country_code == 49
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    dial = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Phone(dial, phonenumbers.format_number(parsed, form))


def _starting(company: dict[str, Any], name: str, *beginnings: str) -> str:
    value = company.get(name) or ""
    return value if value.startswith(beginnings) else ""
