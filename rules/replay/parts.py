"""How many parts the SMS of a replay would take: as many of them as it takes to know are written."""

from collections.abc import Sequence

from core import clock
from emails import bubble, sms
from emails.compose import Unusable
from emails.models import Template
from pages import links, place
from records.load import load
from records.models import Record
from records.people import person
from rules.replay.world import Foreseen

MOST = 300  # messages that are written; where there are more, the others are taken to be like them


def of(went: Sequence[Foreseen]) -> dict[str, int]:
    """`parts` that are paid for, and `longer`: how many of the messages take more than one; nothing without any."""
    looked_at = [went[n * len(went) // min(len(went), MOST)] for n in range(min(len(went), MOST))]
    records = load(one.record_id for one in looked_at)
    templates = {row.id: row for row in Template.select().where(Template.id.in_({one.template for one in looked_at}))}
    counts = [_parts(one, records.get(one.record_id), templates.get(one.template)) for one in looked_at]
    if not counts:
        return {"parts": 0, "longer": 0}
    share = len(went) / len(counts)
    return {"parts": round(sum(counts) * share), "longer": round(sum(n > 1 for n in counts) * share)}


def _parts(one: Foreseen, record: Record | None, template: Template | None) -> int:
    """One where it cannot be written yet."""
    if record is None or template is None:
        return 1
    link = f"{place.base_url()}/s/{bubble.TOKEN}"
    try:
        return sms.count(sms.fill(template, record, person(record, one.recipient), link, clock.now() + links.LIFE)).segments
    except Unusable:
        return 1
