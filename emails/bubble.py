"""The SMS of a draft as a phone would show it: what it says for one record, what it takes and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core import i18n, settings
from core.i18n import ngettext
from emails import check, samples, sms, sms_hints
from emails.compose import Unusable
from emails.drafts import Draft
from emails.sms import Count
from pages import place, unsubscribe
from records.models import Record

TOKEN = "8fKq2LwT0vXy5ZbN3cRmPd"  # of no link, as long as every link's

prices: list[Callable[[int], str]] = []  # app.py adds who knows: number of parts → what they cost, in words


@dataclass(frozen=True)
class Bubble:
    """`dear`: characters for which it may cost double; `number`: its record's; `trouble`: why there is no text."""

    text: str
    count: Count
    dear: str
    number: str
    trouble: str = ""

    @property
    def room(self) -> int:
        """Characters that fit into as many parts."""
        return self.count.units + self.count.left

    @property
    def parts(self) -> str:
        """“2 SMS, 0,15 €”; without a price only the parts."""
        return parts(self.count.segments)


def parts(segments: int) -> str:
    said = ngettext("%(n)s SMS", "%(n)s SMS", segments)
    cost = next(filter(None, (ask(segments) for ask in prices)), "")
    return f"{said}, {cost}" if cost else said


def all_of(draft: Draft, record: Record | None) -> dict[str, Bubble]:
    """By language, where there is an SMS that can be read."""
    fields, found = check.kind_fields(draft.kind), {}
    for language in i18n.LANGUAGES:
        source = draft.texts[language]["sms"]
        if source.strip() and not check.text_faults({"sms": source}, language, fields):
            found[language] = _of(source, draft, language, record)
    return found


def _of(source: str, draft: Draft, language: str, record: Record | None) -> Bubble:
    with i18n.speaking(language):
        record = record or samples.record(draft.kind or samples.any_kind())
        example = samples.scene(record, settings.get("company"), language)
        leave = unsubscribe.example() if draft.advertising else None
        scene = replace(example, link=f"{place.base_url()}/s/{TOKEN}", unsubscribe=leave)
    try:
        text, trouble = sms.written(source, scene, language), ""
    except Unusable as unusable:
        text, trouble = "", str(unusable)
    return Bubble(text, sms.count(text), sms_hints.dear(source), record.number, trouble)
