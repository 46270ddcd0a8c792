"""The links that narrow the list of messages, each with how many of them it would leave."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from core.i18n import N_
from core.i18n import gettext as _
from core.rows import tuples
from outbox import lists, unusual
from outbox.models import Message
from outbox.seek import HOUSE, SPANS, Within
from outbox.senders import senders

CHANNELS = {"email": N_("E‑mail"), "sms": N_("SMS")}
MOST = 8  # values offered of one sort, the most frequent first


@dataclass(frozen=True)
class Link:
    """One value: its words, how many of the newest messages have it (none: not counted), and where it leads."""

    label: str
    count: int | None
    query: dict[str, Any]


@dataclass(frozen=True)
class Facet:
    """One sort of narrowing: what is chosen (with the way back), or what there is to choose."""

    label: str
    chosen: Link | None
    links: list[Link]


def read(args: Any) -> Within:
    """What an address narrows the list to; what makes no sense narrows nothing."""
    channel, span = args.get("channel", ""), args.get("span", "")
    return Within(
        channel if channel in CHANNELS else "", _number(args.get("sender", "")), _number(args.get("rule", "")),
        span if span in SPANS else "",
    )


def query(group: str, words: str, within: Within) -> dict[str, Any]:
    """The address that says so."""
    given: dict[str, Any] = {"state": group, "q": words, "channel": within.channel, "span": within.span}
    given |= {"sender": within.sender, "rule": within.rule}
    return {key: value for key, value in given.items() if value not in ("", None)}


def of(group: str, words: str, within: Within) -> list[Facet]:
    """What the newest messages of the list can be narrowed by."""
    columns = (Message.channel, Message.sender_id, Message.rule_id)
    rows = tuples(lists.sought(group, words, within, *columns).limit(lists.COUNTED))
    channels, by, rules = (Counter(row[place] for row in rows) for place in range(3))
    named = {**senders.names([key for key in by if key]), HOUSE: _("The company’s own address")}
    called = unusual.names([key for key in {*rules, within.rule} if key])
    house = Counter({key or HOUSE: count for key, count in by.items()})

    def facet(label: str, name: str, words_of: dict[Any, str], counted: Counter[Any]) -> Facet:
        value = getattr(within, name)
        if value not in ("", None):
            nothing: Any = "" if isinstance(value, str) else None
            back = query(group, words, replace(within, **{name: nothing}))
            return Facet(label, Link(words_of.get(value) or "…", None, back), [])
        links = [
            Link(words_of.get(key) or "…", count, query(group, words, replace(within, **{name: key})))
            for key, count in counted.most_common(MOST) if key is not None
        ]
        return Facet(label, None, links if len(links) > 1 or name == "rule" else [])

    spans = {key: _(label) for key, (label, _days) in SPANS.items()}
    found = [
        facet(_("Rule"), "rule", called, rules),
        facet(_("Sender"), "sender", named, house),
        facet(_("Channel"), "channel", {key: _(label) for key, label in CHANNELS.items()}, channels),
        _spans(facet(_("Period"), "span", spans, Counter()), spans, group, words, within),
    ]
    return [one for one in found if one.chosen or one.links]


def _spans(facet: Facet, spans: dict[str, str], group: str, words: str, within: Within) -> Facet:
    """Spans of time are offered whatever there is; each counts as far as anybody does."""
    if facet.chosen:
        return facet
    links = []
    for key, label in spans.items():
        narrowed = replace(within, span=key)
        count = lists.sought(group, words, narrowed, Message.id).order_by().limit(lists.COUNTED).count()
        links.append(Link(label, count, query(group, words, narrowed)))
    return replace(facet, links=links)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
