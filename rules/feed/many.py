"""Many rules changed in one go: another template, channel, sender or release, working hours or none."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core import clock, journal
from core.db import transaction
from core.i18n import gettext as _
from emails.models import Template
from rules import versions
from rules.builder import checks
from rules.models import Rule, templates_of, touch

CHANNELS = ("email", "sms")
TIMES = {"": None, "1": True, "0": False}


@dataclass(frozen=True)
class Wish:
    """What marked rules shall have from now on; None leaves it as each of them has it."""

    template: int | None = None
    release: str | None = None
    hours: bool | None = None
    sender: int | None = None  # 0 is the house's own address
    channel: str | None = None

    def __bool__(self) -> bool:
        return self != Wish()


def read(form: Mapping[str, str], templates: Sequence[int], senders: Sequence[int]) -> Wish:
    """What a form wishes; what it does not offer is not wished. Another channel brings the only sender there is for it."""
    template, sender, channel = form.get("template", ""), form.get("sender", ""), channel_of(form)
    if channel == "sms" and sender not in map(str, senders) and len(senders) == 1:
        sender = str(senders[0])
    return Wish(
        channel=channel,
        template=next((key for key in templates if str(key) == template), None),
        release=form.get("release") if form.get("release") in ("auto", "hand") else None,
        hours=TIMES.get(form.get("hours", "")),
        sender=next((key for key in senders if str(key) == sender), None),
    )


def channel_of(form: Mapping[str, str]) -> str | None:
    """The channel a form wishes, None for that of each rule."""
    return form.get("channel") if form.get("channel") in CHANNELS else None


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
    new.channel = wish.channel or rule.channel
    kept = rule.sender_id if new.channel == rule.channel else None
    new.sender_id = kept if wish.sender is None else wish.sender or None
    return new


def hindrance(new: Rule, templates: Mapping[int, Template], channels: Mapping[int, str]) -> str:
    """Why a rule cannot become so, in a sentence; `templates` and the `channels` of senders by their numbers."""
    other = next((key for key in templates_of(new.recipients, new.options)
                  if key in templates and not templates[key].spoken(new.channel)), 0)
    fixed = any(said["who"] == "address" and ("@" in said["address"]) == (new.channel == "sms") for said in new.recipients)
    if other:
        return checks.unfit(templates[other], new.channel)
    if fixed:
        return _("It writes to a fixed address, which this channel does not reach: please change it by itself.")
    if new.sender_id and channels.get(new.sender_id, new.channel) != new.channel:
        return _("This sender does not send such messages.")
    alone = new.channel == "sms" and new.on and not new.sender_id
    return _("An SMS goes out through a gateway: please choose one.") if alone else ""


def save(rules: Sequence[Rule], wish: Wish, hindered: Callable[[Rule], str], actor: str) -> list[Rule]:
    """Give rules what is wished, each as a version of its own; those that changed. What waits stays as it was planned."""
    changed = [new for rule in rules if not versions.same(new := wished(rule, wish), rule) and not hindered(new)]
    with transaction():
        versions.begin(changed)
        for rule in changed:
            told = {name: getattr(rule, name) for name in ("recipients", "release", "hours", "channel", "sender_id")}
            Rule.update(**told, updated_at=clock.now()).where(Rule.id == rule.id).execute()
        versions.keep(changed, "bulk", actor)
        touch()
        journal.record_many([journal.row("rule.changed", None, actor, rule=rule.id, how="bulk") for rule in changed])
    return changed
