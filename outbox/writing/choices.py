"""What there is to choose from while writing: templates to begin with, senders, people, and the records of a contact."""

import re

from peewee import fn

from core import i18n
from core.i18n import gettext as _
from emails import check, grammar
from emails.models import WORDS, Template
from outbox.models import Sender
from records import lists
from records.models import Contact, Kind, Record
from records.people import ROLES, called, person

ROLES_OF_RECORD = [role for role in ROLES if role != "event"]
STATUS, REMINDER = "status_mail", "payment_reminder"  # the house's own templates to begin with
Option = tuple[str, str]  # value and words


def templates(kinds: list[Kind], reminder: bool = False, channel: str = "email") -> list[Template]:
    """What there is to begin with, the most fitting first: of these kinds, with what is open or with the status page.

    For an SMS also those without one, at the end: what is written with them begins empty.
    """
    fits = Template.kind_id.is_null() | Template.kind_id.in_([kind.key for kind in kinds])
    ours = Template.system.is_null() | Template.system.in_((STATUS, REMINDER))
    found = list(Template.select().where(fits, ours).order_by(fn.LOWER(Template.name)))
    found = [one for one in found if channel == "sms" or one.spoken(channel)]
    return sorted(found, key=lambda one: (not one.spoken(channel), *_distance(one, reminder, channel)))


def urges(body: str) -> bool:
    """Whether a text names the open amount without asking whether there is one."""
    said = grammar.own(body)
    return "record.open" in check.paths(said) and not re.search(r"\{%-?\s*if record\.open", said)


def _distance(template: Template, reminder: bool, channel: str) -> tuple[bool, bool, bool]:
    """What reminds for a reminder, else what leads to the status page; people's own texts before the house's."""
    body = _words(template, channel)
    urging = urges(body)
    fits = urging if reminder else not urging and "link" in check.paths(grammar.own(body))
    own = template.system is None if reminder else template.system == STATUS
    return not fits, not own, template.kind_id is None


def _words(template: Template, channel: str) -> str:
    """What it says by that channel, in the language of whoever looks where it has that."""
    texts = template.spoken(channel)
    text = texts.get(i18n.current()) or next(iter(texts.values()), {})
    return str(text.get(WORDS[channel], ""))


def is_open(record: Record) -> bool:
    """Whether an amount is still to be paid."""
    return bool(record.total) and not record.paid_at


def people(record: Record) -> list[Option]:
    """To whom it may go: the roles that the record has somebody in, with their names."""
    found = [(who, person(record, who)) for who in ROLES_OF_RECORD]
    return [
        (who, f"{one.name or one.address or one.phone} ({called(who, record.kind)})") for who, one in found if one
    ] or [("customer", called("customer", record.kind))]


def listed(usable: list[Sender]) -> list[Option]:
    """The house's own address and the senders that whoever writes may use."""
    return [("", _("The company’s own address")), *((str(one.id), _called(one)) for one in usable)]


def gateways(usable: list[Sender]) -> list[Option]:
    """The SMS gateways that whoever writes may use."""
    return [(str(one.id), one.label) for one in usable]


def _called(sender: Sender) -> str:
    return f"{sender.label} ({sender.from_address})" if sender.label != sender.from_address else sender.label


def about(contact: Contact, asked: str) -> tuple[list[Option], int] | None:
    """The records of a contact, and the id of the one asked for, else of the newest; None where they have none."""
    there = records(contact)
    return (there, int(asked if asked in dict(there) else there[0][0])) if there else None


def records(contact: Contact) -> list[Option]:
    """The records that concern a contact, the newest first: what a letter to them can be about."""
    return [
        (str(one.id), f"{one.kind.label()} {one.number} · {one.kind.status_label(one.status)}")
        for one in lists.of_contact(contact)
    ]
