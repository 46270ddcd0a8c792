"""Senders that send SMS: how they are reached, where they report to, and to which countries they may write."""

import hmac

import phonenumbers

from core import keys
from outbox.channels import web
from outbox.channels.contract import Channel
from outbox.channels.gateways import GATEWAYS, MAILBOX
from outbox.channels.gateways.contract import Gateway
from outbox.channels.gateways.mailbox import SmsMailbox
from outbox.channels.gateways.wire import Wire
from outbox.models import Sender
from outbox.senders import senders
from pages import place


def open_(sender: Sender, longest: float = web.LONGEST) -> Channel:
    """Its way out; a secret sealed with another key is none, and the gateway will say so."""
    name = senders.channel_name(sender)
    if sender.type == MAILBOX:
        return SmsMailbox(name)
    return Wire(name, gateway(sender), report_url(sender) if is_seen() else "", longest)


def gateway(sender: Sender) -> Gateway:
    return GATEWAYS[sender.type](sender.settings, senders.hidden_of(sender))


def reaches(sender: Sender, number: str) -> bool:
    """Whether it may write to the country of that number (E.164)."""
    allowed = sender.settings.get("countries", ())
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(number)) in allowed
    except phonenumbers.NumberParseException:
        return False


def report_url(sender: Sender) -> str:
    """Where the gateway tells what became of an SMS; only it knows this address."""
    return f"{place.base_url()}/hooks/sms/{sender.id}/{_token(sender.id)}"


def opens(sender: Sender, token: str) -> bool:
    """Whether that is the token of its address, in constant time."""
    return hmac.compare_digest(_token(sender.id).encode(), token.encode())


def is_seen() -> bool:
    """Whether a gateway far away could reach the house at all."""
    return place.base_url().startswith("https://")


def _token(id: int) -> str:
    digest = hmac.digest(keys.derive("sms reports"), str(id).encode(), "sha256")
    return keys.base62(int.from_bytes(digest, "big"), 32)
