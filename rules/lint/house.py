"""What rules are held against when they are checked: templates, places, profiles, people, and the other rules."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from core import settings
from core.rows import tuples
from emails.models import Template
from outbox.models import Sender
from records.models import Contact, Kind, Location, Profile, Record
from rules import index
from rules.lint import overlap
from rules.models import Rule, templates_of

RECENT = 500  # records of a kind that are looked through for languages and assignees
CROWD = 60  # rules of one start among which others that say the same are looked for


@dataclass
class House:
    """Read once for many rules, each part when it is first asked for; `given` are all rules where they are known."""

    given: list[Rule] = field(default_factory=list)
    _people: dict[str, tuple[set[str], bool]] = field(default_factory=dict)

    @cached_property
    def templates(self) -> dict[int, Template]:
        return {row.id: row for row in Template.select()}

    @cached_property
    def locations(self) -> dict[int, Location]:
        return {row.id: row for row in Location.select()}

    @cached_property
    def profiles(self) -> set[str]:
        return {row.key for row in Profile.select(Profile.key)}

    @cached_property
    def senders(self) -> dict[int, bool]:
        """Whether each may send now."""
        return {row.id: row.active for row in Sender.select(Sender.id, Sender.active)}

    @cached_property
    def company(self) -> dict[str, Any]:
        return settings.get("company")

    @cached_property
    def rules(self) -> dict[tuple[str, str, overlap.Start], list[Rule]]:
        """Those that are on and in order, by kind, reader and start."""
        found: dict[tuple[str, str, overlap.Start], list[Rule]] = defaultdict(list)
        for rule in self.given or self._read():
            has_texts = templates_of(rule.recipients, rule.options) <= self.templates.keys()
            in_order = rule.on and has_texts and not index.fault_of(rule)
            for reader, start in product(overlap.readers(rule), overlap.starts(rule) if in_order else ()):
                if len(found[rule.kind_id, reader, start]) < CROWD:
                    found[rule.kind_id, reader, start].append(rule)
        return found

    def _read(self) -> list[Rule]:
        kinds, rules = {kind.key: kind for kind in Kind.select()}, list(Rule.select().where(Rule.on).order_by(Rule.id))
        for rule in rules:
            rule.kind = kinds[rule.kind_id]
        return rules

    def languages(self, kind: str) -> set[str]:
        """What the customers of a kind's recent records read, and what the company writes at the foot of its mails."""
        feet = {language for language, text in (self.company.get("footer") or {}).items() if text}
        return self._recent(kind)[0] | feet | {self.company.get("language") or "de"}

    def assigned(self, kind: str) -> bool:
        """Whether anybody is assigned to a recent record of the kind; as long as there is none, it may become so."""
        return self._recent(kind)[1]

    def managed(self, places: list[int]) -> bool:
        """Whether one of these locations, or of all, has a manager."""
        return any(self.locations[key].manager_id for key in places or self.locations if key in self.locations)

    def _recent(self, kind: str) -> tuple[set[str], bool]:
        """The languages and whether there are assignees, of the kind's newest records."""
        if kind not in self._people:
            newest = Record.select(Record.contact, Record.assignee).where(Record.kind == kind)
            rows = tuples(newest.order_by(Record.updated_at.desc()).limit(RECENT))
            readers = Contact.select(Contact.language).where(Contact.id.in_({reader for reader, _assignee in rows}))
            languages = {language for (language,) in tuples(readers.distinct())}
            self._people[kind] = languages, not rows or any(assignee for _reader, assignee in rows)
        return self._people[kind]
