"""An SMS about one record: begun from a template, read from its form, checked, and as a phone would show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core import clock
from core.i18n import gettext as _
from emails import advertising, check, filled, sms, sms_hints
from emails.bubble import TOKEN, Bubble
from emails.compose import Unusable
from outbox.models import Sender
from outbox.senders import gateways
from outbox.writing import single, toll
from outbox.writing.draft import Writer
from outbox.writing.single import Single
from pages import links, place
from records.models import Record


@dataclass(kw_only=True)
class Texted(Single):
    """Its words are {"de": {"sms": …}}; its sender is always one of the writer's gateways, if they have any."""

    channel: ClassVar[str] = "sms"

    @property
    def gateway(self) -> Sender | None:
        return next((one for one in self.writer.senders if str(one.id) == self.sender), None)

    @property
    def number(self) -> str:
        """Where it goes, "" for nowhere."""
        reader = self.reader
        return reader.phone if reader else ""

    @property
    def texts(self) -> check.Texts:
        return {language: text for language, text in self.typed.items() if text["sms"].strip()}


def begin(record: Record, asked: Mapping[str, str], writer: Writer) -> Texted:
    """A draft with the SMS of the template asked for, else of the most fitting one, filled with the record's data."""
    draft = single.blank(Texted, record, asked, writer)
    draft.typed = {draft.language: {"sms": filled.fill_sms(draft.template, record, draft.reader, draft.language)}}
    draft.sender = _usual(draft)
    return draft


def read(record: Record, form: Mapping[str, str], writer: Writer) -> Texted:
    """A draft as it was typed; `plain` asks for characters that cost less."""
    draft = single.typed(Texted, record, form, writer)
    source = form.get("sms", "").replace("\r\n", "\n")
    draft.typed = {draft.language: {"sms": sms.plain(source) if form.get("plain") else source}}
    draft.sender = draft.sender or _usual(draft)
    return draft


def _usual(draft: Texted) -> str:
    """The gateway to begin with: the first that may write to that number, else the first."""
    fits = [one for one in draft.writer.senders if gateways.reaches(one, draft.number)]
    return next((str(one.id) for one in [*fits, *draft.writer.senders]), "")


def judge(draft: Texted) -> datetime | None:
    """When it is to go out; None when something is to be mended first, which then stands among its problems."""
    draft.problems |= faults(draft)
    draft.judge_sender()
    if not draft.writer.senders:
        draft.problems[""] = _("There is no SMS gateway left that you may use.")
    elif draft.gateway and (firm := toll.never(draft.gateway, draft.number, shown(draft).count.segments)):
        draft.problems["sender"] = firm
    return single.judge_reader(draft)


def faults(draft: Texted) -> dict[str, str]:
    """What is wrong with the words, by field."""
    text = draft.text
    if not text["sms"].strip():
        return {"sms": _("Please write what the SMS is to say.")}
    found = check.text_faults(text, draft.language, check.kind_fields(draft.record.kind))
    trouble = found[0].sentence if found else shown(draft).trouble
    return {"sms": trouble} if trouble else {}


def shown(draft: Texted) -> Bubble:
    """The SMS as it would be at this moment; its link leads nowhere yet."""
    source, link = draft.text["sms"], f"{place.base_url()}/s/{TOKEN}"
    try:
        template = draft.template.saying(draft.texts)
        text, trouble = sms.fill(template, draft.record, draft.reader, link, clock.now() + links.LIFE), ""
    except Unusable as unusable:
        text, trouble = "", str(unusable)
    return Bubble(text, sms.count(text), sms_hints.dear(source), draft.record.number, trouble)


def doubts(draft: Texted, bubble: Bubble) -> list[str]:
    """What speaks against sending it like this, in words; none of it keeps somebody from going on writing."""
    gateway, parts, found = draft.gateway, bubble.count.segments, []
    if gateway:
        wait = "" if draft.date else toll.not_today(gateway, parts)
        found = [toll.never(gateway, draft.number, parts) or wait]
    if draft.template.advertising and not advertising.can_leave(draft.text["sms"]):
        found.append(_("It is advertising and does not say how to unsubscribe; please put in that placeholder."))
    return [sentence for sentence in found if sentence]


def chips(draft: Texted) -> list[tuple[str, str, bool]]:
    """The placeholders an SMS may want: words only."""
    return [chip for chip in filled.chips(draft.record, draft.template.advertising) if not chip[2]]
