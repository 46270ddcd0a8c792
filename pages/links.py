"""Links: a person's one-time way to a record's page.

A token is 22 base-62 characters of HMAC-SHA-256 over the link's id, and the id holds the issue. It is derived whenever a
mail is composed and stored nowhere; the database knows its SHA-256.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from peewee import JOIN

from core import clock, keys
from core.rows import insert_many, marks, run, value
from pages import place
from pages.models import Link
from records.models import Contact, Record
from records.people import Person, person

LIFE = timedelta(days=30)
AFTER_CLOSING = timedelta(days=14)
LIVE = ("issued", "opened")
USED = ("opened", "used")
TOKEN = re.compile(r"[0-9A-Za-z]{22}")


def prepare(record_id: int, recipient: str, address: str) -> Link:
    """A new link for that role or address of a record, to be written to `address`; not saved yet."""
    return _issue(keys.random62(12), 1, record_id, recipient, address)


def renew(link: Link, address: str) -> Link:
    """The next issue of a link, not saved yet."""
    stem = _stem(link.id)
    known = Link.select(Link.id).where(Link.record == link.record_id, Link.recipient == link.recipient)
    issues = [int(row.id.rpartition("-")[2]) for row in known if _stem(row.id) == stem]
    return _issue(stem, max(issues) + 1, link.record_id, link.recipient, address)


def save_many(links: Sequence[Link]) -> None:
    """Write new links, in the caller's transaction."""
    insert_many(Link, [link.__data__ for link in links])


def url(link_id: str) -> str:
    """The address that goes into the mail."""
    return f"{place.base_url()}/s/{token_of(link_id)}"


def token_of(link_id: str) -> str:
    """The token of a link, never to be stored or logged."""
    return _token(keys.derive("links"), link_id)


@lru_cache(256)
def _token(key: bytes, link_id: str) -> str:
    return keys.base62(int.from_bytes(hmac.digest(key, link_id.encode(), "sha256"), "big"), 22)


def mark_sent(link_ids: Iterable[str], at: datetime) -> None:
    """Their mails left at that moment; in the caller's transaction."""
    ids = list(link_ids)
    if ids:
        run(f"UPDATE link SET sent_at = ? WHERE sent_at IS NULL AND id IN ({marks(ids)})", [value(Link.sent_at, at), *ids])


def find(token: str) -> Link | None:
    """The link of a token with its record and contact in place; None for unknown tokens and erased links alike."""
    if not TOKEN.fullmatch(token):
        return None
    known = with_record(Link.select(Link, Record, Contact))
    return known.where(Link.token == keys.fingerprint(token), Link.state != "erased").first()


def with_record(query: Any) -> Any:
    """A query that reaches links, on to their records and contacts."""
    return query.join(Record).join(Contact, JOIN.LEFT_OUTER, on=Record.contact)


def standing(link: Link, at: datetime) -> str:
    """The state a link is in at that moment, written down or not: issued, opened, used, expired, revoked or erased."""
    if link.state not in LIVE:
        return link.state
    if at >= expiry(link):
        return "expired"
    return link.state if mark(address_of(link)) == link.sent_to else "revoked"


def expiry(link: Link) -> datetime:
    """30 days after it was made, or 14 after its record closed; one made after that lives 14 days."""
    closed = link.record.closed_at
    return min(link.expires_at, max(closed, link.created_at) + AFTER_CLOSING) if closed else link.expires_at


def whom(link: Link) -> Person | None:
    """The person a link is for, as the record names them now."""
    return person(link.record, link.recipient)


def address_of(link: Link) -> str:
    """Where a fresh link goes: the number on file now if this one went there, else the address; empty when there is none."""
    someone = whom(link)
    if someone and someone.phone and mark(someone.phone) == link.sent_to:
        return someone.phone
    return someone.address if someone else ""


def mark(address: str) -> str:
    """What a link keeps of an address: enough to see that it changed, useless without the key."""
    return hmac.digest(keys.derive("addresses"), address.strip().casefold().encode(), "sha256").hex()[:32]


def _issue(stem: str, issue: int, record_id: int, recipient: str, address: str) -> Link:
    now, link_id = clock.now(), f"{stem}-{issue}"
    return Link(
        id=link_id, record=record_id, recipient=recipient, token=keys.fingerprint(token_of(link_id)), sent_to=mark(address),
        created_at=now, expires_at=now + LIFE,
    )


def _stem(link_id: str) -> str:
    return link_id.rpartition("-")[0]
