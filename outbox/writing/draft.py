"""A message while a person writes it: begun from a template, read from its form, checked, and as the mail it would be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peewee import fn

from core import clock, i18n, keys, settings
from core.i18n import gettext as _
from emails import check, compose, filled, grammar
from emails.compose import Composed
from emails.grammar import Wrong
from emails.models import Template
from outbox import truth
from outbox.models import Suppression
from outbox.states import REASONS
from pages import links, place
from records import amounts
from records.contacts import Refused
from records.models import Kind, Record
from records.people import ROLES, Person, called, person
from records.zones import zone_of

ROLES_OF_RECORD = [role for role in ROLES if role != "event"]
STATUS, REMINDER = "status_mail", "payment_reminder"  # the house's own templates to begin with
FARTHEST = timedelta(days=366)


@dataclass
class Draft:
    """What stands in the form. `template` is what it began with, `token` tells one sending from the next."""

    record: Record
    template: Template
    who: str
    reminder: bool
    language: str
    text: dict[str, str]
    token: str
    date: str = ""
    time: str = ""
    anyway: bool = False
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def reader(self) -> Person | None:
        return person(self.record, self.who)

    @property
    def texts(self) -> check.Texts:
        return {self.language: self.text}


def begin(record: Record, asked: Mapping[str, str]) -> Draft:
    """A draft with the text of the template asked for, else of the most fitting one, filled with the record's data."""
    draft = _blank(record, asked)
    draft.text = filled.fill(draft.template, record, draft.reader, draft.language)
    return draft


def read(record: Record, form: Mapping[str, str]) -> Draft:
    """A draft as it was typed."""
    draft = _blank(record, form)
    if form.get("language") in i18n.LANGUAGES:
        draft.language = form["language"]
    draft.text = {
        "subject": " ".join(form.get("subject", "").split("\n")).strip(), "body": form.get("body", "").replace("\r\n", "\n"),
    }
    draft.date, draft.time, draft.anyway = form.get("date", ""), form.get("time", ""), form.get("anyway") == "1"
    token = form.get("token", "")
    draft.token = token if re.fullmatch("[0-9A-Za-z]{22}", token) else draft.token
    return draft


def _blank(record: Record, asked: Mapping[str, str]) -> Draft:
    reminder = asked.get("as") == "reminder" and is_open(record)
    there = templates(record.kind, reminder)
    template = next((one for one in there if str(one.id) == asked.get("template")), there[0])
    who = asked.get("to", "")
    who = who if who in ROLES_OF_RECORD else "customer"
    reader = person(record, who)
    language = compose.spoken(template.texts, reader.language if reader else None, settings.get("company"))
    return Draft(record, template, who, reminder, language, {}, keys.random62(22))


def is_open(record: Record) -> bool:
    """Whether an amount is still to be paid."""
    return bool(record.total) and not record.paid_at


def templates(kind: Kind, reminder: bool) -> list[Template]:
    """What there is to begin with, the most fitting first: of the kind, with what is open or with the status page."""
    fits = Template.kind_id.is_null() | (Template.kind_id == kind.key)
    ours = Template.system.is_null() | Template.system.in_((STATUS, REMINDER))
    found = list(Template.select().where(fits, ours).order_by(fn.LOWER(Template.name)))
    return sorted(found, key=lambda one: _distance(one, reminder))


def _distance(template: Template, reminder: bool) -> tuple[bool, bool, bool]:
    """What names the open amount without asking whether there is one reminds; people's own texts before the house's."""
    body = grammar.own(template.text(i18n.current()).get("body", ""))
    named = check.paths(body)
    reminds = "record.open" in named and not re.search(r"\{%-?\s*if record\.open", body)
    fits = reminds if reminder else not reminds and "link" in named
    own = template.system is None if reminder else template.system == STATUS
    return not fits, not own, template.kind_id is None


def people(record: Record) -> list[tuple[str, str]]:
    """To whom it may go: the roles that the record has somebody in, with their names."""
    found = [(who, person(record, who)) for who in ROLES_OF_RECORD]
    return [
        (who, f"{one.name or one.address} ({called(who, record.kind)})") for who, one in found if one
    ] or [("customer", called("customer", record.kind))]


def hindrance(draft: Draft) -> str:
    """Why the reader cannot be written to (see outbox.states.REASONS), no_consent when a person may say so anyway."""
    reason, reader = truth.unreachable(draft.reader, "email"), draft.reader
    if reason in ("", "no_consent") and reader:
        blocked = Suppression.fingerprint == keys.fingerprint(reader.address.lower())
        return "suppressed" if Suppression.select().where(blocked).exists() else reason
    return reason


def judge(draft: Draft) -> datetime | None:
    """When it is to go out; None when something is to be mended first, which then stands among its problems."""
    draft.problems = faults(draft)
    reason = hindrance(draft)
    if reason == "no_consent" and not draft.anyway:
        draft.problems["anyway"] = _("Please confirm that this e‑mail may go out all the same.")
    elif reason and reason != "no_consent":
        draft.problems[""] = _(REASONS[reason])
    due = None
    try:
        due = _moment(draft)
    except Refused as refusal:
        draft.problems[refusal.field] = refusal.sentence
    return None if draft.problems else due


def _moment(draft: Draft) -> datetime:
    now = clock.now()
    at = amounts.moment(draft.date, draft.time, "later", zone_of(draft.record)) or now
    if at < now:
        raise Refused("later_date", _("Please choose a moment that lies ahead."))
    if at > now + FARTHEST:
        raise Refused("later_date", _("Please choose a moment within a year."))
    return at


def faults(draft: Draft) -> dict[str, str]:
    """What is wrong with the words, by field."""
    fields = check.kind_fields(draft.record.kind)
    found = {fault.field: fault.sentence for fault in check.faults("-", draft.texts, fields, draft.language)}
    if not found:
        try:
            written(draft)
        except (Wrong, compose.Unusable) as error:
            found["body"] = str(error)
    return found


def written(draft: Draft) -> Composed:
    """The mail as it would be at this moment; its link leads nowhere yet. Raises Unusable."""
    link, expires = f"{place.base_url()}/s/…", clock.now() + links.LIFE
    return compose.compose(Template(texts=draft.texts), draft.record, draft.reader, link, expires)
