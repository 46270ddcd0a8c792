"""A sender's key for signing: made or given, kept sealed, and used once its domain publishes the record for it."""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from core import clock, secrets
from outbox.channels import dkim
from outbox.models import Sender
from outbox.senders import senders

BITS = 2048
KEPT = "dkim_key"  # its name among the sender's secrets


@dataclass(frozen=True)
class Signing:
    """How a sender signs: not at all yet while `on` is false; without a `record` there is no key that can be read."""

    domain: str
    selector: str
    on: bool
    record: str

    @property
    def name(self) -> str:
        """Where the domain publishes the record."""
        return f"{self.selector}._domainkey.{self.domain}"


def signing(sender: Sender) -> Signing | None:
    """What is set up; None where nothing is."""
    told = sender.settings.get("dkim")
    if not told:
        return None
    try:
        record = dkim.record(dkim.read_key(senders.hidden_of(sender).get(KEPT, "")))
    except dkim.Unusable:
        record = ""
    return Signing(told["domain"], told["selector"], bool(told.get("on")), record)


def save(sender: Sender, domain: str, selector: str, on: bool, pem: str, actor: str) -> None:
    """Keep how it signs, and its key if a new one is given."""
    _write(sender, {"domain": domain, "selector": selector, "on": on}, actor, pem)


def make(sender: Sender, actor: str) -> None:
    """A new key under a selector of its own; mails are signed with it once somebody says so."""
    key = rsa.generate_private_key(65537, BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    known = sender.settings.get("dkim") or {}
    _write(sender, {"domain": known.get("domain") or domain(sender), "selector": _fresh(known), "on": False}, actor, pem)


def switch_on(sender: Sender, actor: str) -> None:
    """From now on its mails are signed."""
    _write(sender, {**sender.settings["dkim"], "on": True}, actor)


def delete(sender: Sender, actor: str) -> None:
    """Sign no more, and forget the key."""
    settings = {name: value for name, value in sender.settings.items() if name != "dkim"}
    left = {name: value for name, value in senders.hidden_of(sender).items() if name != KEPT}
    senders.save(sender, {"settings": settings, "secrets": secrets.seal(json.dumps(left)) if left else ""}, actor)


def domain(sender: Sender) -> str:
    """The domain of the address its mails come from."""
    return sender.from_address.rpartition("@")[2]


def _fresh(known: dict[str, Any]) -> str:
    """A selector of the day, another one than before: the old record serves mails that are still under way."""
    usual = f"sb{clock.now():%Y%m%d}"
    return f"{usual}-{clock.now():%H%M%S}" if str(known.get("selector", "")).startswith(usual) else usual


def _write(sender: Sender, told: dict[str, Any], actor: str, pem: str = "") -> None:
    senders.save(sender, {"settings": {**sender.settings, "dkim": told}}, actor, hidden={KEPT: pem})
