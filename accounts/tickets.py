"""Tickets: the right to choose a password, once and for a while; a link carries it, the database keeps its fingerprint."""

from datetime import datetime, timedelta

from peewee import Expression

from accounts.models import Ticket, User
from core import clock
from core.db import transaction
from core.keys import fingerprint, random62

LIVES = {"password": timedelta(minutes=60), "invitation": timedelta(days=7)}  # by purpose
LENGTH = 43  # base-62 characters, 256 bits


def issue(user: User, purpose: str) -> tuple[str, datetime]:
    """A new ticket, in the caller's transaction: its token, the only time it is known, and its end. An older one ends."""
    token, expires = random62(LENGTH), clock.now() + LIVES[purpose]
    Ticket.delete().where((Ticket.user == user.id) | (Ticket.expires_at < clock.now() - LIVES["invitation"])).execute()
    Ticket.create(user=user, purpose=purpose, fingerprint=fingerprint(token), expires_at=expires)
    return token, expires


def find(token: str, purpose: str) -> User | None:
    """Whose valid ticket that is."""
    if len(token) != LENGTH:
        return None
    ticket = Ticket.get_or_none(*_valid(token, purpose))
    return ticket.user if ticket else None


def use(token: str, purpose: str) -> bool:
    """Use a ticket up, in the caller's transaction; False when it is gone by now."""
    return Ticket.delete().where(*_valid(token, purpose)).execute() == 1


def end(user_id: int) -> None:
    """Whatever link that person was sent opens nothing any more."""
    with transaction():
        Ticket.delete().where(Ticket.user == user_id).execute()


def ends() -> dict[int, datetime]:
    """When the open invitations end, by person."""
    return {ticket.user_id: ticket.expires_at for ticket in Ticket.select().where(Ticket.purpose == "invitation")}


def _valid(token: str, purpose: str) -> tuple[Expression, ...]:
    return Ticket.fingerprint == fingerprint(token), Ticket.purpose == purpose, Ticket.expires_at > clock.now()
