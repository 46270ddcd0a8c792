"""A rule as it stands in the builder: what somebody has filled in so far, right or wrong."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from core import i18n
from emails.check import PARTS
from records.models import Kind
from rules import words
from rules.builder import asking, choosing, ladder
from rules.builder.choosing import Form
from rules.models import Rule
from rules.triggers import TRIGGERS

MOST_RECIPIENTS = 6
OPENED = {"delay": "10", "hours": True, "places": [], "profile": ""}  # what a clause begins with
CLOSED = {"delay": None, "hours": False, "places": None, "profile": None}
NEW = "new"  # instead of a template's id: it is being written in the builder

RECIPIENT = ("who", "address", "template", "subject", "body", "sms")
STARTER = {  # what a new template begins with
    "de": {
        "subject": "{{ record.kind }} {{ record.number }}: {{ record.status }}",
        "body": "{{ greeting }}\n\n{{ record.sentence }}\n\n[Status ansehen]({{ link }})",
        "sms": "{{ company.name }}: {{ record.kind }} {{ record.number }}, {{ record.status }}. {{ link }}",
    },
    "en": {
        "subject": "{{ record.kind }} {{ record.number }}: {{ record.status }}",
        "body": "{{ greeting }}\n\n{{ record.sentence }}\n\n[See the status]({{ link }})",
        "sms": "{{ company.name }}: {{ record.kind }} {{ record.number }}, {{ record.status }}. {{ link }}",
    },
}


@dataclass
class Draft:
    """The words as typed; `problems`: field → sentence.

    `delay`, `places` and `profile` are None while their clause is closed. `existing`: also for records there were before.
    """

    kind: Kind
    name: str = ""
    trigger: str = "created"
    options: dict[str, Any] = field(default_factory=dict)
    delay: str | None = None
    unit: str = "minutes"
    hours: bool = False
    conditions: dict[str, Any] = field(default_factory=asking.blank)
    places: list[str] | None = None
    profile: str | None = None
    recipients: list[dict[str, str]] = field(default_factory=list)
    channel: str = "email"
    sender: str = ""
    release: str = "auto"
    on: bool = True
    existing: bool = False
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """That of its trigger; event as long as nothing sensible is chosen."""
        return TRIGGERS[self.trigger].family if self.trigger in TRIGGERS else "event"


def blank(kind: Kind, trigger: str = "created") -> Draft:
    """What an empty builder starts with: a new record, its customer."""
    options = choosing.begin({}, trigger, kind)
    return Draft(kind, trigger=trigger, options=options, recipients=[_recipient({"who": "customer"})])


def of(rule: Rule) -> Draft:
    """A saved rule, ready to be changed."""
    n, unit = words.span(rule.delay)
    return Draft(
        kind=rule.kind, name=rule.name, trigger=rule.trigger, options=choosing.typed(rule.options, rule.trigger),
        delay=str(n) if rule.delay else None, unit=unit if rule.delay else "minutes", hours=rule.hours,
        conditions=asking.of(rule.conditions, rule.kind),
        places=[str(place) for place in rule.locations] or None, profile=rule.profile or None, release=rule.release,
        recipients=[_recipient({**said, "template": str(said["template"])}) for said in rule.recipients], on=rule.on,
        channel=rule.channel, sender=str(rule.sender_id or ""),
    )


def read(form: Form, kind: Kind) -> Draft:
    """What a posted form says; choices of another kind are left out, everything else is kept as typed."""
    trigger = form.get("trigger", "created")
    draft = Draft(
        kind=kind, name=form.get("name", "").strip(), trigger=trigger, options=choosing.read(form, trigger, kind),
        delay=form["delay"].strip() if "delay" in form else None, unit=form.get("unit", "minutes"), hours="hours" in form,
        conditions=asking.read(form),
        places=[place for place in form.getlist("place") if place] if "place" in form else None,
        profile=form.get("profile"), recipients=_many(form, MOST_RECIPIENTS, *RECIPIENT) or [_recipient({})],
        release="hand" if form.get("release") == "hand" else "auto", on=form.get("on") == "1", sender=form.get("sender", ""),
        existing="existing" in form, channel="sms" if form.get("channel") == "sms" else "email",
    )
    draft.delay = draft.delay if draft.family == "event" else None
    return draft


def reshape(draft: Draft, form: Form) -> Draft:
    """Open or close the clause whose button was pressed: `add` or `drop` names it, `recipient-2` by its place."""
    added = form.get("add", "")
    draft.options = choosing.begin(draft.options, draft.trigger, draft.kind)
    if added in OPENED:
        setattr(draft, added, copy(OPENED[added]))
    elif added == "step" and "steps" in draft.options:
        draft.options["steps"] = ladder.further(draft.options["steps"])
    elif added == "recipient" and len(draft.recipients) < MOST_RECIPIENTS:
        taken = {said["who"] for said in draft.recipients}
        free = next((who for who in ("customer", "assignee", "manager") if who not in taken), "address")
        draft.recipients.append(_recipient({"who": free}))
    _drop(draft, form.get("drop", ""))
    asking.reshape(draft.conditions, added, form.get("drop", ""), draft.kind)
    for said in draft.recipients:
        if said["template"] == NEW and not any(said[part] for part in written(draft)):
            said.update({part: STARTER.get(i18n.current(), STARTER["en"])[part] for part in written(draft)})
    return draft


def written(draft: Draft) -> tuple[str, ...]:
    """The parts of a new template that are written in the builder."""
    return PARTS[draft.channel]


def text(draft: Draft, said: Mapping[str, str]) -> dict[str, str]:
    """A new template's text as it is written in the builder."""
    return {"subject": "", "body": "", **{part: said[part] for part in written(draft)}}


def _drop(draft: Draft, name: str) -> None:
    what, _dash, place = name.partition("-")
    if what in CLOSED:
        setattr(draft, what, CLOSED[what])
    elif what == "step" and place.isdecimal() and len(draft.options.get("steps", ())) > 1:
        del draft.options["steps"][int(place):int(place) + 1]
    elif what == "recipient" and place.isdecimal():
        del draft.recipients[int(place):int(place) + 1]
    draft.recipients = draft.recipients or [_recipient({"who": "customer"})]


def _many(form: Form, most: int, *fields: str) -> list[dict[str, str]]:
    """Rows of numbered fields: `who-0`, `address-0`, `who-1` …"""
    rows = []
    for n in range(most):
        if f"{fields[0]}-{n}" not in form:
            break
        rows.append({name: form.get(f"{name}-{n}", "").strip() for name in fields})
    return rows


def _recipient(said: Mapping[str, str]) -> dict[str, str]:
    return {name: said.get(name, "") for name in RECIPIENT}
