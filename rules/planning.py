"""What one rule plans for one record: pure decisions, the same for reality, for a look ahead and for a replay."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.journal import Entry
from outbox.plan import Planned
from records import conditions
from records.models import Kind, Record
from rules import timing
from rules.models import Rule, recipient_of
from rules.triggers import TRIGGERS, Occasion


def needs_record(rule: Rule) -> bool:
    """Whether it takes the whole record to say what the rule plans when it hears an Entry."""
    return bool(rule.conditions or rule.hours)


def concerns(rule: Rule, record: Record) -> bool:
    """Whether the rule is about this record at all: its kind, its location and its profile."""
    here = not rule.locations or record.location_id in rule.locations
    return bool(rule.kind_id == record.kind_id and here and rule.profile in ("", record.profile))


def failing(rule: Rule, record: Record) -> dict | None:
    """The condition that keeps the rule from speaking of this record; None when all is well."""
    return conditions.failing(rule.conditions, record) if rule.conditions else None


def heard(rule: Rule, entry: Entry, kind: Kind, record: Record | None) -> list[Planned]:
    """What an event rule plans on an Entry it hears; `record` may be None unless `needs_record`."""
    occasion = TRIGGERS[rule.trigger].occasion(entry, kind, timedelta(minutes=rule.delay))
    by_click = entry.actor.startswith("user:") and entry.what.endswith(".status_changed")
    if by_click and occasion.at < entry.at + timing.RECALL:
        occasion = Occasion(occasion.key, entry.at + timing.RECALL, occasion.sort, occasion.ends)
    place = record.location if record else None
    return list(_rows(rule, occasion, entry.record_id or 0, entry, timing.settle(occasion, rule.hours, place, entry.at)))


def ahead(rule: Rule, record: Record, entry: Entry | None, known_at: datetime) -> list[Planned]:
    """What a reminder plans for a record as it is now, whenever that is due; nothing when its conditions do not hold."""
    if not concerns(rule, record) or failing(rule, record):
        return []
    return [
        row
        for occasion in TRIGGERS[rule.trigger].occasions(record, rule.options)
        for row in _rows(rule, occasion, record.id, entry, timing.settle(occasion, rule.hours, record.location, known_at))
    ]


def round_again(rule: Rule, record: Record, occasion: Occasion) -> list[Planned]:
    """What a series plans for a record when its day has come."""
    if not concerns(rule, record) or failing(rule, record):
        return []
    return list(_rows(rule, occasion, record.id, None, timing.settle(occasion, rule.hours, record.location, occasion.at)))


def _rows(rule: Rule, occasion: Occasion, record: int, entry: Entry | None, due: timing.Due) -> Iterable[Planned]:
    state = "dropped" if due.reason else "awaiting" if rule.release == "hand" else "planned"
    resting = entry is not None and due.at == entry.at + timing.RECALL
    for said in rule.recipients:
        yield Planned(
            rule_id=rule.id, record_id=record, entry_id=entry.id if entry else None, occasion=occasion.key,
            recipient=_whom(said, entry), channel=rule.channel, template_id=occasion.template or said["template"],
            sort=occasion.sort, due_at=due.at, expires_at=due.ends, state=state, sender_id=rule.sender_id,
            reason=due.reason or ("resting" if resting and state == "planned" else ""),
            depth=int(entry.data.get("depth", 0)) if entry else 0,
        )


def _whom(said: dict, entry: Entry | None) -> str:
    """How the message names its recipient; somebody named in an event is found again through that event."""
    who = recipient_of(said)
    return f"event:{entry.data.get('event', '')}" if who == "event" and entry else who
