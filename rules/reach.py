"""The records that a reminder could still write about: those whose time lies so that a step of it is still to come."""

from datetime import datetime, timedelta
from typing import Any

from core import clock
from core.rows import tuples
from records.load import load
from records.models import Record
from rules import planning
from rules.models import Rule
from rules.triggers import TRIGGERS, moments

FEW = 200  # records that are looked at one by one
DAY = timedelta(days=1)


def ids(rule: Rule, after: int, limit: int) -> list[int]:
    """The next records after an id that may be meant; whether they really are, planning says."""
    rows = _may_be(rule).where(Record.id > after).order_by(Record.id).limit(limit)
    return [key for (key,) in tuples(rows)]


def count(rule: Rule) -> int:
    """How many records have a moment ahead: exactly where they are few, else by their time alone."""
    if not rule.options.get("steps"):
        return 0
    few = ids(rule, 0, FEW + 1)
    if len(few) > FEW:
        return int(_may_be(rule).count())
    now = clock.now()
    return sum(
        any(row.state != "dropped" and row.due_at > now for row in planning.ahead(rule, record, None, now))
        for record in load(few).values()
    )


def _may_be(rule: Rule) -> Any:
    field, trigger = rule.options.get("field", ""), TRIGGERS[rule.trigger]
    query = Record.select(Record.id).where(Record.kind == rule.kind_id)
    if field in moments.MOMENTS:
        query = query.where(getattr(Record, field) > _since(rule, clock.now(), getattr(trigger, "way", 1)))
    if rule.locations:
        query = query.where(Record.location.in_(rule.locations))
    return query.where(Record.profile == rule.profile) if rule.profile else query


def _since(rule: Rule, now: datetime, way: int) -> datetime:
    """The earliest time a record may have to be meant."""
    spans = [timedelta(**{step["unit"]: step["n"]}) for step in rule.options.get("steps", ())]
    return now if way < 0 else now - max(spans, default=DAY) - DAY
