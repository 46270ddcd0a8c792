"""Many rules changed in one go: another template, another sender, another release, working hours or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import clock, journal
from core.db import transaction
from rules import versions
from rules.models import Rule, touch

TIMES = {"": None, "1": True, "0": False}


@dataclass(frozen=True)
class Wish:
    """What marked rules shall have from now on; None leaves it as each of them has it."""

    template: int | None = None
    release: str | None = None
    hours: bool | None = None
    sender: int | None = None  # 0 is the house's own address

    def __bool__(self) -> bool:
        return (self.template, self.release, self.hours, self.sender) != (None, None, None, None)


def read(form: Mapping[str, str], templates: Sequence[int], senders: Sequence[int]) -> Wish:
    """What a form wishes; what it does not offer is not wished."""
    template, sender = form.get("template", ""), form.get("sender", "")
    return Wish(
        template=next((key for key in templates if str(key) == template), None),
        release=form.get("release") if form.get("release") in ("auto", "hand") else None,
        hours=TIMES.get(form.get("hours", "")),
        sender=next((key for key in senders if str(key) == sender), None),
    )


def wished(rule: Rule, wish: Wish) -> Rule:
    """The rule as it would be, unsaved; of several recipients the customer gets the template."""
    new = Rule(**{name: rule.__data__[name] for name in Rule._meta.fields})
    new.kind = rule.kind
    if wish.template is not None:
        alone = len(rule.recipients) == 1
        new.recipients = [
            {**said, "template": wish.template} if alone or said["who"] == "customer" else said for said in rule.recipients
        ]
    new.release = rule.release if wish.release is None else wish.release
    new.hours = rule.hours if wish.hours is None else wish.hours
    new.sender_id = rule.sender_id if wish.sender is None else wish.sender or None
    return new


def save(rules: Sequence[Rule], wish: Wish, actor: str) -> list[Rule]:
    """Give rules what is wished, each as a version of its own; those that changed. What waits stays as it was planned."""
    changed = [new for rule in rules if not versions.same(new := wished(rule, wish), rule)]
    with transaction():
        versions.begin(changed)
        for rule in changed:
            told = dict(recipients=rule.recipients, release=rule.release, hours=rule.hours, sender_id=rule.sender_id)
            Rule.update(**told, updated_at=clock.now()).where(Rule.id == rule.id).execute()
        versions.keep(changed, "bulk", actor)
        touch()
        journal.record_many([journal.row("rule.changed", None, actor, rule=rule.id, how="bulk") for rule in changed])
    return changed
