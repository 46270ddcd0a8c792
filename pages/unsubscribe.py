"""The way out of advertising (RFC 8058): an address bound to one contact, derived when it is needed and stored nowhere."""

import hmac
import re

from core import keys
from pages import place
from records.models import Contact

TOKEN = re.compile(r"([1-9][0-9]{0,17})-([0-9A-Za-z]{22})")
EXAMPLE = "8fKq2LwT0vXy5ZbN3cRmPd"  # of nobody
HIDDEN = "/u/…"  # what is shown and kept of it


def url(contact_id: int) -> str:
    """The address that goes into a message."""
    return f"{place.base_url()}/u/{token_of(contact_id)}"


def hidden() -> str:
    """The same where people look on: it leads nowhere."""
    return f"{place.base_url()}{HIDDEN}"


def example() -> str:
    """One as long as any, where letters are counted."""
    return f"{place.base_url()}/u/1000-{EXAMPLE}"


def token_of(contact_id: int) -> str:
    """The number of a contact, and 22 base-62 characters that only this house can know."""
    return f"{contact_id}-{_proof(contact_id)}"


def genuine(token: str) -> int | None:
    """The contact that a token of ours speaks of, who may be gone by now; None for any other text."""
    match = TOKEN.fullmatch(token)
    if not match or not hmac.compare_digest(match[2], _proof(int(match[1]))):
        return None
    return int(match[1])


def whom(contact_id: int) -> Contact | None:
    return Contact.get_or_none(Contact.id == contact_id)


def _proof(contact_id: int) -> str:
    digest = hmac.digest(keys.derive("unsubscribe"), str(contact_id).encode(), "sha256")
    return keys.base62(int.from_bytes(digest, "big"), 22)
