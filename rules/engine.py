"""Turns Entries into planned messages, and says later whether a message is still wanted."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from peewee import fn

from core.journal import Entry, Write
from emails.models import Template
from outbox import plan
from outbox.models import Message
from outbox.plan import Planned
from records import conditions
from records.load import load
from records.models import Record
from rules import index
from rules.models import Rule, recipient_of
from rules.triggers import TRIGGERS

QUIET = {"silent", "late"}  # marks of an Entry that is recorded but never announced
GRACE = timedelta(days=7)  # a status message later than that is no news any more


def read(entries: Sequence[Entry]) -> Write:
    """Plan what the enabled rules say about these Entries; the function given back writes it."""
    rules = index.current()
    heard = [entry for entry in entries if rules.hears(entry) and not entry.data.keys() & QUIET]
    records = load({entry.record_id for entry in heard if entry.record_id}) if heard else {}
    rows: list[Planned] = []
    for entry in heard:
        record = records.get(entry.record_id)
        if record:
            listening = rules.listening(entry, record.location_id)
            rows += [row for rule in listening if _applies(rule, entry, record) for row in _planned(rule, entry, record)]
    return lambda: plan.plan_many(rows) if rows else None


def still_wanted(messages: Sequence[Message]) -> dict[int, str]:
    """Why not, by message id, for those whose rule would not send them any more; as few queries for fifty as for one."""
    mine = [message for message in messages if message.rule_id]
    rules = _rules({message.rule_id for message in mine})
    records = load({message.record_id for message in mine}) if mine else {}
    templates = _existing({message.template_id for message in mine})
    newest = _newest({message.record_id for message in mine})
    reasons = {}
    for message in mine:
        reason = _unwanted(rules.get(message.rule_id), records.get(message.record_id))
        if not reason and message.template_id not in templates:
            reason = "template_gone"
        if not reason and (message.entry_id or 0) < newest.get((message.rule_id, message.record_id, message.recipient), 0):
            reason = "superseded"
        if reason:
            reasons[message.id] = reason
    return reasons


def _applies(rule: Rule, entry: Entry, record: Record) -> bool:
    return (rule.since is None or entry.at >= rule.since) and conditions.holds(rule.conditions, record)


def _planned(rule: Rule, entry: Entry, record: Record) -> Iterable[Planned]:
    trigger = TRIGGERS[rule.trigger]
    due = entry.at + timedelta(minutes=rule.delay)
    for said in rule.recipients:
        yield Planned(
            rule_id=rule.id, record_id=record.id, entry_id=entry.id, occasion=trigger.occasion(entry),
            recipient=recipient_of(said), channel=rule.channel, template_id=said["template"],
            sort=trigger.sort(entry, record.kind), due_at=due, expires_at=due + GRACE,
        )


def _unwanted(rule: Rule | None, record: Record | None) -> str:
    if rule is None or record is None:
        return "rule_gone"
    if not rule.on or index.fault_of(rule):
        return "rule_off"
    if rule.kind_id != record.kind_id or not conditions.holds(rule.conditions, record):
        return "conditions"
    elsewhere = rule.locations and record.location_id not in rule.locations
    moved_on = rule.delay and not TRIGGERS[rule.trigger].holds(record, rule.options)
    return "conditions" if elsewhere or moved_on else ""


def _rules(ids: set[int]) -> dict[int, Rule]:
    enabled = index.current().rules
    missing = ids - enabled.keys()
    others = {rule.id: rule for rule in Rule.select().where(Rule.id.in_(missing))} if missing else {}
    return others | {key: enabled[key] for key in ids & enabled.keys()}


def _existing(templates: set[int]) -> set[int]:
    return {template.id for template in Template.select(Template.id).where(Template.id.in_(templates))} if templates else set()


def _newest(records: set[int]) -> dict[tuple[int, int, str], int]:
    """The newest Entry that made a message, by rule, record and recipient."""
    if not records:
        return {}
    rows = (
        Message.select(Message.rule_id, Message.record_id, Message.recipient, fn.MAX(Message.entry_id))
        .where(Message.record_id.in_(records), Message.rule_id.is_null(False))
        .group_by(Message.rule_id, Message.record_id, Message.recipient)
    )
    return {(rule, record, recipient): entry or 0 for rule, record, recipient, entry in rows.tuples()}
