"""A link that asks for the postcode on file, after the button: five tries, then it rests and only a fresh one opens."""

import hmac

from core.db import transaction
from pages import endings, policies
from pages.models import Link

TRIES = 5
LONGEST = 12  # characters


def needed(link: Link) -> bool:
    """Whether it asks: set to, for the customer, and with a postcode on file to compare with."""
    return policies.of(link) == policies.POSTCODE and link.recipient == "customer" and bool(_on_file(link))


def admits(link: Link, typed: str) -> bool:
    """Whether that is the postcode; each answer is a try, and the last wrong one puts the link to rest."""
    with transaction():
        if not Link.update(tries=Link.tries + 1).where(Link.id == link.id, Link.tries < TRIES).execute():
            return False
        right = hmac.compare_digest(_plain(typed).encode(), _on_file(link).encode())
        if not right and Link.get_by_id(link.id).tries >= TRIES:
            endings.revoke([link.id], "postcode", "worker")
    return right


def rests(link: Link) -> bool:
    """Whether there were too many tries."""
    return link.tries >= TRIES and link.state == "revoked"


def _on_file(link: Link) -> str:
    contact = link.record.contact
    return _plain(contact.postcode) if contact else ""


def _plain(text: str) -> str:
    """Letters and digits only: “1010 AB” is “1010ab”."""
    return "".join(char for char in text[: 4 * LONGEST].casefold() if char.isalnum())
