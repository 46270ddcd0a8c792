"""Saving, switching and deleting rules; each leaves an Entry and a version, and tells the index."""

from collections.abc import Sequence

from core import clock, journal
from core.db import transaction
from emails import drafts
from emails.models import Template
from outbox import plan
from rules import index, versions, waits, words
from rules.builder import asking, choosing
from rules.builder.draft import NEW, Draft, text
from rules.models import Job, Rule, RuleVersion, touch


def fill(rule: Rule, draft: Draft) -> Rule:
    """Put a draft's words into a rule, as far as they make sense; templates still being written have id 0."""
    rule.name, rule.kind, rule.on = draft.name, draft.kind, draft.on
    rule.trigger, rule.options = draft.trigger, choosing.stored(draft.options, draft.trigger)
    rule.conditions = asking.kept(draft.conditions, draft.kind)
    rule.hours, rule.profile, rule.release = draft.hours, draft.profile or "", draft.release
    rule.channel, rule.sender_id = draft.channel, _whole(draft.sender) or None
    rule.delay = _whole(draft.delay) * words.UNITS.get(draft.unit, 1)
    rule.locations = [_whole(place) for place in draft.places or ()]
    rule.recipients = [
        {"who": said["who"], "address": said["address"], "template": _whole(said["template"])} for said in draft.recipients
    ]
    return rule


def save(draft: Draft, rule: Rule | None, actor: str, waiting: str = "") -> tuple[Rule, Job | None]:
    """Make or change a rule, and the templates written with it; `draft` is checked, `waiting` one of `waits.CHOICES`.

    A rule that is switched on, or starts with something else than before, never reaches back unless the draft says so;
    where that, or planning anew what waits, takes longer, a job does it.
    """
    now = clock.now()
    with transaction():
        fresh, rule = rule is None, rule or Rule(created_at=now)
        versions.begin([] if fresh else [rule])
        before = _start(rule)
        fill(rule, draft)
        rule.name = rule.name or words.title(rule)
        for said, recipient in zip(draft.recipients, rule.recipients, strict=True):
            if said["template"] == NEW:
                recipient["template"] = _write(rule, said, text(draft, said), actor)
        _store(rule, before, "created" if fresh else "edited", actor)
        moved = not fresh and rule.kind_id != before[1]
        return rule, waits.settle(rule, "discard" if moved else waiting, draft.existing, actor)


def restore(kept: RuleVersion, rule: Rule, actor: str) -> None:
    """Put an older version back as a new one, and plan anew what waits; the rule stays switched on or off as it is."""
    with transaction():
        versions.begin([rule])
        before = _start(rule)
        versions.fill(rule, kept)
        _store(rule, before, f"restored:{kept.version}", actor)
        waits.settle(rule, "replan" if rule.kind_id == before[1] else "discard", False, actor)


def bring_back(kept: RuleVersion, actor: str) -> Rule:
    """Bring a deleted rule back under its old number, switched off."""
    with transaction():
        rule = Rule.get_or_none(Rule.id == kept.rule_id)
        if rule is None:
            rule = versions.rule_of(kept)
            rule.on, rule.version = False, kept.version + 1
            rule.created_at = rule.updated_at = rule.since = clock.now()
            rule.save(force_insert=True)
            versions.keep([rule], "returned", actor)
            journal.record("rule.changed", None, actor, rule=rule.id, how="returned")
    return rule


def switch(rules: Sequence[Rule], on: bool, actor: str) -> list[Rule]:
    """Switch rules on or off; those given back cannot be switched on as they are. One switched on never reaches back."""
    faulty = [rule for rule in rules if on and index.fault_of(rule)]
    meant = [rule for rule in rules if rule.on != on and rule not in faulty]
    new = {"on": on, "fault": "", "updated_at": clock.now(), **({"since": clock.now()} if on else {})}
    with transaction():
        versions.begin(meant)
        Rule.update(**new).where(Rule.id.in_([rule.id for rule in meant])).execute()
        versions.keep(meant, "switched", actor)
        touch()
        journal.record_many([journal.row("rule.changed", None, actor, rule=rule.id, on=on) for rule in meant])
    for rule in meant:
        rule.on, rule.fault = on, ""
    return faulty


def delete(rules: Sequence[Rule], actor: str) -> None:
    """Delete rules and drop what they had waiting."""
    with transaction():
        versions.begin(rules)
        versions.keep(rules, "deleted", actor)
        for rule in rules:
            plan.discard(rule.id, "rule_gone", actor)
        Rule.delete().where(Rule.id.in_([rule.id for rule in rules])).execute()
        journal.record_many([journal.row("rule.changed", None, actor, rule=rule.id, how="deleted") for rule in rules])
        touch()


def _store(rule: Rule, before: tuple[object, ...], how: str, actor: str) -> None:
    """Save a rule as a version of its own; one that starts otherwise than before never reaches back."""
    now = clock.now()
    if _start(rule) != before:
        rule.since = now
    rule.fault, rule.updated_at = "", now
    rule.save()
    versions.keep([rule], how, actor)
    journal.record("rule.changed", None, actor, rule=rule.id, how=how.partition(":")[0])


def _start(rule: Rule) -> tuple[object, ...]:
    return rule.on, rule.kind_id, rule.trigger, rule.options


def _whole(text: str | None) -> int:
    """The number, 0 where there is none."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _write(rule: Rule, said: dict[str, str], written: dict[str, str], actor: str) -> int:
    name = rule.name if len(rule.recipients) == 1 else f"{rule.name}, {words.who(said, rule.kind)}"
    template = Template()
    drafts.save(drafts.Draft(name, rule.kind, {drafts.must(): written}), template, actor)
    return template.id
