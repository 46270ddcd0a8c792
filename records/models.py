"""Kinds, contacts, locations, records and the shops they come from."""

from typing import Any

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from core import i18n
from core.db import Json, Model, MoneyField, UtcField

Words = dict[str, str]  # language → text


class Kind(Model):
    """A sort of record, as data.

    `labels`: {"de": {"one": "Auftrag", "many": "Aufträge"}, …}, with "contact" where that is not “der Kunde”. `statuses`: in
    order, each {"key", "labels", "sentence", "tone", "closed"}; `sentence` is what a customer reads. `fields`: {"key",
    "labels", "type"} each, the type text, number, date or yesno (text when left out). `events`: {"key", "labels", "data",
    "keep"} each, what may happen to it by name; `data` are {"key", "labels"} of what is said with it, `keep` is false where
    that is forgotten after its mails.
    """

    key = TextField(primary_key=True)
    collection = TextField(unique=True)
    position = IntegerField(default=0)
    icon = TextField(default="order")
    labels = Json()
    statuses = Json(list)
    fields = Json(list)
    events = Json(list)

    def label(self, number: str = "one") -> str:
        return i18n.pick(self.labels)[number]

    def status(self, key: str) -> dict[str, Any] | None:
        return next((status for status in self.statuses if status["key"] == key), None)

    def status_label(self, key: str) -> str:
        status = self.status(key)
        return i18n.pick(status["labels"]) if status else key


class Contact(Model):
    """A person who can be written to. `consents`: {"email": {"given": true, "at": ISO moment, "how": actor}, "sms": …},
    see `records.consents`.

    `status_pages`: "yes" or "no" for whoever gets status pages always or never, "" for those whom the house decides on.
    """

    name = TextField(default="")
    email = TextField(null=True)
    phone = TextField(null=True)
    postcode = TextField(default="")
    language = TextField(default="de")
    consents = Json()
    status_pages = TextField(default="")
    created_at = UtcField()

    def consents_to(self, channel: str) -> bool:
        return bool(self.consents.get(channel, {}).get("given"))


class Location(Model):
    """A place of business. `hours`: {"mon": [["09:00", "13:00"], …], …} in local time; a day left out is closed.

    `state` decides the public holidays, `catholic` whether those of catholic communities count; `closures`: its own
    closing days, [{"from": "2026-12-24", "to": "2027-01-01", "name": "Betriebsferien"}], both days included.
    """

    key = TextField(unique=True)
    name = TextField()
    street = TextField(default="")
    city = TextField(default="")
    phone = TextField(default="")
    time_zone = TextField(default="Europe/Berlin")
    state = TextField(default="")
    hours = Json()
    catholic = BooleanField(default=False)
    closures = Json(list)
    manager = ForeignKeyField(Contact, null=True, backref="+")
    manager_id: Any


class Record(Model):
    """One order, inquiry, booking …

    `items`: [{"name", "quantity", "price", "delivered"}], prices as decimal text, `delivered` (how many) where it is known.
    """

    kind = ForeignKeyField(Kind, backref="+")
    number = TextField()
    status = TextField()
    contact = ForeignKeyField(Contact, null=True, backref="records")
    assignee = ForeignKeyField(Contact, null=True, backref="+")
    location = ForeignKeyField(Location, null=True, backref="+")
    profile = TextField(default="")
    source = TextField(default="")
    placed_at = UtcField(null=True)
    scheduled_at = UtcField(null=True)
    due_at = UtcField(null=True)
    paid_at = UtcField(null=True)
    total = MoneyField(null=True)
    currency = TextField(default="EUR")
    items = Json(list)
    tracking = Json()
    fields = Json()
    occurred_at = UtcField()
    created_at = UtcField()
    updated_at = UtcField()
    closed_at = UtcField(null=True)
    kind_id: Any
    contact_id: Any
    assignee_id: Any
    location_id: Any


class Profile(Model):
    """A communication profile: a named set of rules that a record can choose (F2)."""

    key = TextField(primary_key=True)
    name = TextField()
    about = TextField(default="")
    position = IntegerField(default=0)


class Event(Model):
    """A named event of a kind, as it was reported; `key` makes a repeated report harmless; kept for 90 days.

    `person`: somebody else it is meant for, as a state's `contact`. `fingerprint`: of what was reported.
    """

    record = ForeignKeyField(Record, backref="+")
    name = TextField()
    data = Json()
    person = Json(null=True)
    key = TextField(null=True, unique=True)
    fingerprint = TextField()
    at = UtcField()
    record_id: Any


class Source(Model):
    """A shop that sends webhooks. `statuses`: the shop's word → our status key, over the shop's own defaults."""

    key = TextField(unique=True)
    shop = TextField()
    title = TextField()
    secret = TextField()
    kind = ForeignKeyField(Kind, backref="+")
    location = ForeignKeyField(Location, null=True, backref="+")
    statuses = Json()
    active = BooleanField(default=True)
    created_at = UtcField()
    kind_id: Any
    location_id: Any

    @property
    def actor(self) -> str:
        return f"source:{self.id}"


class Delivery(Model):
    """A webhook delivery already heard, so that a replay changes nothing; kept for 90 days."""

    source = ForeignKeyField(Source, backref="+")
    key = TextField()
    at = UtcField()
    source_id: Any
