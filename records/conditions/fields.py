"""What conditions ask about: fields of every record, of its contact and location, and those that its kind adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from records.locations import STATES
from records.models import Kind, Location, Profile, Record, Source

Choices = list[tuple[str, str]]  # value, and what it is called
FURTHER = "fields."
RECENT = 500  # records that are looked through for their sources


class Unknown(ValueError):
    """A field or operator that this version does not know."""


@dataclass(frozen=True)
class Field:
    """Something a condition asks about; `sort` is one of `records.conditions.sorts`, empty where only a kind would know.

    `choices`: the values there are, or some to suggest where others may be typed too. `words`: (label, phrase) of operators
    that read otherwise with this field, see Operator.
    """

    label: str
    sort: str
    value: Callable[[Record], Any]
    choices: Callable[[Kind], Choices] | None = None
    words: Mapping[str, tuple[str, str]] | None = None


def _statuses(kind: Kind) -> Choices:
    return [(status["key"], i18n.pick(status["labels"])) for status in kind.statuses]


def _sources(kind: Kind) -> Choices:
    lately = Record.select(Record.source).order_by(Record.id.desc()).limit(RECENT)
    named = {record.source for record in lately} | {shop.key for shop in Source.select(Source.key)}
    return [(source, source) for source in sorted(named - {""})]


def _profiles(kind: Kind) -> Choices:
    return [(profile.key, profile.name) for profile in Profile.select().order_by(Profile.position, Profile.name)]


def _locations(kind: Kind) -> Choices:
    return [(location.key, location.name) for location in Location.select().order_by(Location.name)]


def _states(kind: Kind) -> Choices:
    return [(key, _(name)) for key, name in STATES.items()]


def _languages(kind: Kind) -> Choices:
    return list(i18n.LANGUAGES.items())


def _currencies(kind: Kind) -> Choices:
    return [(code, code) for code in ("EUR", "CHF", "GBP", "USD")]


def _of_contact(name: str) -> Callable[[Record], Any]:
    return lambda record: record.contact and getattr(record.contact, name)


def _consent(channel: str) -> Callable[[Record], Any]:
    return lambda record: record.contact and record.contact.consents_to(channel)


CONSENT = {
    "yes": (N_("is given"), N_("%(field)s is given")),
    "no": (N_("is not given"), N_("%(field)s is not given")),
}
NAMED = {
    "given": (N_("is named"), N_("somebody is in charge")),
    "missing": (N_("is not named"), N_("nobody is in charge")),
}
SET = {
    "given": (N_("is set"), N_("an appointment is set")),
    "missing": (N_("is not set"), N_("no appointment is set")),
}

FIELDS: dict[str, Field] = {
    "status": Field(N_("the status"), "choice", lambda record: record.status, _statuses),
    "number": Field(N_("the number"), "text", lambda record: record.number),
    "source": Field(N_("the source"), "text", lambda record: record.source, _sources),
    "profile": Field(N_("the profile"), "choice", lambda record: record.profile, _profiles),
    "total": Field(N_("the total"), "money", lambda record: record.total),
    "currency": Field(N_("the currency"), "text", lambda record: record.currency, _currencies),
    "paid": Field(N_("the payment"), "payment", lambda record: record.paid_at),
    "placed_at": Field(N_("the day it was placed"), "moment", lambda record: record.placed_at),
    "scheduled_at": Field(N_("the appointment"), "moment", lambda record: record.scheduled_at, words=SET),
    "due_at": Field(N_("the due date"), "moment", lambda record: record.due_at),
    "assignee": Field(N_("the assignee"), "person", lambda record: record.assignee, words=NAMED),
    "contact.name": Field(N_("the customer’s name"), "text", _of_contact("name")),
    "contact.email": Field(N_("the customer’s e‑mail address"), "text", _of_contact("email")),
    "contact.phone": Field(N_("the customer’s phone number"), "text", _of_contact("phone")),
    "contact.language": Field(N_("the customer’s language"), "choice", _of_contact("language"), _languages),
    "contact.consent_email": Field(N_("the consent to e‑mails"), "yesno", _consent("email"), words=CONSENT),
    "contact.consent_sms": Field(N_("the consent to SMS"), "yesno", _consent("sms"), words=CONSENT),
    "contact.consent_advertising": Field(N_("the consent to advertising"), "yesno", _consent("advertising"), words=CONSENT),
    "location": Field(N_("the location"), "choice", lambda record: record.location and record.location.key, _locations),
    "location.state": Field(
        N_("the location’s federal state"), "choice", lambda record: record.location and record.location.state, _states
    ),
}
FORMER = {"scheduled": "scheduled_at", "language": "contact.language"}  # what rules from before call them


def field(key: str, kind: Kind | None = None) -> Field:
    """The field of that key, `fields.<name>` for one that the kind adds; raises Unknown."""
    if key.startswith(FURTHER):
        return _further(key.removeprefix(FURTHER), kind)
    found = FIELDS.get(FORMER.get(key, key))
    if found is None:
        raise Unknown(key)
    return found


def _further(name: str, kind: Kind | None) -> Field:
    known = Field(name, "", lambda record: record.fields.get(name))
    if kind is None:
        return known
    declared = next((one for one in kind.fields if one["key"] == name), None)
    if declared is None:
        raise Unknown(name)
    return replace(known, label=i18n.pick(declared["labels"]), sort=declared.get("type", "text"))
