"""One letter about many records: a text with its placeholders, filled for each by itself, and who gets it or why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from core import clock, i18n, keys, settings, uploads
from core.i18n import N_
from core.i18n import gettext as _
from core.rows import tuples
from emails import check, compose
from emails.compose import Composed
from emails.grammar import Wrong
from emails.models import Template
from outbox import guard, truth
from outbox.models import Message, Suppression
from outbox.states import REASONS
from outbox.writing import choices
from outbox.writing.draft import Draft, Writer, words
from pages import links, place
from records import load
from records.models import Kind, Record
from records.people import Person, person
from records.zones import zone_of

MOST = 2000  # records of one letter
FEW = guard.FLOOR  # beyond that a person confirms that so many are meant (X10)
LIGHT = 2  # MB of files that go to more than a few: dozens of such mails are in memory at once
WHO = "customer"
ASKS = ("already", "called_off")  # reasons that a tick overrules
NOT = {
    "unfit": N_("The text belongs to another kind of record."),
    "settled": N_("Nothing is open any more."),
    "called_off": N_("It was cancelled; please think twice before you ask for money."),
    "already": N_("A message with this template was written about it today already."),
}


@dataclass(kw_only=True)
class Many(Draft):
    """`records`: in the order in which they were marked; `sure`: that somebody confirmed how many they are."""

    records: list[Record]
    sure: bool = False

    @property
    def kinds(self) -> list[Kind]:
        return list({record.kind_id: record.kind for record in self.records}.values())

    @property
    def urges(self) -> bool:
        """Whether it speaks of an open amount, so that whoever has paid does not get it."""
        return any(choices.urges(text["body"]) for text in self.typed.values())


@dataclass(frozen=True)
class Fate:
    """Whether one of them gets it; `reason`: why not, `firm`: that a tick cannot change it."""

    record: Record
    reader: Person | None
    reason: str = ""

    @property
    def firm(self) -> bool:
        return self.reason not in ("", *ASKS)

    @property
    def why(self) -> str:
        return _(NOT.get(self.reason) or REASONS[self.reason]) if self.reason else ""


def begin(ids: Sequence[int], asked: Mapping[str, str], writer: Writer) -> Many:
    """A draft with the template asked for, else with the most fitting one, in every language that its readers need."""
    draft = _blank(ids, asked, writer)
    spoken = draft.template.spoken("email")
    needed = {_language(record, spoken) for record in draft.records}
    draft.typed = {key: words(spoken[key]) for key in i18n.LANGUAGES if key in needed}
    draft.part()
    return draft


def read(ids: Sequence[int], form: Mapping[str, str], writer: Writer) -> Many:
    """A draft as it was typed."""
    draft = _blank(ids, form, writer)
    draft.typed = {key: words(form, f"-{key}") for key in i18n.LANGUAGES if f"body-{key}" in form}
    draft.sure = form.get("sure") == "1"
    draft.take(form)
    return draft


def _blank(ids: Sequence[int], asked: Mapping[str, str], writer: Writer) -> Many:
    found = load.load(ids)
    records = [found[id] for id in ids if id in found]
    there = choices.templates(list({record.kind_id: record.kind for record in records}.values()))
    template = next((one for one in there if str(one.id) == asked.get("template")), there[0])
    return Many(writer, template, records=records)


def _language(record: Record, texts: Mapping[str, object]) -> str:
    reader = person(record, WHO)
    return compose.spoken(dict(texts), reader.language if reader else None, settings.get("company"))


def judge(draft: Many) -> datetime | None:
    """When it is to go out; None when something is to be mended first, which then stands among its problems."""
    draft.problems |= faults(draft)
    draft.judge_sender()
    if len(draft.records) > FEW and sum(file.size for file in draft.files) > LIGHT * uploads.MEGA:
        draft.problems["files"] = _("To so many at once, all files together may have at most %(n)s MB.", n=LIGHT)
    due = draft.moment(zone_of(None))
    return None if draft.problems else due


def faults(draft: Many) -> dict[str, str]:
    """What is wrong with the words, by field; asked for the first kind, the others may be unfit."""
    fields, must = check.kind_fields(draft.kinds[0]), next(iter(draft.typed))
    return {
        f"{fault.field}-{fault.language}": fault.sentence
        for fault in check.faults("-", draft.typed, fields, must)
    }


def written(draft: Many, record: Record) -> Composed:
    """The mail about one of them as it would be at this moment; its link leads nowhere yet. Raises Unusable, Wrong."""
    link, expires = f"{place.base_url()}/s/…", clock.now() + links.LIFE
    return compose.compose(_template(draft), record, person(record, WHO), link, expires)


def subjects(draft: Many, fates: Iterable[Fate]) -> dict[int, str]:
    """The finished subject of each letter, by record."""
    template, found = _template(draft), {}
    for fate in fates:
        try:
            found[fate.record.id] = compose.subject(template, fate.record, fate.reader)
        except (Wrong, compose.Unusable) as error:
            found[fate.record.id] = str(error)
    return found


def _template(draft: Many) -> Template:
    return draft.template.saying(draft.texts)


def fates(draft: Many) -> list[Fate]:
    """Who of them gets it and who does not, in their order; a handful of queries, however many they are."""
    unfit, urges, already = _unfit(draft), draft.urges, _already(draft)
    readers = {record.id: person(record, WHO) for record in draft.records}
    blocked = _blocked(reader.address for reader in readers.values() if reader and reader.address)

    def reason(record: Record) -> str:
        reader = readers[record.id]
        if record.kind_id in unfit:
            return "unfit"
        if urges and not choices.is_open(record):
            return "settled"
        if reader and reader.address and keys.fingerprint(reader.address.lower()) in blocked:
            return "suppressed"
        called_off = "called_off" if urges and _called_off(record) else ""
        unreachable = truth.unreachable(reader, "email", draft.template.advertising)
        return unreachable or ("already" if record.id in already else called_off)

    return [Fate(record, readers[record.id], reason(record)) for record in draft.records]


def _unfit(draft: Many) -> set[str]:
    """The kinds that the template or one of its placeholders does not go with."""
    return {
        kind.key for kind in draft.kinds
        if draft.template.kind_id not in (None, kind.key)
        or any(check.text_faults(text, key, check.kind_fields(kind)) for key, text in draft.typed.items())
    }


def _called_off(record: Record) -> bool:
    status = record.kind.status(record.status) or {}
    return bool(status.get("closed")) and status.get("tone") == "stop"


def _blocked(addresses: Iterable[str]) -> set[str]:
    prints = {keys.fingerprint(address.lower()) for address in addresses}
    return {row.fingerprint for row in Suppression.select().where(Suppression.fingerprint.in_(prints))} if prints else set()


def _already(draft: Many) -> set[int]:
    """The records about which their customer was written to today with the same template, by another letter."""
    zone = zone_of(None)
    midnight = datetime.combine(clock.now().astimezone(zone).date(), time(), zone)
    same = (Message.template == draft.template) & (Message.recipient == WHO) & (Message.occasion != f"hand:{draft.token}")
    found = Message.select(Message.record).where(
        Message.record.in_([record.id for record in draft.records]), same, Message.planned_at >= midnight,
        Message.state.not_in(("dropped", "failed")),
    )
    return {id for (id,) in tuples(found)}
