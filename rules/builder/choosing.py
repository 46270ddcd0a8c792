"""What a trigger leaves to choose: read from the builder's form, kept as typed, checked, turned into what is stored."""

import re
from collections.abc import Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from core.i18n import gettext as _
from records import amounts, hours, named, wording
from records.contacts import Refused
from records.models import Kind
from rules.builder import ladder
from rules.triggers import TRIGGERS, Option, moments

Form = MultiDict[str, str]
Typed = dict[str, Any]

LAST = 31  # stands for the last day of any month
LAST_WORDS = {"last", "letzter", "letzte", "letzten"}
FILLING = {"and", "und"}
MARKS, CHOICES = ("statuses", "weekdays"), ("moment", "field", "event")
EMPTY: dict[str, Any] = {
    "statuses": [], "weekdays": [], "steps": [], "box": False,
    "moment": "", "field": "", "event": "", "days": "", "time": "",
}


def options(trigger: str) -> Sequence[Option]:
    return TRIGGERS[trigger].options if trigger in TRIGGERS else ()


def read(form: Form, trigger: str, kind: Kind) -> Typed:
    """What a form says; choices that another kind offers are left out, whatever was written stays as it is."""
    return {option.name: _read(form, option, kind) for option in options(trigger)}


def typed(kept: dict[str, Any], trigger: str) -> Typed:
    """A rule's options, ready to be changed."""
    said = dict(kept)
    for option in options(trigger):
        if option.shape == "steps":
            said[option.name] = ladder.typed(kept.get(option.name, []))
        elif option.shape == "days":
            said[option.name] = ", ".join(_("last") if day == LAST else str(day) for day in kept.get(option.name, ()))
        else:
            said[option.name] = kept.get(option.name, EMPTY[option.shape])
    return said


def stored(said: Typed, trigger: str) -> dict[str, Any]:
    """The options as triggers read them, without what makes no sense yet."""
    found = dict(said)
    for option in options(trigger):
        value = said.get(option.name, EMPTY[option.shape])
        if option.shape == "steps":
            value = ladder.stored(value)
        elif option.shape == "days":
            value = sorted({day for day in map(_day, _words(value)) if day})
        elif option.shape == "time":
            value = _clock(value)
        found[option.name] = value
    return found


def begin(said: Typed, trigger: str, kind: Kind) -> Typed:
    """The same with what most people want where nothing was chosen yet: the appointment, one day."""
    found = dict(said)
    for option in options(trigger):
        if option.shape == "steps" and not found.get(option.name):
            found[option.name] = [dict(ladder.FIRST)]
        elif option.shape == "moment" and not found.get(option.name):
            found[option.name] = choices(option, kind)[0][0]
    return found


def choices(option: Option, kind: Kind) -> list[tuple[str, str]]:
    """The keys and words to choose from."""
    if option.shape == "statuses":
        return wording.statuses(kind)
    if option.shape == "weekdays":
        return [(key, _(name)) for key, name in hours.DAYS.items()]
    if option.shape == "moment":
        return moments.times(kind)
    if option.shape == "field":
        return moments.changing(kind)
    return list(named.labels(kind).items())


def faults(said: Typed, trigger: str, kind: Kind, templates: set[str]) -> dict[str, str]:
    """What is wrong, by field: one sentence each; `templates` are the ids that a step may name."""
    found: dict[str, str] = {}
    for option in options(trigger):
        value = said.get(option.name)
        if option.shape in (*MARKS, *CHOICES) and value:
            found |= _strange(option, value, kind)
        elif option.shape == "steps":
            found |= ladder.faults(value or [], templates)
        elif option.shape == "days":
            found |= _wrong_days(option.name, value or "")
        elif option.shape == "time" and value and not _clock(value):
            found[option.name] = _("This is not a time of day.")
        if option.missing and not value and not _other_days(option, said):
            found[option.name] = _(option.missing)
    return found


def _read(form: Form, option: Option, kind: Kind) -> Any:
    if option.shape == "steps":
        return ladder.read(form)
    if option.shape == "box":
        return option.name in form
    known = {key for key, words in choices(option, kind)} if option.shape in (*MARKS, *CHOICES) else set()
    if option.shape in MARKS:
        return [key for key in form.getlist(option.name) if key in known]
    value = form.get(option.name, "").strip()
    return value if option.shape not in CHOICES or value in known else ""


def _strange(option: Option, value: Any, kind: Kind) -> dict[str, str]:
    """Of a kept rule: a choice that there is no longer."""
    known = {key for key, words in choices(option, kind)}
    return {} if known.issuperset([value] if isinstance(value, str) else value) else {option.name: _(option.missing)}


def _other_days(option: Option, said: Typed) -> bool:
    """Days of the week may be left out where days of the month are named."""
    return option.shape == "weekdays" and bool(said.get("days"))


def _wrong_days(name: str, text: str) -> dict[str, str]:
    if all(_day(word) for word in _words(text)):
        return {}
    return {name: _("Days from 1 to 31 belong here, or “last”, with commas between them.")}


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,;]+", text.casefold()) if word and word not in FILLING]


def _day(word: str) -> int:
    """“15.” → 15, “last” → 31; 0 for anything else."""
    bare = word.removesuffix(".")
    if bare in LAST_WORDS:
        return LAST
    return int(bare) if bare.isascii() and bare.isdecimal() and len(bare) < 3 and int(bare) <= LAST else 0


def _clock(text: str) -> str:
    """“09:00” as it is; nothing for what is no time of day."""
    try:
        at = amounts.hour(text, "at")
    except Refused:
        return ""
    return f"{at:%H:%M}" if at else ""
