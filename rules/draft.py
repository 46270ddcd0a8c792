"""A rule as it stands in the builder: what somebody has filled in so far, right or wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from core import i18n
from records.models import Kind
from rules import asking, words
from rules.models import Rule
from rules.triggers import TRIGGERS

MOST_RECIPIENTS = 6
NEW = "new"  # instead of a template's id: it is being written in the builder

RECIPIENT = ("who", "address", "template", "subject", "body")
STARTER = {  # what a new template begins with
    "de": {
        "subject": "{{ record.kind }} {{ record.number }}: {{ record.status }}",
        "body": "{{ greeting }}\n\n{{ record.sentence }}\n\n[Status ansehen]({{ link }})",
    },
    "en": {
        "subject": "{{ record.kind }} {{ record.number }}: {{ record.status }}",
        "body": "{{ greeting }}\n\n{{ record.sentence }}\n\n[See the status]({{ link }})",
    },
}

Form = MultiDict[str, str]


@dataclass
class Draft:
    """The words as typed. `delay` and `places` are None while their clause is closed; `problems`: field → sentence."""

    kind: Kind
    name: str = ""
    trigger: str = "created"
    options: dict[str, Any] = field(default_factory=dict)
    delay: str | None = None
    unit: str = "minutes"
    conditions: dict[str, Any] = field(default_factory=asking.blank)
    places: list[str] | None = None
    recipients: list[dict[str, str]] = field(default_factory=list)
    on: bool = True
    problems: dict[str, str] = field(default_factory=dict)


def blank(kind: Kind) -> Draft:
    """What an empty builder starts with: a new record, its customer."""
    return Draft(kind, recipients=[_recipient({"who": "customer"})])


def of(rule: Rule) -> Draft:
    """A saved rule, ready to be changed."""
    n, unit = words.span(rule.delay)
    return Draft(
        kind=rule.kind, name=rule.name, trigger=rule.trigger, options=dict(rule.options),
        delay=str(n) if rule.delay else None, unit=unit if rule.delay else "minutes",
        conditions=asking.of(rule.conditions, rule.kind),
        places=[str(place) for place in rule.locations] or None,
        recipients=[_recipient({**said, "template": str(said["template"])}) for said in rule.recipients], on=rule.on,
    )


def read(form: Form, kind: Kind) -> Draft:
    """What a posted form says; statuses of another kind are left out, everything else is kept as typed."""
    trigger = form.get("trigger", "created")
    return Draft(
        kind=kind, name=form.get("name", "").strip(), trigger=trigger, options=_options(form, trigger, kind),
        delay=form["delay"].strip() if "delay" in form else None, unit=form.get("unit", "minutes"),
        conditions=asking.read(form),
        places=[place for place in form.getlist("place") if place] if "place" in form else None,
        recipients=_many(form, MOST_RECIPIENTS, *RECIPIENT) or [_recipient({})],
        on=form.get("on") == "1",
    )


def reshape(draft: Draft, form: Form) -> Draft:
    """Open or close the clause whose button was pressed: `add` or `drop` names it, `recipient-2` by its place."""
    added = form.get("add", "")
    if added == "delay":
        draft.delay, draft.unit = "10", "minutes"
    elif added == "places":
        draft.places = []
    elif added == "recipient" and len(draft.recipients) < MOST_RECIPIENTS:
        taken = {said["who"] for said in draft.recipients}
        free = next((who for who in ("customer", "assignee", "manager") if who not in taken), "address")
        draft.recipients.append(_recipient({"who": free}))
    _drop(draft, form.get("drop", ""))
    asking.reshape(draft.conditions, added, form.get("drop", ""), draft.kind)
    for said in draft.recipients:
        if said["template"] == NEW and not said["subject"] and not said["body"]:
            said.update(STARTER.get(i18n.current(), STARTER["en"]))
    return draft


def _drop(draft: Draft, name: str) -> None:
    what, _dash, place = name.partition("-")
    if what == "delay":
        draft.delay = None
    elif what == "places":
        draft.places = None
    elif what == "recipient" and place.isdecimal():
        del draft.recipients[int(place):int(place) + 1]
    draft.recipients = draft.recipients or [_recipient({"who": "customer"})]


def _options(form: Form, trigger: str, kind: Kind) -> dict[str, Any]:
    known = {status["key"] for status in kind.statuses}
    said: dict[str, Any] = {}
    for option in TRIGGERS[trigger].options if trigger in TRIGGERS else ():
        if option.shape == "statuses":
            said[option.name] = [key for key in form.getlist(option.name) if key in known]
        else:
            said[option.name] = option.name in form
    return said


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
