"""What a replay knows of the house: records with their people and places, many at once, and who can be written to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from types import SimpleNamespace
from typing import Any, cast

from core.keys import fingerprint
from core.rows import by_ids, tuples
from emails.models import Template
from outbox.models import Suppression
from outbox.plan import Planned
from records import conditions, openings
from records.consents import ADVERTISING
from records.models import Contact, Kind, Location, Record
from records.people import Person, person
from records.zones import zone_of
from rules.models import Rule

ALWAYS = ("id", "kind", "status", "contact", "assignee", "location", "profile", "paid_at", "closed_at", "created_at")
CHOSEN = ("number", "source", "placed_at", "scheduled_at", "due_at", "total", "currency")  # what rules ask about
FURTHER = ("fields",)  # JSON, and seldom asked about
OF_CONTACTS = ("id", "name", "email", "phone", "language", "consents")


@dataclass(slots=True)
class Foreseen:
    """A message that a rule would send: when, to whom, and why not. `address` is kept in memory only."""

    record_id: int
    recipient: str
    address: str
    at: datetime
    day: date  # where the record is
    customer: bool = True
    created: bool = False
    waited: bool = False  # for the next opening
    closed: bool = False  # it arrives outside working hours
    reason: str = ""
    template: int = 0


class World:
    """The house as a rule sees it. Places and blocked addresses are read once."""

    def __init__(self, rule: Rule):
        self.rule = _plain(rule)
        self.kind: Kind = rule.kind
        asked = [str(one.get("field", "")) for one in (*conditions.leaves(rule.conditions), rule.options)]
        self._names = ALWAYS + (CHOSEN if any(asked) else ()) + (FURTHER if any(map(_is_further, asked)) else ())
        self._places = {place.id: place for place in Location.select()}
        managers = self._people(place.manager_id for place in self._places.values())
        for place in self._places.values():
            place.manager = managers.get(place.manager_id)
        self._zones: dict[int | None, tzinfo] = {None: zone_of(None)}
        self._zones |= {key: zone_of(place) for key, place in self._places.items()}
        # whom the message before was for, and whether they agreed to advertising
        self._before: tuple[int, str, str, bool, str, bool] = (0, "", "", False, "", False)
        self._advertising = {key for (key,) in tuples(Template.select(Template.id).where(Template.advertising))}
        self._blocked = {key for (key,) in tuples(Suppression.select(Suppression.fingerprint))}

    def records(self, ids: Iterable[int]) -> dict[int, Record]:
        """Records of the rule's kind, with everybody and everything they name in place."""
        records = [record for record in by_ids(Record, self._names, ids) if record.kind_id == self.kind.key]
        people = self._people(key for record in records for key in (record.contact_id, record.assignee_id))
        for record in records:
            record.__rel__ = {  # as setting them one by one would do
                "kind": self.kind, "contact": people.get(record.contact_id), "assignee": people.get(record.assignee_id),
                "location": self._places.get(record.location_id),
            }
        return {record.id: record for record in records}

    def zone(self, record: Record) -> tzinfo:
        return self._zones[record.location_id]

    def foresee(self, record: Record, row: Planned, wished: datetime | None) -> Foreseen:
        """A planned message of a record; `wished` is when it would have gone out at any hour, None for the very moment."""
        if self._before[:2] != (record.id, row.recipient):
            reader = person(record, row.recipient)
            self._before = (record.id, row.recipient, *self._reach(reader), bool(reader and reader.allows(ADVERTISING)))
        _record, _recipient, address, customer, unreachable, agrees = self._before
        if address and not agrees and row.template_id in self._advertising:
            unreachable = "no_advertising"
        return Foreseen(
            record.id, row.recipient, address, row.due_at, row.due_at.astimezone(self.zone(record)).date(), customer,
            created=row.occasion == "created", waited=wished is not None and row.due_at > wished,
            closed=not self.rule.hours and not openings.is_open(record.location, row.due_at),
            reason=row.reason if row.state == "dropped" else unreachable, template=row.template_id,
        )

    def _reach(self, reader: Person | None) -> tuple[str, bool, str]:
        """The address of a person, whether it is a customer's, and why it cannot be written to, see `outbox.truth`."""
        if reader is None:
            return "", False, "no_recipient"
        address, customer = reader.reached(self.rule.channel).lower(), reader.consents is not None
        if not address:
            return "", customer, "no_address"
        if not reader.allows(self.rule.channel):
            return address, customer, "no_consent"
        blocked = self._blocked and fingerprint(address) in self._blocked
        return address, customer, "suppressed" if blocked else ""

    def _people(self, ids: Iterable[int | None]) -> dict[Any, Contact]:
        return {contact.id: contact for contact in by_ids(Contact, OF_CONTACTS, {key for key in ids if key})}


def _plain(rule: Rule) -> Rule:
    """The same rule with plain attributes: planning asks for them a million times, and peewee's take their time."""
    return cast(Rule, SimpleNamespace(**{**rule.__data__, "id": rule.id, "kind": rule.kind, "kind_id": rule.kind_id}))


def _is_further(field: str) -> bool:
    return field.startswith("fields.")
