"""An account at a mail server, as an address names it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from urllib.parse import parse_qs, unquote, urlsplit

from core.config import ConfigError
from outbox.channels.oauth import Tokens

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Account:
    """Where letters are handed in and as whom. `tls`: starttls, tls (from the first byte) or none.

    `tokens`: signs in with these (XOAUTH2) and not with the password; `sign` puts a signature before a mail (DKIM).
    """

    name: str
    host: str
    port: int
    tls: str = "starttls"
    login: str = ""
    password: str = field(default="", repr=False)
    connections: int = 8
    longest: float = inf  # seconds to wait for anything
    tokens: Tokens | None = field(default=None, repr=False)
    sign: Callable[[bytes], bytes] | None = field(default=None, repr=False)


def account(url: str) -> Account:
    """The account of `smtp[s]://user:password@host:port?connections=8&tls=off`.

    smtp:// demands STARTTLS, except on loopback or with tls=off; certificates are verified.
    """
    parts, options = urlsplit(url), parse_qs(urlsplit(url).query)
    wrapped, host = parts.scheme == "smtps", parts.hostname or "localhost"
    plain = options.get("tls") == ["off"] or host in LOOPBACK
    port = parts.port or (465 if wrapped else 587)
    return Account(
        f"smtp:{host}:{port}", host, port, "tls" if wrapped else "none" if plain else "starttls",
        unquote(parts.username or ""), unquote(parts.password or ""), _connections(options.get("connections", ["8"])[0]),
    )


def _connections(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise ConfigError("connections= in STATUSBOTE_SMTP_URL must be a number from 1 to 100.")
    return int(text)
