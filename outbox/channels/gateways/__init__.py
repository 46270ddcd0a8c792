"""SMS gateways by the type of their sender: a further one is one small class and one line here."""

from collections.abc import Callable, Mapping
from typing import Any

from outbox.channels.gateways.contract import Gateway
from outbox.channels.gateways.plain import Plain, Plan
from outbox.channels.gateways.seven import URL as SEVEN
from outbox.channels.gateways.seven import Seven
from outbox.channels.gateways.twilio import URL as TWILIO
from outbox.channels.gateways.twilio import Twilio

Settings = Mapping[str, Any]
Hidden = Mapping[str, str]
GATEWAYS: dict[str, Callable[[Settings, Hidden], Gateway]] = {
    "seven": lambda settings, hidden: Seven(hidden.get("key", ""), settings.get("url", SEVEN)),
    "twilio": lambda settings, hidden: Twilio(settings["sid"], hidden.get("token", ""), settings.get("url", TWILIO)),
    "http": lambda settings, hidden: Plain(Plan(key=hidden.get("key", ""), **plan_of(settings))),
}
MAILBOX = "mailbox"
TYPES = (*GATEWAYS, MAILBOX)  # senders of these send SMS, all others mails


def plan_of(settings: Settings) -> dict[str, Any]:
    """What of a sender's settings is the plan of its gateway."""
    names = ("url", "method", "format", "headers", "body", "path")
    lists = {name: tuple(settings[name]) for name in ("statuses", "values")}
    return {name: settings[name] for name in names} | lists
