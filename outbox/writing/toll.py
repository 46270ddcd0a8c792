"""What a gateway makes of an SMS that is being written: what it takes and costs, and what speaks against it, in words."""

from decimal import Decimal

from core.i18n import gettext as _
from core.i18n import ngettext
from outbox.models import Sender
from outbox.senders import gateways, prices
from outbox.states import said


def takes(gateway: Sender | None, parts: int) -> str:
    """“2 SMS, 0,15 €”; without a price only the parts."""
    words = ngettext("%(n)s SMS", "%(n)s SMS", parts)
    if gateway is None or not prices.of(gateway):
        return words
    return f"{words}, {prices.words(_cost(gateway, parts), prices.currency(gateway))}"


def never(gateway: Sender, number: str, parts: int) -> str:
    """Why it will not send it however long it waits, or nothing."""
    if number and not gateways.reaches(gateway, number):
        return said("country", "sms")
    cap = prices.cap(gateway)
    if cap is not None and _cost(gateway, parts) > cap:
        return _("This SMS alone costs more than the SMS gateway may spend in a day.")
    return ""


def not_today(gateway: Sender, parts: int) -> str:
    """That it would have to wait for tomorrow's money, or nothing."""
    cap = prices.cap(gateway)
    short = cap is not None and _cost(gateway, parts) > cap - prices.spent(gateway)
    return said("money_cap", "sms") if short else ""


def _cost(gateway: Sender, parts: int) -> Decimal:
    return prices.of(gateway) * parts
