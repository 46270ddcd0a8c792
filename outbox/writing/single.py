"""A letter about one record: begun from a template, read from its form, checked, and as the mail it would be."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from core import clock, i18n, keys, settings
from core.i18n import gettext as _
from emails import check, compose, filled
from emails.compose import Composed
from emails.grammar import Wrong
from outbox import truth
from outbox.models import Suppression
from outbox.states import said
from outbox.writing import choices
from outbox.writing.draft import Draft, Text, Writer, words
from pages import links, place
from records.models import Record
from records.people import Person, person
from records.zones import zone_of


@dataclass(kw_only=True)
class Single(Draft):
    """`who`: the role of its reader, `anyway`: that they get it although they have not agreed to such messages."""

    record: Record
    who: str
    reminder: bool
    language: str
    anyway: bool = False

    @property
    def reader(self) -> Person | None:
        return person(self.record, self.who)

    @property
    def text(self) -> Text:
        return self.typed[self.language]


Made = TypeVar("Made", bound=Single)


def begin(record: Record, asked: Mapping[str, str], writer: Writer) -> Single:
    """A draft with the text of the template asked for, else of the most fitting one, filled with the record's data."""
    draft = blank(Single, record, asked, writer)
    draft.typed = {draft.language: filled.fill(draft.template, record, draft.reader, draft.language)}
    draft.part()
    return draft


def read(record: Record, form: Mapping[str, str], writer: Writer) -> Single:
    """A draft as it was typed."""
    draft = typed(Single, record, form, writer)
    draft.typed = {draft.language: words(form)}
    return draft


def typed(made: type[Made], record: Record, form: Mapping[str, str], writer: Writer) -> Made:
    """A draft of that sort with all that was typed but its words."""
    draft = blank(made, record, form, writer)
    if form.get("language") in i18n.LANGUAGES:
        draft.language = form["language"]
    draft.anyway = form.get("anyway") == "1"
    draft.take(form)
    return draft


def blank(made: type[Made], record: Record, asked: Mapping[str, str], writer: Writer) -> Made:
    """A draft of that sort still without words: its template, its reader and their language."""
    reminder = asked.get("as") == "reminder" and choices.is_open(record)
    there = choices.templates([record.kind], reminder, made.channel)
    template = next((one for one in there if str(one.id) == asked.get("template")), there[0])
    who = asked.get("to", "")
    who = who if who in choices.ROLES_OF_RECORD else "customer"
    reader = person(record, who)
    texts = template.spoken(made.channel) or i18n.LANGUAGES
    language = compose.spoken(dict(texts), reader.language if reader else None, settings.get("company"))
    return made(writer, template, record=record, who=who, reminder=reminder, language=language)


def hindrance(draft: Single) -> str:
    """Why the reader cannot be written to (see outbox.states.REASONS), no_consent when a person may say so anyway."""
    reason, reader = truth.unreachable(draft.reader, draft.channel, draft.template.advertising), draft.reader
    if reason in ("", "no_consent") and reader:
        blocked = Suppression.fingerprint == keys.fingerprint(reader.reached(draft.channel).lower())
        return "suppressed" if Suppression.select().where(blocked).exists() else reason
    return reason


def judge(draft: Single) -> datetime | None:
    """When it is to go out; None when something is to be mended first, which then stands among its problems."""
    draft.problems |= faults(draft)
    draft.judge_sender()
    return judge_reader(draft)


def judge_reader(draft: Single) -> datetime | None:
    """Whether its reader may be written to, and when it is to go out, see `judge`."""
    reason = hindrance(draft)
    if reason == "no_consent" and not draft.anyway:
        draft.problems["anyway"] = _("Please confirm that it may go out all the same.")
    elif reason and reason != "no_consent":
        draft.problems[""] = said(reason, draft.channel)
    due = draft.moment(zone_of(draft.record))
    return None if draft.problems else due


def faults(draft: Single) -> dict[str, str]:
    """What is wrong with the words, by field."""
    fields = check.kind_fields(draft.record.kind)
    found = {fault.field: fault.sentence for fault in check.faults("-", draft.typed, fields, draft.language)}
    if not found:
        try:
            written(draft)
        except (Wrong, compose.Unusable) as error:
            found["body"] = str(error)
    return found


def written(draft: Single) -> Composed:
    """The mail as it would be at this moment; its link leads nowhere yet. Raises Unusable."""
    link, expires = f"{place.base_url()}/s/…", clock.now() + links.LIFE
    return compose.compose(draft.template.saying(draft.texts), draft.record, draft.reader, link, expires)
