"""How links end: revoked, expired, used up, erased. Each by one conditional UPDATE."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from core import clock, journal
from core.db import transaction
from core.journal import Entry, Write
from pages import grants, links, policies
from pages.links import LIVE
from pages.models import Asking, Grant, Link
from pages.replies import kept
from records.models import Contact, Record


def revoke(link_ids: Iterable[str], reason: str, actor: str) -> int:
    """End live links, because staff says so, the mail bounced or the address changed; how many were live."""
    with transaction():
        ended = _end("revoked", Link.id.in_(list(link_ids)), Link.state.in_(LIVE))
        journal.record_many(
            [journal.row("link.revoked", record, actor, link=link_id, reason=reason) for link_id, record in ended]
        )
    return len(ended)


def erase(record_ids: Iterable[int]) -> None:
    """Make the links of records, and what was said over them, look as if never there; in the caller's transaction."""
    records = list(record_ids)
    kept.erase(records)
    ids = [link.id for link in Link.select(Link.id).where(Link.record.in_(records))]
    Grant.delete().where(Grant.link.in_(ids)).execute()
    Link.update(state="erased", recipient="", sent_to="").where(Link.id.in_(ids)).execute()


def settle() -> None:
    """Write down which links time has ended, and forget grants and askings that no rule asks about any more."""
    now = clock.now()
    lasting = Record.select(Record.id).where(Record.kind.in_(policies.lasting()))
    closed = Record.select(Record.id).where(Record.closed_at <= now - links.AFTER_CLOSING)
    with transaction():
        _end("expired", Link.state.in_(LIVE), Link.expires_at <= now)
        _end("expired", Link.state.in_(LIVE), Link.created_at <= now - links.AFTER_CLOSING, Link.record.in_(closed))
        over = Link.opened_at < now - grants.SECOND - grants.ABSOLUTE
        _end("used", Link.state == "opened", over, ~Link.record.in_(lasting))
        Grant.delete().where(Grant.created_at < now - timedelta(days=1)).execute()
        Asking.delete().where(Asking.at < now - timedelta(days=1)).execute()


def read(entries: Sequence[Entry]) -> Write:
    """A reader of the journal: a link that went to an address or number its contact no longer has is revoked."""
    changed = [entry.data for entry in entries if entry.what == "contact.changed"]
    moved = [data["contact"] for data in changed if {"email", "phone"} & set(data["fields"])]
    outdated = _outdated(moved) if moved else []

    def write() -> None:
        if outdated:
            revoke(outdated, "address", "worker")

    return write


def _outdated(contact_ids: Sequence[int]) -> list[str]:
    live = links.with_record(Link.select(Link, Record, Contact)).where(
        Record.contact.in_(contact_ids), Link.recipient == "customer", Link.state.in_(LIVE)
    )
    return [link.id for link in live if links.mark(links.address_of(link)) != link.sent_to]


def _end(state: str, *conditions: Any) -> list[tuple[str, int]]:
    ended = Link.update(state=state).where(*conditions).returning(Link.id, Link.record).execute()
    return [(link.id, link.record_id) for link in ended]
