"""Triggers that hear what happens: every Entry of the last weeks is told to the rule once more."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.journal import Entry
from core.rows import by_ids, tuples
from records.models import Record
from rules import planning, timing
from rules.engine import QUIET
from rules.replay.past import Past, asks_status
from rules.replay.span import Span
from rules.replay.world import Foreseen, World
from rules.triggers import TRIGGERS, status_of

OF_ENTRIES = ("id", "at", "what", "record_id", "actor", "data")


class Events:
    """Every Entry that the rule hears, told once more."""

    def __init__(self, world: World, span: Span):
        self.world, self.rule, self.span = world, world.rule, span
        self.trigger = TRIGGERS[world.rule.trigger]
        heard = self.trigger.listens(self.rule.options)
        self.heard = {(event if "." in event else f"{self.rule.kind_id}.{event}", status) for event, status in heard}
        self.waits: dict[tuple[int, str], Foreseen] = {}

    def subjects(self) -> list[int]:
        whats = sorted({what for what, status in self.heard})
        lines = Entry.select(Entry.id).where(Entry.what.in_(whats), Entry.at >= self.span.since, Entry.at <= self.span.now)
        return sorted(key for (key,) in tuples(lines))

    def look(self, ids: Sequence[int]) -> Iterator[Foreseen | int]:
        lines = by_ids(Entry, OF_ENTRIES, ids)
        entries = [entry for entry in lines if self._hears(entry)]
        records = self.world.records({entry.record_id or 0 for entry in entries})
        statuses = bool(self.rule.delay or self.rule.hours) or asks_status(self.rule)
        known = lines if any(what.endswith(".status_changed") for what, _status in self.heard) else ()
        past = Past(self.world.kind, records.values(), self.span.since, statuses, known)
        for entry in entries:
            if record := records.get(entry.record_id or 0):
                yield from self._tell(entry, record, past)

    def _hears(self, entry: Entry) -> bool:
        meant = (entry.what, None) in self.heard or (entry.what, status_of(entry)) in self.heard
        return meant and not entry.data.keys() & QUIET and self.trigger.hears(entry, self.rule.options)

    def _tell(self, entry: Entry, record: Record, past: Past) -> Iterator[Foreseen | int]:
        past.at(record, entry.at)
        if not planning.concerns(self.rule, record):
            return
        if failing := planning.failing(self.rule, record):
            yield id(failing)
            return
        wished = self._wished(entry)
        for row in planning.heard(self.rule, entry, self.world.kind, record):
            seen = self.world.foresee(record, row, wished)
            if past.changes(record) and seen.at > entry.at + timing.RECALL and not seen.reason:
                seen.reason = self._meanwhile(past.at(record, min(seen.at, self.span.now)))
            self._supersede(seen, entry)
            yield seen

    def _wished(self, entry: Entry) -> datetime | None:
        """When it would go out if working hours did not matter; None when they do not."""
        return entry.at + max(timedelta(minutes=self.rule.delay), timing.RECALL) if self.rule.hours else None

    def _meanwhile(self, record: Record) -> str:
        """What has kept a message from going out that had to wait, see `rules.wanted`."""
        if self.rule.delay and not self.trigger.holds(record, self.rule.options):
            return "status_left"
        return "conditions" if planning.failing(self.rule, record) else ""

    def _supersede(self, seen: Foreseen, entry: Entry) -> None:
        """A newer message takes the place of one that still waits, where only the newest goes out."""
        if self.trigger.newest:
            before = self.waits.get((seen.record_id, seen.recipient))
            if before and before.at > entry.at and not before.reason:
                before.reason = "superseded"
            self.waits[seen.record_id, seen.recipient] = seen
