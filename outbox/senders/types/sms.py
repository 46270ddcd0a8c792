"""What all SMS gateways' forms ask: what an SMS costs, how much a day, to which countries, and in whose name."""

import re
from decimal import Decimal
from typing import Any

import phonenumbers

from accounts.form import Form
from core.i18n import gettext as _
from outbox.channels.contract import Channel
from outbox.models import Sender
from outbox.senders import gateways, prices
from records import amounts
from records.contacts import REGION, Refused

NAME = re.compile(r"[A-Za-z0-9 ._-]{1,11}|\+?[0-9]{3,16}|MG[0-9a-f]{32}")
START = {"price": "", "currency": prices.CURRENCIES[0], "cap": "", "countries": REGION}
CURRENCIES = {"currency": {code: code for code in prices.CURRENCIES}}
DEAREST = Decimal(1000)


def columns(form: Form, settings: dict[str, Any]) -> dict[str, Any]:
    """The columns of a gateway; `settings` is what only its own type needs."""
    money = {
        "price": str(_amount(form, "price") or 0),
        "currency": form.one_of("currency", prices.CURRENCIES),
        "cap": str(cap) if (cap := _amount(form, "cap")) is not None else "",
        "countries": _countries(form),
    }
    return {"host": "", "port": 0, "tls": "", "from_address": _name(form), "settings": {**settings, **money}}


def typed(sender: Sender) -> dict[str, str]:
    """How they are shown in the form."""
    settings = sender.settings
    return {
        "from_address": sender.from_address,
        "price": prices.typed(settings.get("price", "")),
        "currency": settings.get("currency", ""),
        "cap": prices.typed(settings.get("cap", "")),
        "countries": ", ".join(settings.get("countries", ())),
    }


def open_(sender: Sender, host: str) -> Channel:
    return gateways.open_(sender)


def _name(form: Form) -> str:
    text = form.line("from_address", 40)
    if text and not NAME.fullmatch(text):
        form.refuse("from_address", _("Please give up to 11 letters and digits, or a number such as +4915112345678."))
    return text


def _amount(form: Form, name: str) -> Decimal | None:
    try:
        amount = amounts.number(form.line(name, 12, needed=False), name)
    except Refused:
        amount = Decimal(-1)
    if amount is not None and not 0 <= amount < DEAREST:
        form.refuse(name, _("Please write an amount such as 0.075."))
    return amount


def _countries(form: Form) -> list[str]:
    found = list(dict.fromkeys(re.findall(r"[A-Z]+", form.line("countries", 400).upper())))
    unknown = [code for code in found if code not in phonenumbers.SUPPORTED_REGIONS]
    if unknown or not found:
        form.refuse("countries", _("Please give countries by their two letters, such as DE, AT, CH."))
    return found
