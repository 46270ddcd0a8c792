"""Who can hear about a record: its customer, its assignee, its location's manager, whom an event names, or an address."""

from dataclasses import dataclass
from typing import Any

from core import i18n
from core.i18n import gettext as _
from records.models import Contact, Event, Kind, Record

ROLES = {
    "customer": i18n.N_("the customer"),
    "assignee": i18n.N_("the assignee"),
    "manager": i18n.N_("the location’s manager"),
    "event": i18n.N_("the person named in the event"),
}


@dataclass(frozen=True)
class Person:
    """Somebody a message can go to: `address` by e-mail, `phone` (E.164) by SMS, each "" where there is none.

    `consents` is None for people of the business, who need give none.
    """

    who: str
    name: str
    address: str
    language: str
    consents: dict[str, Any] | None
    contact_id: int | None
    phone: str = ""

    def reached(self, channel: str) -> str:
        """Where a message of that channel goes, "" for nowhere."""
        return self.phone if channel == "sms" else self.address

    def allows(self, what: str) -> bool:
        """Whether they agreed to a channel, or to advertising."""
        return self.consents is None or bool(self.consents.get(what, {}).get("given"))


def person(record: Record, who: str) -> Person | None:
    """The person in that role, or at that address; None when the record has nobody there.

    Whom an event names is spoken of as `event:<id>`; they, like the customer, must have agreed to be written to.
    """
    if role_of(who) == "event":
        return _named(record, who)
    if who not in ROLES:
        number = who.startswith("+")
        return Person(who, "", "" if number else who, "de", None, None, who if number else "")
    contact = _contact(record, who)
    if contact is None:
        return None
    consents = contact.consents if who == "customer" else None
    return Person(who, contact.name, contact.email or "", contact.language, consents, contact.id, contact.phone or "")


def role_of(who: str) -> str:
    """The key in ROLES, or "" for an address."""
    role = who.partition(":")[0]
    return role if role in ROLES else ""


def label(who: str) -> str:
    """“the customer”; nothing for an address."""
    role = role_of(who)
    return _(ROLES[role]) if role else ""


def called(who: str, kind: Kind) -> str:
    """The same in the words of a kind: of an advisor's own record the contact is “the advisor”."""
    own = i18n.pick(kind.labels).get("contact") if role_of(who) == "customer" else ""
    return own or label(who)


def _named(record: Record, who: str) -> Person | None:
    key = who.partition(":")[2]
    event = Event.get_or_none(Event.id == int(key), Event.record == record) if key.isdecimal() else None
    if event is None or event.person is None:
        return None
    said = event.person
    consents = {channel: {"given": given} for channel, given in said.get("consent", {}).items()}
    address, phone = said.get("email") or "", said.get("phone") or ""
    return Person(who, said.get("name", ""), address, said.get("language", "de"), consents, None, phone)


def _contact(record: Record, who: str) -> Contact | None:
    if who == "manager":
        return record.location.manager if record.location else None
    return record.contact if who == "customer" else record.assignee
