"""Reminders and series: records are asked what their own times, or the calendar, make the rule say."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.rows import tuples
from outbox.plan import Planned
from records.models import Record
from records.zones import HOME
from rules import planning
from rules.replay.past import Past, asks_status
from rules.replay.span import Span
from rules.replay.world import Foreseen, World
from rules.triggers import TRIGGERS, Occasion

SHIFT = timedelta(days=60)  # so far can working hours move a message


class Records:
    """What reminders and series have in common: records are looked at, not Entries."""

    def __init__(self, world: World, span: Span):
        self.world, self.rule, self.span = world, world.rule, span
        self.trigger = TRIGGERS[world.rule.trigger]

    def subjects(self) -> list[int]:
        asked = Record.select(Record.id).where(Record.kind == self.rule.kind_id)
        if self.rule.locations:
            asked = asked.where(Record.location.in_(self.rule.locations))
        if self.rule.profile:
            asked = asked.where(Record.profile == self.rule.profile)
        return [key for (key,) in tuples(self.narrowed(asked).order_by(Record.id))]

    def narrowed(self, asked: Any) -> Any:
        """Only those of the records asked for that may have a message in the span."""
        return asked

    def look(self, ids: Sequence[int]) -> Iterator[Foreseen | int]:
        records = self.world.records(ids)
        past = Past(self.world.kind, records.values(), self.span.since, asks_status(self.rule))
        for record in records.values():
            yield from self.tell(record, past)

    def tell(self, record: Record, past: Past) -> Iterable[Foreseen | int]:
        raise AssertionError("a family of triggers says what it tells")


class Reminders(Records):
    """Every record, asked again after each change that could have moved or ended its reminders."""

    def narrowed(self, asked: Any) -> Any:
        field = self.rule.options.get("field", "")
        if field not in Record._meta.fields:
            return asked
        spans = [timedelta(**{step["unit"]: step["n"]}) for step in self.rule.options["steps"]]
        reach = max(spans) + timedelta(days=2) + (SHIFT if self.rule.hours else timedelta(0))
        return asked.where(Record._meta.fields[field].between(self.span.since - reach, self.span.until + reach))

    def tell(self, record: Record, past: Past) -> Iterable[Foreseen | int]:
        cuts = [self.span.since, *past.changes(record)]
        dues: list[datetime] = []  # once known; no change but that of its own field moves them
        found = []
        for start, end in zip(cuts, [*cuts[1:], self.span.until], strict=True):
            if not dues or any(start <= due < end for due in dues):
                rows = planning.ahead(self.rule, past.at(record, start), None, record.created_at)
                dues = [row.due_at for row in rows] if self.rule.options["field"] != "paid_at" else []
                found += self._foresee(record, [row for row in rows if start <= row.due_at < end and row.reason != "passed"])
        return found or self._kept_back(past.at(record, self.span.now))

    def _foresee(self, record: Record, rows: Sequence[Planned]) -> list[Foreseen]:
        wishes = {one.key: one.at for one in self._occasions(record)} if rows and self.rule.hours else {}
        return [self.world.foresee(record, row, wishes.get(row.occasion)) for row in rows]

    def _kept_back(self, record: Record) -> list[int]:
        """Which condition kept back what would have been due."""
        failing = planning.failing(self.rule, record) if self.rule.conditions else None
        if failing is None or not planning.concerns(self.rule, record):
            return []
        since = max(self.span.since, record.created_at)
        return [id(failing)] if any(since <= one.at < self.span.until for one in self._occasions(record)) else []

    def _occasions(self, record: Record) -> list[Occasion]:
        return self.trigger.occasions(record, self.rule.options)


class Series(Records):
    """Every record, at each time the calendar comes round."""

    def __init__(self, world: World, span: Span):
        super().__init__(world, span)
        self._rounds: dict[str, list[Occasion]] = {}

    def tell(self, record: Record, past: Past) -> Iterable[Foreseen | int]:
        failing = planning.failing(self.rule, record) if planning.concerns(self.rule, record) else None
        changed, told = bool(past.changes(record)), 0
        for occasion in self._occasions(record.location.time_zone if record.location else HOME):
            if occasion.at >= record.created_at and (changed or not failing):
                rows = planning.round_again(self.rule, past.at(record, min(occasion.at, self.span.now)), occasion)
                told += len(rows)
                for row in rows:
                    yield self.world.foresee(record, row, occasion.at if self.rule.hours else None)
        if failing and not told:
            yield id(failing)

    def _occasions(self, zone: str) -> list[Occasion]:
        if zone not in self._rounds:
            span = self.span.since, self.span.until
            self._rounds[zone] = self.trigger.occurrences(self.rule.options, clock.zone(zone), *span)
        return self._rounds[zone]
