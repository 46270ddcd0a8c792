"""Contacts: finding the person a state speaks of, and keeping what is known of them true."""

import re
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from core import clock, i18n, journal, rows
from core.db import transaction
from core.i18n import gettext as _
from records import consents
from records.models import Contact

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
REGION = "DE"
LONGEST_POSTCODE = 12
LONGEST_NUMBER = 16  # a plus and 15 digits (E.164)


class Refused(ValueError):
    """What a caller said cannot be; `field` is a dotted path, `sentence` says why in the reader's language."""

    def __init__(self, field: str, sentence: str):
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


def clean_email(text: str | None, field: str = "contact.email") -> str | None:
    """One address, its domain in lower case; None for none. Raises Refused."""
    if not text:
        return None
    if re.search(r"[,;\s<>]", text.strip()):
        raise Refused(field, _("Exactly one e-mail address belongs here, without a name or a second address."))
    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Refused(field, _("This is not an e-mail address.")) from error


def clean_phone(text: str | None, field: str = "contact.phone") -> str | None:
    """A number in E.164, national ones read as German; None for none. Raises Refused."""
    if not text or not text.strip():
        return None
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException as error:
        raise Refused(field, _("This is not a telephone number.")) from error
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number) or len(written) > LONGEST_NUMBER:
        raise Refused(field, _("There is no such telephone number."))
    return written


def clean_postcode(text: str | None, field: str = "contact.postcode") -> str | None:
    """A postcode as it is written in its country; None where nothing is said. Raises Refused."""
    return None if text is None else " ".join(clean_text(text, field, LONGEST_POSTCODE).upper().split())


def clean_text(text: str, field: str, longest: int = 200) -> str:
    """One line of text; raises Refused for control characters and for more than `longest` characters."""
    if CONTROL.search(text):
        raise Refused(field, _("Control characters are not allowed here."))
    if len(text) > longest:
        raise Refused(field, _("At most %(n)s characters are allowed here.", n=longest))
    return text.strip()


@dataclass(frozen=True)
class Said:
    """What a state says of a person; None means it says nothing about that."""

    name: str | None
    email: str | None
    phone: str | None
    language: str | None
    consent: dict[str, Any]
    postcode: str | None = None

    @classmethod
    def of(cls, state: dict[str, Any], field: str) -> "Said":
        """Read and check the `contact` or `assignee` part of a state; raises Refused."""
        name = state.get("name")
        return cls(
            name=None if name is None else clean_text(name, f"{field}.name"),
            email=clean_email(state.get("email"), f"{field}.email"),
            phone=clean_phone(state.get("phone"), f"{field}.phone"),
            language=i18n.nearest(state["language"]) if state.get("language") else None,
            consent={k: v for k, v in (state.get("consent") or {}).items() if v is not None},
            postcode=clean_postcode(state.get("postcode"), f"{field}.postcode"),
        )


def settle(said: Said, current: Contact | None, actor: str) -> Contact:
    """The contact meant: the record's own, one known already, or a new one; brought up to date and saved.

    A new address together with a new name means another person; either alone is a correction of the one we have.
    """
    contact = current if current and _same(said, current) else _known(said)
    if contact is None:
        contact = Contact(name="", language="de", consents={}, created_at=clock.now())
    changed = _update(contact, said, actor)
    if changed:
        fresh = contact.id is None
        (rows.insert if fresh else rows.update)(contact)
        if not fresh:
            journal.record("contact.changed", None, actor, unread=True, contact=contact.id, fields=changed)
    return contact


def correct(contact: Contact, state: dict[str, Any], actor: str) -> list[str]:
    """Make a contact be what a person typed: here, unlike in `settle`, an empty address or number is taken away.

    `state` has the form of a state's `contact`; gives back the names of the fields that changed. Raises Refused.
    """
    said = Said.of(state, "contact")
    gone = [field for field in ("email", "phone") if field in state and not state[field] and getattr(contact, field)]
    for field in gone:
        setattr(contact, field, None)
    changed = gone + _update(contact, said, actor)
    if changed:
        with transaction():
            contact.save()
            journal.record("contact.changed", None, actor, unread=True, contact=contact.id, fields=changed)
    return changed


def _same(said: Said, contact: Contact) -> bool:
    moved = said.email is not None and contact.email is not None and said.email.lower() != contact.email.lower()
    renamed = said.name is not None and bool(contact.name) and said.name.casefold() != contact.name.casefold()
    return not (moved and renamed)


def _known(said: Said) -> Contact | None:
    if not said.email:
        return None
    for contact in rows.newest(Contact, 20, email=said.email):
        if said.name is None or not contact.name or said.name.casefold() == contact.name.casefold():
            return contact
    return None


def _update(contact: Contact, said: Said, actor: str) -> list[str]:
    changed = []
    for field in ("name", "email", "phone", "language", "postcode"):
        value = getattr(said, field)
        if value is not None and value != getattr(contact, field):
            setattr(contact, field, value)
            changed.append(field)
    if proofs := consents.after(contact.consents, said.consent, actor):
        contact.consents = {**contact.consents, **proofs}
        changed += [f"consent.{one}" for one in proofs]
    if contact.id is None and not changed:
        changed.append("name")
    return changed
