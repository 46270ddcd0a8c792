"""Turns Entries into planned messages, and says later whether a message is still wanted."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from peewee import fn

from core.journal import Entry, Write
from core.rows import tuples
from outbox import plan
from outbox.models import Message
from outbox.plan import Planned
from records import conditions
from records.load import load
from records.models import Kind, Record
from rules import index
from rules.models import Rule, recipient_of
from rules.triggers import TRIGGERS

QUIET = {"silent", "late"}  # marks of an Entry that is recorded but never announced
GRACE = timedelta(days=7)  # a status message later than that is no news any more


def read(entries: Sequence[Entry]) -> Write:
    """Plan what the enabled rules say about these Entries; the function given back writes it."""
    rules = index.current()
    heard = [entry for entry in entries if rules.hears(entry) and not entry.data.keys() & QUIET]
    places = _places({entry.record_id for entry in heard if entry.record_id})
    started = [
        (entry, rule)
        for entry in heard if entry.record_id in places
        for rule in rules.listening(entry, places[entry.record_id])
        if rule.since is None or entry.at >= rule.since
    ]
    rows = _planned(started) if started else []
    return lambda: _write(rows)


def still_wanted(messages: Sequence[Message]) -> dict[int, str]:
    """Why not, by message id, for those whose rule would not send them any more; as few queries for fifty as for one."""
    mine = [(message.rule_id, message) for message in messages if message.rule_id]
    rules = _rules({key for key, message in mine})
    choosy = {message.record_id for key, message in mine if _depends(rules.get(key))}
    records = load(choosy) if choosy else {}
    newest = _newest({message.record_id for key, message in mine})
    reasons = {}
    for key, message in mine:
        newer = newest.get((key, message.record_id, message.recipient), 0) > (message.entry_id or 0)
        reason = _unwanted(rules.get(key), records.get(message.record_id)) or ("superseded" if newer else "")
        if reason:
            reasons[message.id] = reason
    return reasons


def _write(rows: list[Planned]) -> None:
    plan.plan_many(rows)


def _planned(started: Sequence[tuple[Entry, Rule]]) -> list[Planned]:
    """The messages of those rules whose conditions hold; records are loaded only where there are conditions."""
    choosy = {entry.record_id for entry, rule in started if rule.conditions and entry.record_id}
    records = load(choosy) if choosy else {}
    kinds = {kind.key: kind for kind in Kind.select().where(Kind.key.in_({rule.kind_id for entry, rule in started}))}
    return [
        row
        for entry, rule in started
        if not rule.conditions or conditions.holds(rule.conditions, records[entry.record_id or 0])
        for row in _rows(entry, rule, kinds[rule.kind_id])
    ]


def _rows(entry: Entry, rule: Rule, kind: Kind) -> Iterable[Planned]:
    trigger = TRIGGERS[rule.trigger]
    due = entry.at + timedelta(minutes=rule.delay)
    for said in rule.recipients:
        yield Planned(
            rule_id=rule.id, record_id=entry.record_id or 0, entry_id=entry.id, occasion=trigger.occasion(entry),
            recipient=recipient_of(said), channel=rule.channel, template_id=said["template"],
            sort=trigger.sort(entry, kind), due_at=due, expires_at=due + GRACE,
        )


def _places(records: set[int]) -> dict[int | None, int | None]:
    """The location of each of these records."""
    rows = Record.select(Record.id, Record.location).where(Record.id.in_(records)) if records else ()
    return {row.id: row.location_id for row in rows}


def _depends(rule: Rule | None) -> bool:
    """Whether it takes the record to say if the rule still holds."""
    return bool(rule and (rule.conditions or rule.locations or rule.delay))


def _unwanted(rule: Rule | None, record: Record | None) -> str:
    if rule is None:
        return "rule_gone"
    if not rule.on or index.fault_of(rule):
        return "rule_off"
    if record is None or _holds(rule, record):
        return ""
    return "conditions"


def _holds(rule: Rule, record: Record) -> bool:
    here = not rule.locations or record.location_id in rule.locations
    so = not rule.delay or TRIGGERS[rule.trigger].holds(record, rule.options)
    return here and so and rule.kind_id == record.kind_id and conditions.holds(rule.conditions, record)


def _rules(ids: set[int]) -> dict[int, Rule]:
    enabled = index.current().rules
    missing = ids - enabled.keys()
    others = {rule.id: rule for rule in Rule.select().where(Rule.id.in_(missing))} if missing else {}
    return others | {key: enabled[key] for key in ids & enabled.keys()}


def _newest(records: set[int]) -> dict[tuple[int, int, str], int]:
    """The newest Entry that made a message, by rule, record and recipient."""
    if not records:
        return {}
    rows = (
        Message.select(Message.rule_id, Message.record_id, Message.recipient, fn.MAX(Message.entry_id))
        .where(Message.record_id.in_(records), Message.rule_id.is_null(False))
        .group_by(Message.rule_id, Message.record_id, Message.recipient)
    )
    return {(rule or 0, record, recipient): entry or 0 for rule, record, recipient, entry in tuples(rows)}
