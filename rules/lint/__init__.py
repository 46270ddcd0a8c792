"""What is wrong with a rule, in sentences for the people who write rules: what stops it, and what they should know (X8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from markupsafe import Markup, escape

from core.i18n import gettext as _
from records import conditions, named
from records.conditions.words import called
from rules import index, words
from rules.lint import letters, overlap
from rules.lint.house import House
from rules.models import Rule, templates_of
from rules.triggers import TRIGGERS, moments

NAMED = 2  # other rules that one rule's row names


@dataclass(frozen=True)
class Remark:
    """One sentence; `stops` when the rule sends nothing because of it, else it is only to be known."""

    sentence: Markup
    stops: bool = False


def of(rule: Rule, house: House) -> list[Remark]:
    """All there is to say about one rule, what stops it first; a rule still being written may have blanks."""
    faults = [_fault(rule)] if _fault(rule) else [*_starts(rule), *_never(rule)]
    stops = [*faults, *_gone(rule, house), *letters.unreadable(rule, house)]
    warns = [*_strange(rule), *_nobody(rule, house), *letters.foreign(rule, house), *letters.costly(rule, house)]
    warns += letters.advertising(rule, house)
    doubles = [] if stops else _doubles(rule, house)
    return [*(Remark(escape(one), True) for one in stops), *(Remark(escape(one)) for one in warns), *map(Remark, doubles)]


def everywhere(house: House) -> list[Remark]:
    """What is to be said about all rules at once."""
    company = house.company
    footed = any((company.get("footer") or {}).values()) or (company.get("street") and company.get("city"))
    if footed or company.get("imprint_url"):
        return []
    said = _("Your mails carry no legal notice yet; please complete your details under %(company)s.")
    link = Markup('<a href="/company">{}</a>').format(_("Company"))
    return [Remark(escape(said) % {"company": link})]


def _fault(rule: Rule) -> str:
    """Why it was, or is going to be, switched off by itself."""
    fault = rule.fault or index.fault_of(rule)
    name = fault.removeprefix("condition:fields.")
    if name != fault and name not in _own(rule):
        return _("A condition asks about the further field “%(name)s”, which no longer exists.", name=name)
    field = fault.removeprefix("condition:")
    if field != fault and not rule.fault and called(field, rule.kind):
        return _("The condition “%(name)s …” is not complete yet.", name=called(field, rule.kind))
    if fault == "gateway":
        said = _("It writes by SMS; please connect a gateway under %(senders)s, choose it here, and switch the rule on.")
        return escape(said) % {"senders": Markup('<a href="/senders">{}</a>').format(_("Senders"))}
    return words.fault(fault) if fault else ""


def _own(rule: Rule) -> set[str]:
    return {field["key"] for field in rule.kind.fields}


def _starts(rule: Rule) -> Iterator[str]:
    """What its trigger names and the kind does not have any more."""
    for option in TRIGGERS[rule.trigger].options:
        chosen = rule.options.get(option.name)
        if option.shape == "statuses" and chosen and not _known(rule).intersection(chosen):
            yield _("A status of this rule no longer exists.")
        elif option.shape == "moment" and chosen and chosen not in dict(moments.times(rule.kind)):
            yield _("The time that this rule counts from no longer exists.")
        elif option.shape == "field" and chosen and chosen not in dict(moments.changing(rule.kind)):
            yield _("The field that starts this rule no longer exists.")
        elif option.shape == "event" and chosen and chosen not in named.labels(rule.kind):
            yield _("The event that starts this rule no longer exists.")


def _known(rule: Rule) -> set[str]:
    return {status["key"] for status in rule.kind.statuses}


def _never(rule: Rule) -> Iterator[str]:
    if overlap.never(rule):
        yield _("This rule can never speak: its conditions contradict each other, or what starts it.")


def _gone(rule: Rule, house: House) -> Iterator[str]:
    if templates_of(rule.recipients, rule.options) - house.templates.keys() - {0}:
        yield _("A template of this rule no longer exists.")
    if any(place not in house.locations for place in rule.locations):
        yield _("A location of this rule no longer exists.")
    if rule.profile and rule.profile not in house.profiles:
        yield _("The profile of this rule no longer exists.")
    if rule.sender_id and rule.sender_id not in house.senders:
        yield _("The sender of this rule no longer exists; its messages are held.")
    elif rule.sender_id and not house.senders[rule.sender_id]:
        yield _("The sender of this rule is switched off; its messages are held.")


def _strange(rule: Rule) -> Iterator[str]:
    """Values that no longer exist, beside others that do."""
    chosen = rule.options.get("statuses") or ()
    if _known(rule).intersection(chosen) and not _known(rule).issuperset(chosen):
        yield _("A status of this rule no longer exists.")
    for said in conditions.leaves(rule.conditions):
        for value in conditions.strange(said, rule.kind):
            yield _("A condition of this rule names “%(value)s”, which no longer exists.", value=value)


def _nobody(rule: Rule, house: House) -> Iterator[str]:
    roles = {said["who"] for said in rule.recipients}
    if "assignee" in roles and not house.assigned(rule.kind_id):
        yield _("No recent record has an assignee, so nobody would get this message.")
    if "manager" in roles and not house.managed(rule.locations):
        yield _("No location of this rule has a manager, so nobody would get this message.")
    if "event" in roles and rule.trigger != "event":
        yield _("Only an event names a person to write to; this rule starts with something else.")


def _doubles(rule: Rule, house: House) -> list[Markup]:
    """Other rules that would write to the same person about the same thing, as links."""
    said = Markup(_("Somebody would get two messages about the same thing: the rule “%(rule)s” writes to them as well."))
    link = Markup('<a href="/rules/{}">{}</a>')
    return [said % {"rule": link.format(other.id, other.name)} for other in _others(rule, house)]


def _others(rule: Rule, house: House) -> list[Rule]:
    found: dict[int, Rule] = {}
    for reader, start in sorted(product(overlap.readers(rule), overlap.meets(rule) if rule.on else ()), key=str):
        for other in house.rules.get((rule.kind_id, reader, start), ()):
            if other.id not in {rule.id, *found} and overlap.both(rule, other):
                found[other.id] = other
            if len(found) == NAMED:
                return list(found.values())
    return list(found.values())
