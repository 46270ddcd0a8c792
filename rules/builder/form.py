"""Everything that the builder's form shows and offers to choose from."""

from typing import Any

from flask import url_for
from flask_login import current_user

from core.i18n import N_
from core.i18n import gettext as _
from outbox.senders import senders
from records import kinds, people, profiles
from records.models import Kind, Location
from records.wording import a
from rules import reach
from rules import words as saying
from rules.builder import asking, checks, choosing, draft, saving
from rules.builder.blanks import Blanks
from rules.builder.draft import Draft
from rules.models import Rule
from rules.triggers import TRIGGERS, steps

Choices = list[tuple[str, str]]

UNITS = {"minutes": (N_("minute"), N_("minutes")), "hours": (N_("hour"), N_("hours")), "days": (N_("day"), N_("days"))}
FAMILIES = {
    "event": N_("Something happens"), "reminder": N_("A time is near, or has passed"), "series": N_("Again and again"),
}
CHANNELS = {"email": N_("an e‑mail"), "sms": N_("an SMS")}
OPENINGS = {
    "event": N_("As soon as %(kind)s <span class=\"nowrap\">%(trigger)s,</span>"),
    "reminder": N_("If %(kind)s <span class=\"nowrap\">%(trigger)s,</span>"),
    "series": N_("Whenever %(kind)s <span class=\"nowrap\">%(trigger)s,</span>"),
}


def words(filled: Draft, rule: Rule | None, focus: str = "") -> dict[str, Any]:
    """What the form's template asks for; `focus` is the id of what the cursor goes to."""
    trigger = TRIGGERS.get(filled.trigger)
    return {
        "rule": rule, "draft": filled, "problems": filled.problems, "NEW": draft.NEW, "focus": focus,
        "here": url_for("rule.change", key=rule.id) if rule else url_for("rule.create"),
        "title": saying.title(saving.fill(Rule(), filled)) if trigger else "",
        "kinds": [(kind.key, a(kind)) for kind in kinds.everyone()],
        "opening": _(OPENINGS[filled.family]), "triggers": triggers(filled), "way": getattr(trigger, "way", 0),
        "options": [(option, choosing.choices(option, filled.kind)) for option in choosing.options(filled.trigger)],
        "units": [(unit, _(one), _(many)) for unit, (one, many) in UNITS.items()],
        "most_steps": steps.MOST, "most_recipients": draft.MOST_RECIPIENTS,
        "meanwhile": trigger and trigger.meanwhile,
        "asked": Blanks(filled.kind),
        "locations": [(str(location.id), location.name) for location in Location.select().order_by(Location.name)],
        "profiles": [(profile.key, profile.name) for profile in profiles.everyone()],
        "named": [saying.who(said, filled.kind) for said in filled.recipients],
        "who": readers(filled.trigger, filled.kind, filled.channel), "senders": through(filled.channel, filled.sender),
        "channels": [(key, _(said)) for key, said in CHANNELS.items()], "templates": texts(filled),
        "reach": reached(filled), "releases": releases(filled.kind), "release_button": release_button(filled.kind),
    }


def focus(filled: Draft, added: str, dropped: str) -> str:
    """The id of what the cursor goes to after a clause was opened, or closed: its first blank, or its button."""
    if dropped:
        return f"add-{dropped.partition('-')[0]}"
    last = {"step": ("step-n", filled.options.get("steps", ())), "recipient": ("who", filled.recipients)}
    if added in last:
        name, rows = last[added]
        return f"blank-{name}-{len(rows) - 1}"
    if added in ("delay", "profile"):
        return f"blank-{added}"
    if added.startswith("condition") or added == "group":
        return f"blank-field-{asking.newest(filled.conditions, added)}"
    return "blank-place" if added == "places" else ""


def triggers(filled: Draft) -> list[tuple[str, Choices]]:
    """The triggers by family."""
    return [
        (_(title), [(key, _(trigger.label)) for key, trigger in TRIGGERS.items() if trigger.family == family])
        for family, title in FAMILIES.items()
    ]


def readers(trigger: str, kind: Kind, channel: str) -> Choices:
    """Who can hear about it; somebody named in an event only where the kind has such events."""
    naming = trigger == "event" and kind.events
    roles = [(key, people.called(key, kind)) for key in people.ROLES if key != "event" or naming]
    return [*roles, ("address", _("a fixed number") if channel == "sms" else _("a fixed address"))]


def through(channel: str, chosen: str) -> Choices:
    """The senders of a channel that whoever looks may use, for mails the house's own address too; a chosen one stays."""
    found = {str(row.id): row.label for row in senders.usable(current_user.id, channel)}
    if chosen.isdecimal() and chosen not in found and checks.sends(int(chosen), channel):
        found |= {str(key): name for key, name in senders.names([int(chosen)]).items()}
    return [*found.items()] if channel == "sms" else [("", _("the company’s own address")), *found.items()]


def fit_sender(filled: Draft) -> None:
    """A sender of another channel gives way to the only gateway there is, or to the house's own address."""
    known = [key for key, _name in through(filled.channel, filled.sender)]
    if filled.sender not in known:
        filled.sender = known[0] if len(known) == 1 else ""


def texts(filled: Draft) -> Choices:
    """The templates that speak the channel; one that is chosen and does not stays, and says so."""
    chosen = {said["template"] for said in filled.recipients}
    found = [(str(one.id), one.name, bool(one.spoken(filled.channel))) for one in checks.templates_for(filled.kind)]
    lacking = _("%(name)s (no SMS)") if filled.channel == "sms" else _("%(name)s (no e‑mail)")
    return [(key, name if fits else lacking % {"name": name}) for key, name, fits in found if fits or key in chosen]


def reached(filled: Draft) -> int | None:
    """How many records a reminder could still write about; None for other rules."""
    return reach.count(saving.fill(Rule(), filled)) if filled.family == "reminder" else None


def release_button(kind: Kind) -> str:
    """What is pressed to let go out what awaits release."""
    return _("Send order status") if kind.key == "order" else _("Send status")


def releases(kind: Kind) -> Choices:
    """At once, or by hand."""
    return [("auto", _("by itself")), ("hand", _("only after “%(button)s”", button=release_button(kind)))]
