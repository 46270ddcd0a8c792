"""What stands beside the builder: the rule as it reads so far, and the mail it would send for a real record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import clock, settings
from core.i18n import gettext as _
from emails import bubble, compose, drafts, grammar, samples, sms
from emails.bubble import Bubble
from emails.check import kind_fields
from emails.compose import Composed, Unusable
from emails.models import Template
from emails.scene import Scene
from pages import links, place
from records.load import load
from records.models import Kind, Record
from records.people import Person, person
from rules import lint
from rules import words as saying
from rules.builder import agenda, saving
from rules.builder.draft import NEW, Draft, text, written
from rules.lint import Remark
from rules.lint.house import House
from rules.models import Rule, recipient_of
from rules.triggers import TRIGGERS

RECENT = 12  # records to choose from
WORST = "worst"  # instead of a record's id: one that is hard on a text


class Incomplete(ValueError):
    """There is no mail to show yet; the text is a sentence that says what is missing."""


@dataclass(frozen=True)
class Sample:
    """The message for one record and one reader: a mail, or the text of an SMS."""

    record: Record
    person: Person
    mail: Composed | None
    sms: Bubble | None = None


def words(draft: Draft, asked: Mapping[str, str], key: int | None = None) -> dict[str, Any]:
    """What the side shows of the rule `key`, or of a new one.

    `asked` may name the record and the recipient (`reader`, by place) to look at.
    """
    rule, said = saving.fill(Rule(id=key), draft), saying.names()
    said.templates[0] = _("(new template)") if any(one["template"] == NEW for one in draft.recipients) else saying.GONE
    records = _recent(draft.kind)
    n = _place(asked.get("reader", "0"), len(draft.recipients))
    worst = asked.get("record") == WORST
    wanted = next((record for record in records if str(record.id) == asked.get("record")), records[0] if records else None)
    wanted = None if worst else wanted
    shown: dict[str, Any] = {
        "sentence": saying.sentence(rule, said), "about": saying.about(rule, said), "records": records, "record": wanted,
        "readers": [saying.who(one, draft.kind) for one in draft.recipients], "reader": n,
        "sample": None, "missing": "", "address": {},
        "self": key, "lint": _remarks(rule, draft), "worst": worst, "plain": "plain" in asked,
        "dates": agenda.of(rule, wanted or (samples.worst if worst else samples.record)(draft.kind)),
    }
    try:
        reader = draft.recipients[n]
        shown_record = WORST if worst else wanted.id if wanted else 0
        address = {"kind": draft.kind.key, "record": shown_record, "who": recipient_of(reader), "channel": draft.channel}
        address |= {"status": _status(draft, wanted), **_source(reader, draft)}
        shown |= {"sample": sample(address), "address": address}
    except Incomplete as missing:
        shown["missing"] = str(missing)
    return shown


def _remarks(rule: Rule, draft: Draft) -> list[Remark]:
    """What is wrong with the draft so far, and with the texts written in it; a mail that cannot be shown says so itself."""
    house = House()
    for said in draft.recipients:
        if said["template"] == NEW:
            house.templates[0] = Template(id=0, name=_("(new template)"), texts={drafts.must(): text(draft, said)})
    return [*lint.of(rule, house), *lint.everywhere(house)]


def sample(asked: Mapping[str, Any]) -> Sample:
    """The message `asked` describes: kind, record (0, `worst`: a made-up one), who, channel, status, template or text.

    Raises Incomplete.
    """
    record = _record(str(asked.get("record", "")), str(asked.get("kind", "")))
    record.status = asked.get("status") or record.status
    reader = person(record, asked["who"]) if asked.get("who") else None
    if reader is None:
        raise Incomplete(_("This record has nobody in this role."))
    try:
        if asked.get("channel") == "sms":
            return Sample(record, reader, None, _texted(asked, record, reader))
        return Sample(record, reader, _composed(asked, record, reader))
    except (Unusable, grammar.Wrong) as wrong:
        raise Incomplete(str(wrong)) from wrong


def _record(key: str, kind: str) -> Record:
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
    found = load([number]).get(number) if number else None
    if found:
        return found
    known = Kind.get_or_none(Kind.key == kind)
    if known is None:
        raise Incomplete(_("There is no such record."))
    return samples.worst(known) if key == WORST else samples.record(known)


def _texted(asked: Mapping[str, Any], record: Record, reader: Person) -> Bubble:
    link, expires, event = f"{place.base_url()}/s/{bubble.TOKEN}", clock.now() + links.LIFE, samples.event(record.kind)
    template = _template(asked) if "template" in asked else Template(texts={drafts.must(): {"sms": asked.get("sms", "")}})
    said = sms.fill(template, record, reader, link, expires, event)
    return Bubble(said, sms.count(said), "", record.number)


def _template(asked: Mapping[str, Any]) -> Template:
    found = Template.get_or_none(Template.id == asked["template"])
    if found is None:
        raise Incomplete(_("Choose a template to see what it says."))
    return found


def _composed(asked: Mapping[str, Any], record: Record, reader: Person) -> Composed:
    link, expires, event = f"{place.base_url()}/s/…", clock.now() + links.LIFE, samples.event(record.kind)
    if "template" in asked:
        return compose.compose(_template(asked), record, reader, link, expires, event)
    source = {"subject": asked.get("subject", ""), "body": asked.get("body", "")}
    company = settings.get("company")
    compiled = compose.compile_text(source, drafts.must(), company, kind_fields(record.kind))
    return compose.fill(compiled, Scene(record, reader, company, link, expires, event), drafts.must())


def _status(draft: Draft, record: Record | None) -> str:
    """The status that the record would have when the rule starts, where it is not the one it has."""
    listens = TRIGGERS[draft.trigger].listens(draft.options) if draft.trigger in TRIGGERS else []
    wanted = [status for event, status in listens if status]
    return wanted[0] if wanted and not (record and record.status in wanted) else ""


def _source(said: Mapping[str, str], draft: Draft) -> dict[str, Any]:
    if said["template"] == NEW:
        return {part: said[part] for part in written(draft)}
    return {"template": int(said["template"]) if said["template"].isdecimal() else 0}


def _recent(kind: Kind) -> list[Record]:
    newest = Record.select(Record.id).where(Record.kind == kind).order_by(Record.updated_at.desc()).limit(RECENT)
    records = load([record.id for record in newest])
    return sorted(records.values(), key=lambda record: record.updated_at, reverse=True)


def _place(text: str, length: int) -> int:
    return int(text) if text.isdecimal() and int(text) < length else 0
