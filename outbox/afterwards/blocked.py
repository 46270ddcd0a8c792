"""Blocked addresses: kept as fingerprints only, so whose they are is found among the people we wrote to."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from peewee import SQL

from core import clock, journal
from core.db import transaction
from core.i18n import N_
from core.journal import Entry
from core.keys import fingerprint
from core.rows import tuples
from outbox.hand import UNREACHED
from outbox.lists import TROUBLE
from outbox.models import Message, Suppression
from records.models import Contact, Record

PAGE = 50
LOOKED = 3000  # messages and lines of the journal looked through for the people behind fingerprints
REASONS = {
    "unknown_address": N_("Messages came back: nobody is known there."),
    "full": N_("Messages came back three times within a week."),
    "wish": N_("The person wants no messages there."),
    "wrong": N_("The address or number belongs to somebody else."),
    "other": N_("Blocked by hand."),
}
BY_HAND = ("wish", "wrong", "other")


@dataclass
class Blocked:
    """A blocked address with the contacts whose it is; `address` where it is known some other way."""

    fingerprint: str
    reason: str
    at: datetime
    contacts: list[Contact] = field(default_factory=list)
    address: str = ""


@dataclass(frozen=True)
class Page:
    """Some blocked addresses, the newest first, and the cursor to the older ones ("" at the end)."""

    rows: list[Blocked]
    after: str


def mark(address: str) -> str:
    """What stands for an address, however it is capitalised."""
    return fingerprint(address.strip().lower())


def block(address: str, reason: str, actor: str, **data: Any) -> bool:
    """Write to this address no more; False when it was blocked already. The journal names contacts, never the address."""
    row = Suppression.insert(fingerprint=mark(address), reason=reason, at=clock.now())
    with transaction():
        if row.on_conflict_ignore().as_rowcount().execute() != 1:
            return False
        contacts = [contact.id for contact in _with(address)]
        journal.record("address.blocked", None, actor, reason=reason, contacts=contacts, **data)
    return True


def unblock(print_: str, actor: str) -> bool:
    """Let an address be written to again; False when it was not blocked."""
    with transaction():
        whose = page(only=print_).rows
        if not Suppression.delete().where(Suppression.fingerprint == print_).execute():
            return False
        contacts = [contact.id for row in whose for contact in row.contacts]
        journal.record("address.unblocked", None, actor, contacts=contacts)
    return True


def find(address: str) -> Blocked | None:
    """Whether this very address is blocked."""
    row = Suppression.get_or_none(Suppression.fingerprint == mark(address))
    return Blocked(row.fingerprint, row.reason, row.at, _with(address), address) if row else None


def page(after: str = "", only: str = "") -> Page:
    """A page of all, or the one of a fingerprint."""
    query = Suppression.select().order_by(Suppression.at.desc(), Suppression.fingerprint).limit(PAGE + 1)
    if only:
        query = query.where(Suppression.fingerprint == only)
    if last := Suppression.get_or_none(Suppression.fingerprint == after) if after else None:
        same = (Suppression.at == last.at) & (Suppression.fingerprint > after)
        query = query.where((Suppression.at < last.at) | same)
    rows = list(query)
    found = [Blocked(row.fingerprint, row.reason, row.at) for row in rows[:PAGE]]
    _name({row.fingerprint: row for row in found})
    return Page(found, rows[PAGE - 1].fingerprint if len(rows) > PAGE else "")


def _name(rows: dict[str, Blocked]) -> None:
    """Say whose they are, as far as a message or the journal leads there."""
    if not rows:
        return
    for contact in _contacts(_written_to() | _named()):
        for address in filter(None, (contact.email, contact.phone)):
            if row := rows.get(mark(address)):
                row.contacts.append(contact)
                row.address = address
    for address in _addresses():
        if row := rows.get(mark(address)):
            row.address = address


def _with(address: str) -> list[Contact]:
    typed = address.strip()
    theirs = Contact.email.in_({typed, typed.lower()}) | (Contact.phone == typed)
    return list(Contact.select().where(theirs).order_by(Contact.id))


def _contacts(ids: Collection[int]) -> Iterable[Contact]:
    known = Contact.email.is_null(False) | Contact.phone.is_null(False)
    query = Contact.select().where(Contact.id.in_(ids), known).order_by(Contact.id)
    return query if ids else ()


def _written_to() -> set[int]:
    """The customers whose newest messages did not reach them."""
    reasons = Message.reason.in_([SQL(f"'{reason}'") for reason in UNREACHED])
    lost = Message.select(Message.record).where(reasons).order_by(Message.planned_at.desc()).limit(LOOKED)
    back = Message.select(Message.record).where(TROUBLE, Message.state == "bounced").order_by(Message.id.desc())
    records = {record for query in (lost, back.limit(LOOKED)) for (record,) in tuples(query)}
    query = Record.select(Record.contact).where(Record.id.in_(records), Record.contact.is_null(False))
    return {contact for (contact,) in tuples(query)} if records else set()


def _named() -> set[int]:
    lines = Entry.select(Entry.data).where(Entry.what == "address.blocked").order_by(Entry.at.desc()).limit(LOOKED)
    return {contact for line in lines for contact in line.data["contacts"]}


def _addresses() -> set[str]:
    """The addresses of the newest messages that failed or came back; those of colleagues are among them."""
    states = Message.state.in_(("failed", "bounced"))
    query = Message.select(Message.address).where(TROUBLE, states, Message.address != SQL("''"))
    return {address for (address,) in tuples(query.order_by(Message.id.desc()).limit(LOOKED))}
