"""The result of a replay in words and bars, for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from markupsafe import Markup

from core import i18n
from core.i18n import gettext as _
from outbox.chart import round_up
from outbox.models import Sender
from outbox.senders import prices
from outbox.states import said
from records import people
from records.conditions import words as conditions
from records.load import load
from records.models import Record
from records.zones import appointment, zone_of
from rules import words
from rules.models import Job, Rule
from rules.replay.work import rule_of

LEFT, STEP, GROUND, HEIGHT = 18.0, 10.6, 100, 96  # of the bars, in the drawing's own units


@dataclass(frozen=True)
class Line:
    """One message of the replay: the record, when, to whom, and what there is to say about it."""

    record: Record | None
    at: datetime
    zone: tzinfo
    when: str
    to: str
    remark: str
    stays: bool

    @property
    def name(self) -> str:
        return self.record.contact.name if self.record and self.record.contact else ""


@dataclass(frozen=True)
class Bars:
    """Messages per day as an SVG: one path, where the Sundays stand, the days written below, the scale."""

    path: str
    sundays: list[float]
    days: list[tuple[float, str, str]]
    full: int
    most: int


def words_of(job: Job) -> dict[str, Any]:
    """Everything the fragment says."""
    rule, result = rule_of(job), job.result
    since, now, until = (datetime.fromisoformat(result[name]) for name in ("since", "now", "until"))
    lines = _lines(rule.channel, result["list"], result["agenda"])
    went, names = len(result["list"]), words.names()
    return {
        "job": job, "result": result, "sentence": words.sentence(rule, names), "about": words.about(rule, names),
        "hours": rule.hours, "now_at": i18n.time(now, zone_of(None)), "until": i18n.date(until, zone_of(None), "d. MMMM"),
        "bars": bars(result["days"], since), "lines": lines[:went], "agenda": lines[went:],
        "fallen": [(n, _condition(rule, place)) for place, n in result["fallen"]],
        "unreached": [(n, said(reason, rule.channel)) for reason, n in result["unreached"]],
        "dropped": [(n, said(reason, rule.channel)) for reason, n in result["dropped"]],
        "others": _rules(result["others"]), "sms": rule.channel == "sms", "cost": _cost(job),
    }


def _cost(job: Job) -> str:
    """What the SMS would have cost through the rule's gateway, nothing where nobody has said its price."""
    sender = Sender.get_or_none(Sender.id == job.data.get("sender"))
    if sender is None or not job.result.get("parts") or not prices.of(sender):
        return ""
    return prices.words(prices.of(sender) * job.result["parts"], prices.currency(sender))


def bars(counts: Sequence[int], since: datetime) -> Bars:
    """A bar for each day from `since` on, the last of them today."""
    zone, most = zone_of(None), max(counts, default=0)
    first = since.astimezone(zone)
    full = round_up(most)
    places = [round(LEFT + STEP * n, 1) for n in range(len(counts))]
    heights = [round(max(2.0, HEIGHT * n / full), 1) if n else 0 for n in counts]
    path = "".join(f"M{x} {GROUND}v-{high}h7v{high}z" for x, high in zip(places, heights, strict=True) if high)
    sundays = [round(x - 1.8, 1) for n, x in enumerate(places) if (first + timedelta(days=n)).weekday() == 6]
    middle = len(counts) // 2
    labels = [i18n.date(first + timedelta(days=n), zone, "d. MMM") for n in (0, middle)]
    days = [(places[0], "start", labels[0]), (places[middle], "middle", labels[1]), (places[-1] + 7, "end", _("today"))]
    return Bars(path, sundays, days, full, most)


def _lines(channel: str, *lists: Iterable[Sequence[Any]]) -> list[Line]:
    rows = [row for rows in lists for row in rows]
    records = load(row[0] for row in rows)
    waited = _("would have waited for the opening")
    told = {remark: waited if remark == "waited" else said(remark, channel) for *_rest, remark in rows}
    return [_line(records.get(key), who, datetime.fromisoformat(at), remark, told[remark]) for key, who, at, remark in rows]


def _line(record: Record | None, who: str, at: datetime, remark: str, words: str) -> Line:
    zone = zone_of(record)
    return Line(record, at, zone, appointment(at, zone), people.label(who) or who, words, remark not in ("", "waited"))


def _condition(rule: Rule, place: Sequence[int]) -> str:
    group = rule.conditions
    for n in place:
        group = group["of"][n]
    return str(conditions.condition(group, rule.kind))


def _rules(others: Iterable[Sequence[int]]) -> list[tuple[int, Markup | str]]:
    """The rules that really have written on the same days; messages by hand have none."""
    counted = [key for key, n in others if key]
    names = {rule.id: rule.name for rule in Rule.select(Rule.id, Rule.name).where(Rule.id.in_(counted))} if counted else {}
    return [(key, names[key]) for key in counted if key in names]
