"""Who gets status pages: by kind and source of the record, unless the contact says otherwise (M6)."""

from collections.abc import Mapping, Sequence

from core import journal, settings
from core.db import transaction
from core.i18n import N_
from core.i18n import gettext as _
from records.models import Contact, Record
from records.people import Person

NAME = "pages_audience"
BY_RULE, ALWAYS, NEVER = "", "yes", "no"
CHOICES = {BY_RULE: N_("as the record’s kind and source say"), ALWAYS: N_("always"), NEVER: N_("never")}
EVERY = "*"  # among the sources that get none: all of the kind
WHY = {
    "contact": N_("It is set so at the contact."),
    "kind": N_("Records of this kind get none."),
    "source": N_("Records of this kind from this source get none."),
}

Left = Mapping[str, Sequence[str]]  # kind → sources whose records get none


def left_out() -> Left:
    """What is chosen; without a choice everybody gets one."""
    chosen: Left = settings.get(NAME).get("off", {})
    return chosen


def choose(off: Left, actor: str) -> None:
    """From now on, records of these kinds and sources get none."""
    with transaction():
        settings.put(NAME, {"off": off})
        journal.record("page.audience_changed", None, actor, kinds=sorted(off))


def decide(contact: Contact, choice: str, actor: str) -> None:
    """What holds for one contact, whatever the kind and the source say."""
    with transaction():
        if Contact.update(status_pages=choice).where(Contact.id == contact.id, Contact.status_pages != choice).execute():
            journal.record("contact.changed", None, actor, contact=contact.id, fields=["status_pages"])


def refusal(record: Record, contact: Contact | None) -> str:
    """Why the customer of a record gets no status page, a key of WHY; "" for one who does."""
    choice = contact.status_pages if contact else BY_RULE
    if choice:
        return "contact" if choice == NEVER else ""
    off = left_out().get(record.kind_id, ())
    return "kind" if EVERY in off else "source" if record.source in off else ""


def gets(record: Record, reader: Person) -> bool:
    """Whether a message to that person may carry the page; people of the business always see it."""
    if reader.consents is None:
        return True
    return not refusal(record, record.contact if reader.contact_id else None)


def why(record: Record) -> str:
    """The same of its customer in a sentence; "" for one who gets it."""
    reason = refusal(record, record.contact)
    return _(WHY[reason]) if reason else ""
