"""A rule in words: the sentence, what stands beside it, and what is wrong with it."""

from dataclasses import dataclass, field

from markupsafe import Markup, escape

from core.i18n import N_, ngettext
from core.i18n import gettext as _
from emails.models import Template
from outbox.models import Sender
from records import conditions, people
from records.conditions.words import clause
from records.conditions.words import condition as condition
from records.models import Kind, Location, Profile
from rules.models import Rule
from rules.triggers import TRIGGERS

UNITS = {"minutes": 1, "hours": 60, "days": 1440}
GONE = "…"
CHANNELS = {"email": N_("the e‑mail"), "sms": N_("the SMS")}  # as somebody receives it
PATTERNS = {
    "event": N_("%(opening)s, <b>%(who)s</b> receives %(what)s <b>%(template)s</b> %(delay)s"),
    "reminder": N_("%(opening)s, <b>%(who)s</b> receives %(moment)s %(what)s <b>%(template)s</b>"),
    "series": N_("%(opening)s <b>%(who)s</b> receives %(moment)s %(what)s <b>%(template)s</b>"),
}


@dataclass
class Names:
    """The names that sentences use, read once for many rules."""

    templates: dict[int, str] = field(default_factory=dict)
    locations: dict[int, str] = field(default_factory=dict)
    profiles: dict[str, str] = field(default_factory=dict)
    senders: dict[int, str] = field(default_factory=dict)


def names() -> Names:
    """All of them, in four queries."""
    return Names(
        templates={row.id: row.name for row in Template.select(Template.id, Template.name)},
        locations={row.id: row.name for row in Location.select(Location.id, Location.name)},
        profiles={row.key: row.name for row in Profile.select(Profile.key, Profile.name)},
        senders={row.id: row.label for row in Sender.select(Sender.id, Sender.label)},
    )


def sentence(rule: Rule, said: Names) -> Markup:
    """“As soon as an order is created, the customer receives the e-mail Order received at once.”, what was chosen in <b>."""
    trigger = TRIGGERS.get(rule.trigger)
    what = _(CHANNELS.get(rule.channel, GONE))
    told = [{**_told(recipient, said, rule.kind), "what": what} for recipient in rule.recipients]
    first, *others = told or [{"who": GONE, "template": GONE, "what": what}]
    opening = trigger.phrase(rule.kind, rule.options) if trigger else Markup("…")
    family = trigger.family if trigger else "event"
    moment = trigger.moment(rule.kind, rule.options) if trigger else Markup()
    text = Markup(_(PATTERNS[family])) % {"opening": opening, "moment": moment, "delay": delay(rule.delay), **first}
    for other in others:
        text += Markup(_(", and <b>%(who)s</b> %(what)s <b>%(template)s</b>")) % other
    return Markup(" ").join(part for part in (text + ".", provided(rule.conditions, rule.kind)) if part)


def about(rule: Rule, said: Names) -> list[str]:
    """What a reader should know beside the sentence, in a few words each."""
    facts, trigger = [where(rule, said)], TRIGGERS.get(rule.trigger)
    if rule.profile:
        facts.append(_("Profile “%(name)s”", name=said.profiles.get(rule.profile, rule.profile)))
    if rule.sender_id:
        name = said.senders.get(rule.sender_id, GONE)
        facts.append(_("through “%(name)s”", name=name) if rule.channel == "sms" else _("from “%(name)s”", name=name))
    if rule.hours:
        facts.append(_("only in working hours"))
    if rule.release == "hand":
        facts.append(_("after release by hand"))
    if rule.delay and trigger and trigger.meanwhile:
        facts.append(_(trigger.meanwhile))
    if len({recipient["template"] for recipient in rule.recipients}) > 1:
        facts.append(_("a text of its own for each"))
    return facts


def where(rule: Rule, said: Names) -> str:
    """“All locations”, “Only Kreuzberg, Potsdam”."""
    places = [said.locations.get(place, GONE) for place in rule.locations]
    return _("Only %(places)s", places=", ".join(places)) if places else _("All locations")


def fault(key: str) -> str:
    """Why a rule was switched off by itself, in a sentence."""
    what, _colon, name = key.partition(":")
    said = {
        "trigger": N_("Switched off: this version does not know the trigger “%(name)s”."),
        "condition": N_("Switched off: the condition on “%(name)s” cannot be understood."),
        "gateway": N_("It writes by SMS and has no gateway yet that sends them."),
    }
    return _(said[what], name=name) if what in said else key


def title(rule: Rule) -> str:
    """A short name for a rule that has none yet."""
    what = TRIGGERS[rule.trigger].title(rule.kind, rule.options)
    return f"{rule.kind.label()}: {what}" if what else rule.kind.label()


def who(recipient: dict, kind: Kind) -> str:
    """“the customer”, or the address."""
    return people.called(recipient["who"], kind) or recipient["address"] or GONE


def span(minutes: int) -> tuple[int, str]:
    """Minutes as the largest unit that fits: 120 → (2, "hours")."""
    unit = next(unit for unit in ("days", "hours", "minutes") if minutes % UNITS[unit] == 0)
    return minutes // UNITS[unit], unit


def provided(group: dict, kind: Kind) -> Markup:
    """“Only if the source is “webshop”.”; nothing where there are no conditions."""
    if not conditions.leaves(group):
        return Markup()
    return Markup(_("Only if %(conditions)s.")) % {"conditions": clause(group, kind)}


def _told(recipient: dict, said: Names, kind: Kind) -> dict[str, str]:
    return {"who": who(recipient, kind), "template": said.templates.get(recipient["template"], GONE)}


def delay(minutes: int) -> Markup:
    """“at once”, “after <b>3 hours</b>”."""
    if not minutes:
        return escape(_("at once"))
    n, unit = span(minutes)
    said = {
        "minutes": ngettext("%(n)s minute", "%(n)s minutes", n),
        "hours": ngettext("%(n)s hour", "%(n)s hours", n),
        "days": ngettext("%(n)s day", "%(n)s days", n),
    }
    return Markup(_("after <b>%(time)s</b>")) % {"time": said[unit]}
