"""The enabled rules, in memory, by what they hear; rebuilt only when somebody changed a rule."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core import clock, journal
from core.db import database, transaction
from core.journal import Entry
from records import conditions
from rules.models import Rule, touch, version
from rules.triggers import TRIGGERS, status_of

log = logging.getLogger("statusbote.rules")

Spot = tuple[str, str | None, int | None]  # event with its kind, status, location; None is any


@dataclass
class Index:
    """Rules by id, and by where they listen."""

    version: str = ""
    house: Any = None
    rules: dict[int, Rule] = field(default_factory=dict)
    spots: dict[Spot, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    events: set[str] = field(default_factory=set)

    def add(self, rule: Rule) -> None:
        self.rules[rule.id] = rule
        for event, status in TRIGGERS[rule.trigger].listens(rule.options):
            what = f"{rule.kind_id}.{event}"
            self.events.add(what)
            for location in rule.locations or (None,):
                self.spots[what, status, location].append(rule)

    def hears(self, entry: Entry) -> bool:
        """Whether any rule listens for such an Entry at all."""
        return entry.what in self.events

    def listening(self, entry: Entry, location: int | None) -> Iterable[Rule]:
        """The rules that this Entry at this location starts, in the order they were made."""
        status = status_of(entry)
        found = {
            rule.id: rule
            for spot_status in {status, None}
            for spot_location in {location, None}
            for rule in self.spots.get((entry.what, spot_status, spot_location), ())
        }
        return [found[key] for key in sorted(found)]


_index = Index()


def current() -> Index:
    """The index of the rules as they are now: one look at the version, and nothing more while it stays."""
    global _index
    now = version()
    if (now, database.obj) != (_index.version, _index.house):
        _index = _build(now)
    return _index


def fault_of(rule: Rule) -> str:
    """Why a rule cannot work here: `trigger:<key>`, `condition:<key>`, or nothing."""
    if rule.trigger not in TRIGGERS:
        return f"trigger:{rule.trigger}"
    for condition in rule.conditions:
        if conditions.check(condition):
            return f"condition:{condition.get('field', '')}"
    return ""


def switch_off(rule: Rule, fault: str) -> None:
    """Switch a rule off because of itself, so that its row shows why."""
    log.error("rule %s is switched off: %s", rule.id, fault)
    with transaction():
        Rule.update(on=False, fault=fault, updated_at=clock.now()).where(Rule.id == rule.id).execute()
        journal.record("rule.changed", None, "worker", rule=rule.id, fault=fault)
        touch()


def _build(version: str) -> Index:
    index = Index(version, database.obj)
    for rule in Rule.select().where(Rule.on).order_by(Rule.id):
        fault = fault_of(rule)
        if fault:
            switch_off(rule, fault)
        else:
            index.add(rule)
    return index
