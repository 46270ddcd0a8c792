"""Whether what a rule asks for can be true of any record, and whether two rules would write to somebody about the same."""

from collections.abc import Iterable
from typing import Any

from core import clock
from records import conditions
from records.models import Record
from rules.models import Rule, recipient_of
from rules.triggers import TRIGGERS, steps

Start = tuple[str, str | None]  # an event and the status it led to, or a trigger and its field

APART = 60  # minutes between two messages about the same that count as a first and a second word
OPPOSITES = (("paid", "unpaid"), ("given", "missing"), ("yes", "no"))
ANY = "*"
CHANGED = ("changed", None)  # heard by every trigger about a field; which field it means stands in its options


def never(rule: Rule) -> bool:
    """Whether the rule's conditions and what starts it can not be true together."""
    return _contradictory(_asked(rule)) or (_about_status(rule) and not _statuses(rule))


def both(one: Rule, other: Rule) -> bool:
    """Whether two rules of a kind, both on, would write to the same person about the same thing at about one time."""
    return (
        _meet(one.locations, other.locations)
        and _meet([one.profile] if one.profile else [], [other.profile] if other.profile else [])
        and one.channel == other.channel
        and abs(one.delay - other.delay) < APART
        and not readers(one).isdisjoint(readers(other))
        and _same_start(one, other)
        and not _contradictory(_asked(one) + _asked(other))
        and not _statuses(one).isdisjoint(_statuses(other))
    )


def starts(rule: Rule) -> set[Start]:
    """Under which starts a rule is to be found by the others."""
    trigger = TRIGGERS[rule.trigger]
    if trigger.family != "event":
        return {(rule.trigger, rule.options.get("field", ""))}
    heard = trigger.listens(rule.options)
    return {*heard, *((event, ANY) for event, status in heard)}


def meets(rule: Rule) -> set[Start]:
    """Under which starts a rule has to look for others that may begin with the same."""
    trigger = TRIGGERS[rule.trigger]
    if trigger.family != "event":
        return starts(rule)
    heard = trigger.listens(rule.options)
    return {start for event, led in heard for start in ([(event, led), (event, None)] if led else [(event, ANY)])}


def readers(rule: Rule) -> set[str]:
    """Whom it writes to, as messages name them."""
    return {recipient_of(said).casefold() for said in rule.recipients}


def _meet(some: list[Any], others: list[Any]) -> bool:
    """An empty list stands for everything."""
    return not some or not others or not set(some).isdisjoint(others)


def _same_start(one: Rule, other: Rule) -> bool:
    first, second = TRIGGERS[one.trigger], TRIGGERS[other.trigger]
    if first.family != second.family:
        return False
    if first.family == "series":
        same = one.conditions == other.conditions or one.recipients == other.recipients
        return same and any(_share(one, other, name) for name in ("weekdays", "days"))
    field = one.options.get("field") == other.options.get("field")
    if first.family == "reminder":
        return first is second and field and not _steps(one).isdisjoint(_steps(other))
    return any(
        event == heard and (status == led or None in (status, led)) and (field or (event, status) != CHANGED)
        for event, status in first.listens(one.options) for heard, led in second.listens(other.options)
    )


def _share(one: Rule, other: Rule, name: str) -> bool:
    return not set(one.options.get(name, ())).isdisjoint(other.options.get(name, ()))


def _steps(rule: Rule) -> set[str]:
    return {steps.key(step) for step in rule.options.get("steps", ())}


def _asked(rule: Rule) -> list[dict[str, Any]]:
    """All that must be true of a record: the single conditions, and that the time a reminder counts from is there."""
    group, field = rule.conditions, rule.options.get("field", "")
    single = group.get("match") == "all" or len(group.get("of", ())) == 1
    asked = [said for said in group.get("of", ()) if "of" not in said] if single else []
    if field in ("paid", "paid_at"):
        asked.append({"field": "paid", "operator": "paid"})
    if field and TRIGGERS[rule.trigger].family == "reminder":
        asked.append({"field": field, "operator": "given"})
    return asked


def _contradictory(asked: Iterable[dict[str, Any]]) -> bool:
    """Whether two of them speak of one field and exclude each other."""
    said: dict[str, set[str]] = {}
    only: dict[str, str] = {}
    for condition in asked:
        field, value = condition["field"], str(condition.get("value", "")).strip().casefold()
        said.setdefault(field, set()).add(condition["operator"])
        if condition["operator"] == "is" and only.setdefault(field, value) != value:
            return True
    return any({one, other} <= operators for operators in said.values() for one, other in OPPOSITES)


def _about_status(rule: Rule) -> bool:
    return any(said.get("field") == "status" for said in conditions.leaves(rule.conditions))


def _statuses(rule: Rule) -> set[str]:
    """The statuses in which a record can be when the rule speaks of it."""
    trigger, now, part = TRIGGERS[rule.trigger], clock.now(), _status_part(rule.conditions)
    found = set()
    for status in rule.kind.statuses:
        record = Record(kind=rule.kind, status=status["key"], closed_at=now if status.get("closed") else None)
        if trigger.holds(record, rule.options) and conditions.holds(part, record):
            found.add(status["key"])
    return found


def _status_part(group: dict[str, Any]) -> dict[str, Any]:
    """What the conditions demand of the status alone; nothing when other things may do instead."""
    parts = group.get("of", [])
    about = [part for part in parts if all(said.get("field") == "status" for said in conditions.leaves({"of": [part]}))]
    return {"match": group["match"], "of": about} if about and (group["match"] == "all" or about == parts) else {}
