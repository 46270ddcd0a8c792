"""What differs between two versions of a rule: aspect by aspect, and word by word in its sentence."""

from collections.abc import Callable
from dataclasses import dataclass

from markupsafe import Markup

from core import compared
from core.i18n import N_
from core.i18n import gettext as _
from rules import words
from rules.builder import form
from rules.models import Rule, templates_of
from rules.triggers import TRIGGERS
from rules.words import Names


@dataclass(frozen=True)
class Difference:
    """One aspect that is not what it was."""

    label: str
    old: str
    new: str


def between(old: Rule, new: Rule, said: Names) -> list[Difference]:
    """The aspects that differ, in the order of the sentence."""
    told = ((label, tell(old, said), tell(new, said)) for label, tell in ASPECTS.items())
    return [Difference(_(label), before, after) for label, before, after in told if before != after]


def marked(old: Rule, new: Rule, said: Names) -> Markup:
    """The new sentence, with the words that are gone in <del> and those that came in <ins>."""
    return compared.words(*(words.sentence(rule, said).striptags() for rule in (old, new)))


def _trigger(rule: Rule, said: Names) -> str:
    trigger = TRIGGERS.get(rule.trigger)
    if trigger is None:
        return words.GONE
    parts = (trigger.phrase(rule.kind, rule.options), trigger.moment(rule.kind, rule.options))
    return " ".join(part.striptags() for part in parts if part)


def _templates(rule: Rule, said: Names) -> str:
    own = [recipient["template"] for recipient in rule.recipients]
    keys = dict.fromkeys([*own, *sorted(templates_of(rule.recipients, rule.options) - set(own))])
    return ", ".join(said.templates.get(key, words.GONE) for key in keys)


ASPECTS: dict[str, Callable[[Rule, Names], str]] = {
    N_("Name"): lambda rule, said: rule.name,
    N_("Trigger"): _trigger,
    N_("Conditions"): lambda rule, said: words.provided(rule.conditions, rule.kind).striptags() or _("none"),
    N_("Delay"): lambda rule, said: words.delay(rule.delay).striptags(),
    N_("Working hours"): lambda rule, said: _("only in working hours") if rule.hours else _("at any time"),
    N_("Recipients"): lambda rule, said: ", ".join(words.who(one, rule.kind) for one in rule.recipients),
    N_("Channel"): lambda rule, said: {"email": _("e‑mail"), "sms": _("SMS")}.get(rule.channel, rule.channel),
    N_("Sender"): lambda rule, said: (
        said.senders.get(rule.sender_id, words.GONE) if rule.sender_id else _("The company’s own address")
    ),
    N_("Template"): _templates,
    N_("Locations"): words.where,
    N_("Profile"): lambda rule, said: said.profiles.get(rule.profile, rule.profile) or _("every one"),
    N_("Release"): lambda rule, said: dict(form.releases(rule.kind)).get(rule.release, rule.release),
    N_("Switched on"): lambda rule, said: _("yes") if rule.on else _("no"),
}
