"""What a template may say about a record, its people and the company: one line each, computed only when asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from core import clock
from core.i18n import N_, date, gettext, moment, pick, time
from emails import appointment, harmless, status_file, transfer, wording
from emails.scene import Scene
from records import payments
from records.models import Contact
from records.people import Person


@dataclass(frozen=True)
class Placeholder:
    """`sort` is text, name, money, date, url, items, qr or file; `value` gives text (or the thing itself), None for nothing.

    A file is attached to the message that asks for it.
    """

    key: str
    german: str  # what stands for the key's last word in German, see `names`
    label: str
    sort: str
    value: Callable[[Scene], Any]
    about: str = ""  # for whoever writes, where the label is not enough

    @property
    def group(self) -> str:
        return self.key.split(".")[0]


def greeting(scene: Scene) -> str:
    """“Guten Tag Ada Lovelace,”; without a name “Guten Tag,”."""
    name = _name(scene.person)
    return gettext("Hello %(name)s,", name=name) if name else gettext("Hello,")


def day(at: datetime, zone: tzinfo) -> str:
    """“20. November 2026”, “20 November 2026”."""
    return date(at, zone, "d. MMMM y")


def items(scene: Scene) -> wording.Items:
    """What was ordered, see `wording.item`."""
    return wording.Items(wording.item(line, scene.record.currency) for line in scene.record.items)


def _name(contact: Contact | Person | None) -> str | None:
    return harmless.without_addresses(contact.name) if contact else None


def _sentence(scene: Scene) -> str:
    status = scene.record.kind.status(scene.record.status) or {}
    return pick(status.get("sentence") or {})


def _total(scene: Scene) -> str | None:
    record = scene.record
    return wording.money(record.total, record.currency) if record.total is not None else None


def _open(scene: Scene) -> str | None:
    record = scene.record
    return wording.money(record.total, record.currency) if record.total and not record.paid_at else None


PLACEHOLDERS = {placeholder.key: placeholder for placeholder in (
    Placeholder("greeting", "", N_("Greeting"), "name", greeting, N_("with the name where there is one")),
    Placeholder(
        "reader.name", "name", N_("Reader’s name"), "name", lambda s: _name(s.person),
        N_("whoever this mail goes to, also an assignee"),
    ),
    Placeholder("today", "", N_("Today’s date"), "date", lambda s: s.at(clock.now(), day), N_("the day the mail goes out")),
    Placeholder("customer.name", "name", N_("Customer’s name"), "name", lambda s: _name(s.record.contact)),
    Placeholder(
        "customer.email", "email", N_("Customer’s e‑mail"), "text", lambda s: s.record.contact and s.record.contact.email,
    ),
    Placeholder(
        "customer.phone", "telefon", N_("Customer’s phone"), "text", lambda s: s.record.contact and s.record.contact.phone,
    ),
    Placeholder("assignee.name", "name", N_("Assignee’s name"), "name", lambda s: _name(s.record.assignee)),
    Placeholder("record.kind", "art", N_("Kind of record"), "text", lambda s: s.record.kind.label()),
    Placeholder("record.number", "nummer", N_("Number"), "text", lambda s: s.record.number),
    Placeholder("record.status", "status", N_("Status"), "text", lambda s: s.record.kind.status_label(s.record.status)),
    Placeholder(
        "record.status_key", "statusschlüssel", N_("Status, for conditions"), "text", lambda s: s.record.status,
        N_("never translated, to compare with"),
    ),
    Placeholder(
        "record.sentence", "satz", N_("Sentence about the status"), "text", _sentence,
        N_("as it is set for the status"),
    ),
    Placeholder("record.items", "positionen", N_("Items as a table"), "items", items),
    Placeholder("record.total", "summe", N_("Total"), "money", _total),
    Placeholder("record.open", "offen", N_("Amount still open"), "money", _open, N_("nothing once it is paid")),
    Placeholder("record.placed_at", "eingegangen_am", N_("Placed on"), "date", lambda s: s.at(s.record.placed_at, day)),
    Placeholder("record.scheduled_at", "termin", N_("Appointment"), "date", lambda s: s.at(s.record.scheduled_at, moment)),
    Placeholder(
        "record.scheduled_day", "termintag", N_("Day of the appointment"), "date",
        lambda s: s.at(s.record.scheduled_at, date),
    ),
    Placeholder(
        "record.scheduled_time", "terminzeit", N_("Time of the appointment"), "date",
        lambda s: s.at(s.record.scheduled_at, time),
    ),
    Placeholder("record.due_at", "fällig_am", N_("Due on"), "date", lambda s: s.at(s.record.due_at, day)),
    Placeholder("record.paid_at", "bezahlt_am", N_("Paid on"), "date", lambda s: s.at(s.record.paid_at, day)),
    Placeholder("record.carrier", "versand_mit", N_("Carrier"), "text", lambda s: s.record.tracking.get("carrier")),
    Placeholder(
        "record.tracking", "sendungsnummer", N_("Tracking number"), "text", lambda s: s.record.tracking.get("number"),
    ),
    Placeholder("location.name", "name", N_("Location"), "text", lambda s: s.location and s.location.name),
    Placeholder("location.street", "straße", N_("Street"), "text", lambda s: s.location and s.location.street),
    Placeholder("location.city", "ort", N_("Postcode and city"), "text", lambda s: s.location and s.location.city),
    Placeholder(
        "location.phone", "telefon", N_("Phone"), "text", lambda s: wording.phone(s.location.phone if s.location else None),
    ),
    Placeholder(
        "location.hours", "öffnungszeiten", N_("Opening hours"), "text",
        lambda s: s.location and wording.opening(s.location.hours),
        N_("in words, by day"),
    ),
    Placeholder("company.name", "name", N_("Company"), "text", lambda s: s.company.get("name")),
    Placeholder("company.email", "email", N_("Company’s e‑mail"), "text", lambda s: s.company.get("email")),
    Placeholder("company.phone", "telefon", N_("Company’s phone"), "text", lambda s: wording.phone(s.company.get("phone"))),
    Placeholder("company.street", "straße", N_("Company’s street"), "text", lambda s: s.company.get("street")),
    Placeholder("company.city", "ort", N_("Company’s city"), "text", lambda s: s.company.get("city")),
    Placeholder(
        "company.website", "website", N_("Company’s website"), "url",
        lambda s: wording.web_address(s.company.get("website")),
    ),
    Placeholder(
        "company.account_holder", "kontoinhaber", N_("Account holder"), "text",
        transfer.holder,
    ),
    Placeholder("company.iban", "iban", N_("IBAN"), "text", transfer.iban),
    Placeholder("company.bic", "bic", N_("BIC"), "text", transfer.bic),
    Placeholder("payment.reference", "verwendungszweck", N_("Payment reference"), "text", transfer.reference),
    Placeholder(
        "payments.as_of", "stand", N_("Payments considered up to"), "date", lambda s: s.at(payments.stand().as_of, day),
        N_("nothing as long as nobody has told of payments"),
    ),
    Placeholder("payment.due", "zu_zahlen_bis", N_("To be paid until"), "date", lambda s: s.at(s.record.due_at, day)),
    Placeholder("appointment.ics", "kalenderdatei", N_("Appointment as a calendar file, attached"), "file", appointment.of),
    Placeholder("payment.qr", "überweisung", N_("Bank details with a code for banking apps"), "qr", transfer.code),
    Placeholder("page.file", "datei", N_("Status page as a file, attached"), "file", status_file.of),
    Placeholder("link", "", N_("Link to the status page"), "url", lambda s: s.link, N_("for this reader alone")),
    Placeholder("link.expires", "gültig_bis", N_("Link valid until"), "date", lambda s: s.at(s.expires, day)),
    Placeholder(
        "unsubscribe.url", "link", N_("Link to unsubscribe"), "url", lambda s: s.unsubscribe,
        N_("only in advertising; it stands under every such e‑mail anyway, an SMS needs it"),
    ),
)}

GROUPS = {
    "greeting": N_("Reader"), "today": N_("Reader"), "reader": N_("Reader"),
    "customer": N_("Customer"), "assignee": N_("Assignee"),
    "record": N_("Record"), "location": N_("Location"), "company": N_("Company"),
    "payment": N_("Payment"), "payments": N_("Payment"), "appointment": N_("Appointment"),
    "page": N_("Status page"), "link": N_("Status page"), "unsubscribe": N_("Advertising"),
}
ITEM = ("name", "quantity", "price", "total")  # what {% for item in record.items %} knows of each
ALONE = ("items", "qr", "file")  # sorts that are more than words
FIELD = "record.fields."  # followed by the key of one of the kind's own fields
EVENT = "event."  # followed by a name of what was said with the event that caused the message


def known(key: str, fields: list[str] | None) -> bool:
    """Whether there is such a placeholder.

    `fields` are the kind's own, with EVENT among them where it has named events; None when any kind may use the template.
    """
    if key.startswith(EVENT):
        return key.removeprefix(EVENT).isidentifier() and (fields is None or EVENT in fields)
    if key.startswith(FIELD):
        return fields is None or key.removeprefix(FIELD) in fields
    return key in PLACEHOLDERS


def alone() -> list[str]:
    """Those that are more than words: they stand by themselves, and never in a subject."""
    return [key for key, one in PLACEHOLDERS.items() if one.sort in ALONE]


def sort(key: str) -> str:
    """The sort of a placeholder; what an event says under `url`, or a name that ends so, is an address."""
    if key.startswith(EVENT) and is_address(key.removeprefix(EVENT)):
        return "url"
    return PLACEHOLDERS[key].sort if key in PLACEHOLDERS else "text"


def is_address(name: str) -> bool:
    """Whether an event's value of that name is an address to lead to."""
    return name == "url" or name.endswith("_url")
