"""Fresh links: asked for by whoever holds an old one, sent to the address on file and to no other."""

from datetime import timedelta

from core import clock, journal
from core.db import is_sqlite, transaction
from pages import endings, links
from pages.models import Asking, Link

PAUSE = timedelta(minutes=10)
DAY = timedelta(days=1)
PER_DAY = 3


def ask(link: Link) -> None:
    """Have a fresh link sent, within the limits; beyond them, or without an address, nothing happens."""
    address = links.address_of(link)
    if not address:
        return
    with transaction():
        _take_turns(link)
        if _too_often(link):
            return
        fresh = links.renew(link, address)
        links.save_many([fresh])
        Asking.create(link=link.id, at=clock.now())
        journal.record("link.requested", link.record_id, "customer", unread=True, link=fresh.id)


def issue(link: Link, actor: str) -> bool:
    """Staff have a fresh link sent in place of one, which then opens no more; False without an address."""
    address = links.address_of(link)
    if not address:
        return False
    with transaction():
        endings.revoke([link.id], "staff", actor)
        fresh = links.renew(link, address)
        links.save_many([fresh])
        journal.record("link.requested", link.record_id, actor, unread=True, link=fresh.id)
    return True


def masked(address: str) -> str:
    """“a•••@e•••.org”, “+49•••78”: enough for its owner to know it, too little for anybody else."""
    if address.startswith("+"):
        return f"{address[:3]}•••{address[-2:]}"
    local, _at, domain = address.rpartition("@")
    name, _dot, ending = domain.rpartition(".")
    return f"{local[:1]}•••@{name[:1]}•••.{ending}" if local and name else ""


def _take_turns(link: Link) -> None:
    """On PostgreSQL two askers wait for each other; SQLite has one writer anyway."""
    siblings = Link.select(Link.id).where(Link.record == link.record_id, Link.recipient == link.recipient)
    if not is_sqlite():
        list(siblings.order_by(Link.id).for_update())


def _too_often(link: Link) -> bool:
    """Counted over all links of that record to that person."""
    now = clock.now()
    askings = Asking.select().join(Link).where(
        Link.record == link.record_id, Link.recipient == link.recipient, Asking.at > now - DAY
    )
    times = [asking.at for asking in askings]
    return len(times) >= PER_DAY or any(now - at < PAUSE for at in times)
