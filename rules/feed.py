"""The feed of rules: which of them are shown, each as a row, and how many need somebody."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from core.i18n import N_
from core.i18n import gettext as _
from records.models import Kind
from rules import words
from rules.counts import Count
from rules.models import Rule
from rules.triggers import TRIGGERS

PAGE = 100  # rules shown at once
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
    lint: list[str]
    sign: str
    family: str
    count: Count | None = None  # the feed asks for it afterwards: it may take a moment

    def speaks_of(self, words: str) -> bool:
        text = " ".join([self.rule.name, self.sentence.striptags(), self.family, *self.about]).casefold()
        return all(word in text for word in words.casefold().split())


@dataclass
class Feed:
    """The rules of one kind that were asked for; `totals` and `needing` count all rules by kind."""

    rows: list[Row]
    more: int | None  # where the next page starts
    totals: Counter[str] = field(default_factory=Counter)
    needing: Counter[str] = field(default_factory=Counter)


def row(rule: Rule, said: words.Names) -> Row:
    trigger = TRIGGERS.get(rule.trigger)
    sign, family = FAMILIES[trigger.family if trigger else "event"]
    return Row(rule, words.sentence(rule, said), words.about(rule, said), words.lint(rule, said), sign, _(family))


def read(kind: Kind, everyone: Mapping[str, Kind], query: str, stand: str, start: int) -> Feed:
    """The rules of a kind that speak of `query` and stand so (a key of STANDS, or nothing), from one place on."""
    said, rules, lint = words.names(), defaultdict(list), {}
    for rule in Rule.select().order_by(Rule.id):
        rule.kind = everyone[rule.kind_id]
        rules[rule.kind_id].append(rule)
        lint[rule.id] = bool(words.lint(rule, said))
    stands = {"on": lambda rule: rule.on, "off": lambda rule: not rule.on, "attention": lambda rule: lint[rule.id]}
    mine = [rule for rule in rules[kind.key] if stand not in stands or stands[stand](rule)]
    if query:
        found = [shown for shown in (row(rule, said) for rule in mine) if shown.speaks_of(query)]
        page, length = found[start:start + PAGE], len(found)
    else:
        page, length = [row(rule, said) for rule in mine[start:start + PAGE]], len(mine)
    return Feed(
        page, start + PAGE if length > start + PAGE else None, Counter({key: len(those) for key, those in rules.items()}),
        Counter(rule.kind_id for those in rules.values() for rule in those if lint[rule.id]),
    )
