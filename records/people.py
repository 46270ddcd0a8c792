"""Who can hear about a record: its customer, its assignee, its location's manager, or a fixed address."""

from dataclasses import dataclass
from typing import Any

from core import i18n
from records.models import Contact, Record

ROLES = {
    "customer": i18n.N_("the customer"),
    "assignee": i18n.N_("the assignee"),
    "manager": i18n.N_("the location’s manager"),
}


@dataclass(frozen=True)
class Person:
    """Somebody a message can go to. `consents` is None for people of the business, who need give none."""

    who: str
    name: str
    address: str
    language: str
    consents: dict[str, Any] | None
    contact_id: int | None

    def allows(self, channel: str) -> bool:
        return self.consents is None or bool(self.consents.get(channel, {}).get("given"))


def person(record: Record, who: str) -> Person | None:
    """The person in that role, or at that address; None when the record has nobody there."""
    if who not in ROLES:
        return Person(who, "", who, "de", None, None)
    contact = _contact(record, who)
    if contact is None:
        return None
    consents = contact.consents if who == "customer" else None
    return Person(who, contact.name, contact.email or "", contact.language, consents, contact.id)


def _contact(record: Record, who: str) -> Contact | None:
    if who == "manager":
        return record.location.manager if record.location else None
    return record.contact if who == "customer" else record.assignee
