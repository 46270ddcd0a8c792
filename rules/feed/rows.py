"""The feed of rules: which of them are shown, each as a row, and how many need somebody."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from records.models import Kind
from rules import lint, words
from rules.feed.counts import Count
from rules.lint import Remark
from rules.lint.house import House
from rules.models import Rule
from rules.triggers import TRIGGERS

PAGE = 100  # rules shown at once
CHECKED = 1000  # rules that are looked through for what needs somebody, those of the kind first
STANDS = {"on": N_("switched on"), "off": N_("switched off"), "attention": N_("needing you")}
FAMILIES = {
    "event": ("bell", N_("Notification")), "reminder": ("clock", N_("Reminder")), "series": ("calendar", N_("Series")),
}


@dataclass(frozen=True)
class Row:
    """A rule as the feed shows it; `sign` and `family` tell notifications, reminders and series apart."""

    rule: Rule
    sentence: Markup
    about: list[str]
    lint: list[Remark]
    sign: str
    family: str
    count: Count | None = None  # the feed asks for it afterwards: it may take a moment


@dataclass
class Feed:
    """The rules of one kind that were asked for; `totals` and `needing` count all rules by kind."""

    rows: list[Row]
    more: int | None  # where the next page starts
    totals: Counter[str] = field(default_factory=Counter)
    needing: Counter[str] = field(default_factory=Counter)
    general: list[Remark] = field(default_factory=list)  # what is to be said about all rules


def row(rule: Rule, said: words.Names, house: House, remarks: list[Remark] | None = None) -> Row:
    """A rule in words; what is wrong with it is found out where it is not known yet."""
    trigger = TRIGGERS.get(rule.trigger)
    sign, family = FAMILIES[trigger.family if trigger else "event"]
    found = lint.of(rule, house) if remarks is None else remarks
    return Row(rule, words.sentence(rule, said), words.about(rule, said), found, sign, _(family))


def read(kind: Kind, everyone: Mapping[str, Kind], query: str, stand: str, start: int) -> Feed:
    """The rules of a kind that speak of `query` and stand so (a key of STANDS, or nothing), from one place on."""
    said, rules = words.names(), defaultdict(list)
    for rule in Rule.select().order_by(Rule.id):
        rule.kind = everyone[rule.kind_id]
        rules[rule.kind_id].append(rule)
    house = House([rule for those in rules.values() for rule in those])
    first = sorted(house.given, key=lambda rule: rule.kind_id != kind.key)[:CHECKED]
    remarks = {rule.id: lint.of(rule, house) for rule in first}
    stands = {"on": lambda rule: rule.on, "off": lambda rule: not rule.on, "attention": lambda rule: remarks.get(rule.id)}
    mine = [rule for rule in rules[kind.key] if stand not in stands or stands[stand](rule)]
    found = [rule for rule in mine if _speaks_of(rule, query, said)] if query else mine
    page = [row(rule, said, house, remarks.get(rule.id)) for rule in found[start:start + PAGE]]
    totals = Counter({key: len(those) for key, those in rules.items()})
    return Feed(
        page, start + PAGE if len(found) > start + PAGE else None, totals,
        Counter(rule.kind_id for rule in first if remarks[rule.id]), lint.everywhere(house),
    )


def _speaks_of(rule: Rule, query: str, said: words.Names) -> bool:
    shown = row(rule, said, House(), [])
    text = " ".join([rule.name, shown.sentence.striptags(), shown.family, *shown.about]).casefold()
    return all(word in text for word in query.casefold().split())
