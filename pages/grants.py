"""Opening a link: which browser is let in, and for how long.

A browser is known by the nonce of its landing page. Its grant is an HMAC of link and nonce, so pressing the button once more
leads to the same grant although the database holds only hashes.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock, journal, keys
from core.db import transaction
from pages import links, policies
from pages.models import Grant, Link
from records.models import Contact, Record

ABSOLUTE = timedelta(minutes=60)
IDLE = timedelta(minutes=30)
AGAIN = timedelta(minutes=10)  # in which the same browser may press the button again
EARLY = timedelta(minutes=5)  # after sending: who opens so soon may be a scanner that presses buttons …
SECOND = timedelta(days=1)  # … so one more browser is let in for a day
TOUCH = timedelta(minutes=1)  # between two notes of a grant's use


@dataclass(frozen=True)
class Visit:
    """A browser that has, or had, a grant for a link."""

    link: Link
    valid: bool


def opens(link: Link, nonce: str, at: datetime) -> bool:
    """True when pressing the button would open the page in the browser with that nonce."""
    state = links.standing(link, at)
    if state != "opened":
        return state == "issued"
    if policies.again(link):
        return True
    grant = _grant_of(link, nonce)
    return at - grant.created_at <= AGAIN if grant else _second(link, at)


def open_in(link: Link, nonce: str) -> str | None:
    """Open a link in the browser with that nonce; its grant's cookie, or None when another browser was let in before."""
    now = clock.now()
    if links.standing(link, now) not in links.LIVE:
        return None
    with transaction():
        unopened = (Link.id == link.id, Link.state == "issued", Link.expires_at > now)
        if Link.update(state="opened", opened_at=now, openings=1).where(*unopened).execute():
            return _let_in(link, nonce, now)
        if policies.again(link):
            return _open_anew(link, nonce, now)
        return _open_again(Link.get_by_id(link.id), nonce, now)


def visit(link_id: str, cookie: str) -> Visit | None:
    """The visit a cookie stands for, noting at most once a minute that it goes on; None for a cookie nobody was given."""
    query = Grant.select(Grant, Link, Record, Contact).join(Link)
    grant = links.with_record(query).where(Grant.token == keys.fingerprint(cookie), Grant.link == link_id).first()
    if grant is None or grant.link.state == "erased":
        return None
    now = clock.now()
    valid = _alive(grant, now) and links.standing(grant.link, now) == "opened"
    if valid and now - grant.used_at >= TOUCH:
        with transaction():
            Grant.update(used_at=now).where(Grant.id == grant.id).execute()
    return Visit(grant.link, valid)


def _open_again(link: Link, nonce: str, now: datetime) -> str | None:
    grant = _grant_of(link, nonce)
    if grant:
        return _cookie(link, nonce) if link.state == "opened" and now - grant.created_at <= AGAIN else None
    single = (Link.id == link.id, Link.state == "opened", Link.openings == 1)
    if _second(link, now) and Link.update(openings=2).where(*single).execute():
        return _let_in(link, nonce, now)
    if link.state == "opened" and not any(_alive(grant, now) for grant in link.grants):
        Link.update(state="used").where(Link.id == link.id, Link.state == "opened").execute()
    return None


def _open_anew(link: Link, nonce: str, now: datetime) -> str | None:
    """Of a link that opens again and again: any browser is let in, for another while."""
    if not Link.update(openings=Link.openings + 1).where(Link.id == link.id, Link.state == "opened").execute():
        return None
    cookie = _cookie(link, nonce)
    if not Grant.update(created_at=now, used_at=now).where(Grant.token == keys.fingerprint(cookie)).execute():
        Grant.insert(link=link.id, token=keys.fingerprint(cookie), created_at=now, used_at=now).execute()
    return cookie


def _second(link: Link, at: datetime) -> bool:
    if link.state != "opened" or link.openings != 1:
        return False
    return link.opened_at - (link.sent_at or link.created_at) <= EARLY and at - link.opened_at <= SECOND


def _let_in(link: Link, nonce: str, now: datetime) -> str:
    cookie = _cookie(link, nonce)
    Grant.insert(link=link.id, token=keys.fingerprint(cookie), created_at=now, used_at=now).execute()
    journal.record("link.opened", link.record_id, "customer", unread=True, link=link.id)
    return cookie


def _grant_of(link: Link, nonce: str) -> Grant | None:
    return Grant.get_or_none(Grant.token == keys.fingerprint(_cookie(link, nonce)))


def _cookie(link: Link, nonce: str) -> str:
    digest = hmac.digest(keys.derive("grants"), f"{link.id}.{nonce}".encode(), "sha256")
    return keys.base62(int.from_bytes(digest, "big"), 22)


def _alive(grant: Grant, at: datetime) -> bool:
    return at - grant.created_at < ABSOLUTE and at - grant.used_at < IDLE
