"""What an SMS costs: the price of a part, how it is typed and told, and what a gateway has spent today."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from peewee import SQL, fn

from core import clock, i18n
from outbox.models import Message, Sender
from outbox.states import SENDING
from records.zones import utc_of, zone_of

CURRENCIES = ("EUR", "CHF", "USD", "GBP", "PLN", "CZK", "DKK", "SEK", "NOK", "HUF")


def of(sender: Sender) -> Decimal:
    """What one part costs through this gateway."""
    return Decimal(sender.settings.get("price") or 0)


def currency(sender: Sender) -> str:
    return str(sender.settings.get("currency") or CURRENCIES[0])


def cap(sender: Sender) -> Decimal | None:
    """What it may cost in a day, None without a limit."""
    text = sender.settings.get("cap")
    return Decimal(text) if text else None


def words(amount: Decimal, currency: str) -> str:
    """“0,075 €”, “€0.15”: as many places as there are, two at least."""
    locale = i18n.locale(i18n.current())
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", "0.00##")
    return format_currency(amount, currency, pattern, locale=locale, currency_digits=False)


def typed(text: str) -> str:
    """A stored amount as a person would type it: “0,075”."""
    return format_decimal(Decimal(text), "0.00##", locale=i18n.locale(i18n.current())) if text else ""


def spent(sender: Sender) -> Decimal:
    """What its SMS have cost today: those sent, those on their way, and those of which nobody knows."""
    since, mine = midnight(), Message.sender_id == sender.id
    tests = [mine & (Message.sent_at >= since), mine & (Message.state == SQL("'unclear'")) & (Message.dated_at >= since)]
    tests += [mine & (Message.state == SQL(f"'{state}'")) & (Message.lease_until > since) for state in SENDING]
    sums = [Message.select(fn.SUM(Message.cost).coerce(False)).where(test).scalar() for test in tests]
    return sum((Decimal(found) for found in sums if found), Decimal(0)).scaleb(-4)


def midnight(days: int = 0) -> datetime:
    """When today began at the house, or when the day begins that comes so many days later."""
    zone = zone_of(None)
    return utc_of(clock.now().astimezone(zone).date() + timedelta(days=days), time(), zone)
