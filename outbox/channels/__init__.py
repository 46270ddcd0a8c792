"""The ways out, by the scheme of their address."""

from collections.abc import Callable
from urllib.parse import urlsplit

from outbox.channels.account import account
from outbox.channels.contract import Channel
from outbox.channels.mailbox import Mailbox
from outbox.channels.smtp import Smtp

CHANNELS: dict[str, Callable[[str, str], Channel]] = {
    "": lambda url, host_name: Mailbox(),
    "smtp": lambda url, host_name: Smtp(account(url), host_name),
    "smtps": lambda url, host_name: Smtp(account(url), host_name),
}


def open_channel(url: str, host_name: str) -> Channel:
    """The channel that an address names; none means the built-in mailbox."""
    return CHANNELS[urlsplit(url).scheme](url, host_name)
