"""Whether a rule still wants the messages it has planned, asked once more in the moment they are due."""

from collections.abc import Mapping, Sequence

from peewee import fn

from core import clock
from core.journal import Entry
from core.rows import tuples
from outbox.hand import BY_HAND
from outbox.models import Message
from outbox.states import Hold, Later
from records.load import load
from records.models import Record
from rules import engine, index, kept, planning, timing
from rules.kept import KEPT
from rules.ladder import waiting
from rules.models import Rule
from rules.triggers import TRIGGERS, status_of


def still_wanted(messages: Sequence[Message]) -> Mapping[int, str | Later | Hold]:
    """By message id: why a rule would not send it any more, when it opens, or what it waits for; few queries for many."""
    mine = [(message.rule_id, message) for message in messages if message.rule_id]
    rules = _rules({key for key, message in mine})
    choosy = {message.record_id for key, message in mine if _depends(rules.get(key), message)}
    records = load(choosy) if choosy else {}
    newest = _newest({message.record_id for key, message in mine if _newest_only(rules.get(key))})
    answers: dict[int, str | Later | Hold] = {}
    for key, message in mine:
        rule, record = rules.get(key), records.get(message.record_id)
        newer = _newest_only(rule) and newest.get(_place(message), 0) > (message.entry_id or 0)
        answer = _unwanted(rule, record, message) or ("superseded" if newer else "") or _closed(rule, record, message)
        if answer:
            answers[message.id] = answer
    answers |= _outdone(messages, rules) | _clicked_on(messages, records)
    return {**answers, **waiting.holds([message for message in messages if message.id not in answers])}


def _unwanted(rule: Rule | None, record: Record | None, message: Message) -> str:
    if rule is None:
        return "rule_gone"
    if not rule.on or index.fault_of(rule):
        return "rule_off"
    if record is None:
        return ""
    reminder = TRIGGERS[rule.trigger].family == "reminder"
    if message.reason == KEPT and not kept.stands(message, record):
        return "moved" if ":" in message.occasion else "status_left"
    waited = reminder or ((rule.delay or rule.release == "hand") and message.reason != KEPT)
    if waited and not TRIGGERS[rule.trigger].holds(record, rule.options):
        return engine.why_gone(rule, record) if reminder else "status_left"
    if not planning.concerns(rule, record) or planning.failing(rule, record):
        return engine.why_gone(rule, record)
    return "" if message.reason == KEPT or _still_meant(rule, record, message) else "moved"


def _still_meant(rule: Rule, record: Record, message: Message) -> bool:
    """Whether a reminder's moment is still the one that its message was planned for."""
    trigger = TRIGGERS[rule.trigger]
    if trigger.family != "reminder":
        return True
    return message.occasion in {occasion.key for occasion in trigger.occasions(record, rule.options)}


def _closed(rule: Rule | None, record: Record | None, message: Message) -> Later | None:
    """When a message that may only go out in working hours has to wait for them; those a person hurried need not."""
    if rule is None or record is None or message.reason == BY_HAND:
        return None
    opens = timing.opens_later(rule.hours, record.location, clock.now())
    return Later(opens, "closed") if opens else None


def _outdone(messages: Sequence[Message], rules: Mapping[int, Rule]) -> dict[int, str]:
    """Of the steps of a ladder that are late together only the last one goes out."""
    late: dict[tuple, list[Message]] = {}
    for message in messages:
        rule = rules.get(message.rule_id or 0)
        if rule and rule.trigger in TRIGGERS and TRIGGERS[rule.trigger].family == "reminder":
            late.setdefault((*_place(message), message.occasion.partition("@")[2]), []).append(message)
    return {
        message.id: "superseded"
        for together in late.values()
        for message in sorted(together, key=lambda one: one.due_at)[:-1]
    }


def _clicked_on(messages: Sequence[Message], records: Mapping[int, Record]) -> dict[int, str]:
    """Of the messages that rested after a click, those whose status a later click has replaced."""
    resting = [message for message in messages if message.reason == "resting"]
    entries = Entry.select().where(Entry.id.in_([message.entry_id for message in resting])) if resting else ()
    led_to = {entry.id: status_of(entry) for entry in entries}
    now = {message.id: records[message.record_id].status for message in resting if message.record_id in records}
    return {m.id: "status_left" for m in resting if m.id in now and now[m.id] != led_to.get(m.entry_id)}


def _depends(rule: Rule | None, message: Message) -> bool:
    """Whether it takes the record to say if the rule still holds."""
    if rule is None or rule.trigger not in TRIGGERS:
        return False
    choosy = rule.conditions or rule.locations or rule.profile or rule.delay or rule.hours or rule.release == "hand"
    return bool(choosy or message.reason in ("resting", KEPT) or TRIGGERS[rule.trigger].family == "reminder")


def _newest_only(rule: Rule | None) -> bool:
    return bool(rule and rule.trigger in TRIGGERS and TRIGGERS[rule.trigger].newest)


def _rules(ids: set[int]) -> dict[int, Rule]:
    enabled = index.current().rules
    missing = ids - enabled.keys()
    others = {rule.id: rule for rule in Rule.select().where(Rule.id.in_(missing))} if missing else {}
    return others | {key: enabled[key] for key in ids & enabled.keys()}


def _place(message: Message) -> tuple[int, int, str]:
    return message.rule_id or 0, message.record_id, message.recipient


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
