"""The enabled rules, in memory, by what they hear; rebuilt only when somebody changed a rule."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core import clock, journal
from core.db import database, transaction
from core.journal import Entry
from records import conditions
from records.models import Kind
from rules import versions
from rules.models import Rule, touch, version
from rules.triggers import TRIGGERS, status_of

log = logging.getLogger("statusbote.rules")

@dataclass(frozen=True)
class Place:
    """What of a record decides which rules can be about it at all."""

    kind: str
    location: int | None
    profile: str
    source: str
    created_at: datetime


Spot = tuple[str, str | None, int | None, str, str | None]  # event with its kind, status, location, profile, source


@dataclass
class Index:
    """Rules by id, and by where they listen: what does not concern a record is not even looked at."""

    version: str = ""
    house: Any = None
    rules: dict[int, Rule] = field(default_factory=dict)
    spots: dict[Spot, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    events: set[str] = field(default_factory=set)
    reminding: set[str] = field(default_factory=set)  # the kinds that have reminders

    def add(self, rule: Rule) -> None:
        self.rules[rule.id] = rule
        for what, status in listened(rule):
            self.events.add(what)
            if what.endswith(".*"):
                self.reminding.add(rule.kind_id)
            for location in rule.locations or (None,):
                self.spots[what, status, location, rule.profile, _source(rule)].append(rule)

    def hears(self, entry: Entry) -> bool:
        """Whether any rule listens for such an Entry at all."""
        return entry.what in self.events or entry.what.partition(".")[0] in self.reminding

    def listening(self, entry: Entry, place: Place) -> list[Rule]:
        """The rules that this Entry of a record there starts, in the order they were made."""
        found = self._at(entry.what, {status_of(entry), None}, place)
        return [rule for rule in found if rule.kind_id == place.kind and TRIGGERS[rule.trigger].hears(entry, rule.options)]

    def reminders(self, place: Place) -> list[Rule]:
        """The reminders that may be about a record there."""
        return self._at(f"{place.kind}.*", {None}, place) if place.kind in self.reminding else []

    def _at(self, what: str, statuses: Iterable[str | None], place: Place) -> list[Rule]:
        found = {
            rule.id: rule
            for status in statuses
            for location in {place.location, None}
            for profile in {place.profile, ""}
            for source in (place.source.strip().casefold(), None)
            for rule in self.spots.get((what, status, location, profile, source), ())
        }
        return [found[key] for key in sorted(found)]


def listened(rule: Rule) -> list[tuple[str, str | None]]:
    """The Entries that a rule listens to, by their whole name, each with the status it must have led to."""
    heard = TRIGGERS[rule.trigger].listens(rule.options)
    return [(event if "." in event else f"{rule.kind_id}.{event}", status) for event, status in heard]


def _source(rule: Rule) -> str | None:
    """The one source that a rule's conditions insist on; None when they do not."""
    group = rule.conditions
    asked = group.get("of", ()) if group.get("match") == "all" else ()
    only = [said["value"] for said in asked if (said.get("field"), said.get("operator")) == ("source", "is")]
    return only[0].strip().casefold() if only else None


_index = Index()


def current() -> Index:
    """The index of the rules as they are now: one look at the version, and nothing more while it stays."""
    global _index
    now = version()
    if (now, database.obj) != (_index.version, _index.house):
        _index = _build(now)
    return _index


def fault_of(rule: Rule) -> str:
    """Why a rule cannot work here: `trigger:<key>`, `condition:<key>`, `gateway` (none for its SMS), or nothing."""
    if rule.trigger not in TRIGGERS:
        return f"trigger:{rule.trigger}"
    wrong = conditions.fault(rule.conditions, rule.kind) if rule.conditions else ""
    return f"condition:{wrong}" if wrong else "gateway" if rule.channel == "sms" and not rule.sender_id else ""


def switch_off(rule: Rule, fault: str) -> None:
    """Switch a rule off because of itself, so that its row shows why."""
    log.error("rule %s is switched off: %s", rule.id, fault)
    with transaction():
        versions.begin([rule])
        Rule.update(on=False, fault=fault, updated_at=clock.now()).where(Rule.id == rule.id).execute()
        versions.keep([rule], "faulty", "worker")
        journal.record("rule.changed", None, "worker", rule=rule.id, fault=fault)
        touch()


def _build(version: str) -> Index:
    index = Index(version, database.obj)
    kinds = {kind.key: kind for kind in Kind.select()}
    for rule in Rule.select().where(Rule.on).order_by(Rule.id):
        rule.kind = kinds[rule.kind_id]
        fault = fault_of(rule)
        if fault:
            switch_off(rule, fault)
        else:
            index.add(rule)
    return index
