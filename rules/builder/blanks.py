"""What the builder offers for a condition: the fields by what they belong to, the operators that fit, the right input."""

from dataclasses import dataclass
from typing import Any

from core.i18n import N_
from core.i18n import gettext as _
from records import amounts, conditions
from records.conditions.words import labelled
from records.contacts import Refused
from records.models import Kind
from rules.builder import asking

Choices = list[tuple[str, str]]
MODES = {"number": "decimal", "money": "decimal"}
OWNERS = {"": N_("Record"), "contact": N_("Customer"), "location": N_("Location"), "fields": N_("Further details")}


@dataclass(frozen=True)
class Blank:
    """An input for a value; `shape`: choose, marks (several to tick), date, write (`choices` are suggested) or nothing."""

    shape: str
    choices: Choices
    values: list[str]
    mode: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Blanks:
    """The answers that the form's template asks for, for one kind of record."""

    kind: Kind
    most: int = asking.MOST

    def matches(self) -> Choices:
        return [("all", _("all")), ("any", _("at least one"))]

    def fields(self) -> list[tuple[str, Choices]]:
        """What can be asked about, by what it belongs to."""
        own = [f"{conditions.FURTHER}{one['key']}" for one in self.kind.fields]
        named = [(key, conditions.field(key, self.kind)) for key in [*conditions.FIELDS, *own]]
        said = [(_owner(key), key, asked.label if key in own else _(asked.label)) for key, asked in named]
        by_owner = {owner: [(key, label) for whose, key, label in said if whose == owner] for owner in OWNERS}
        return [(_(OWNERS[owner]), choices) for owner, choices in by_owner.items() if choices]

    def operators(self, key: str) -> Choices:
        """The comparisons that go with a field."""
        keys = asking.fitting(key, self.kind)
        asked = conditions.field(key, self.kind) if keys else None
        return [(name, labelled(name, asked, conditions.OPERATORS[name])) for name in keys] if asked else []

    def blank(self, said: dict[str, Any]) -> Blank:
        """The input for the value of a condition, with what was typed in it."""
        try:
            asked, compared = conditions.field(said["field"], self.kind), conditions.operator(said["operator"])
        except conditions.Unknown:
            return Blank("write", [], [said["value"]])
        choices = asked.choices(self.kind) if asked.choices and compared.wants in ("value", "many") else []
        ticked = [one.strip() for one in said["value"].split(",") if one.strip()]
        if not compared.wants:
            return Blank("", [], [])
        if compared.wants == "days":
            return Blank("write", [], [said["value"]], "numeric", _(compared.unit))
        if choices and asked.sort == "choice" and "choice" in compared.sorts:
            return Blank("marks" if compared.wants == "many" else "choose", *_with(choices, ticked, compared.wants))
        day = asked.sort in ("date", "moment") and _shows(said["value"])
        return Blank("date" if day else "write", choices, [said["value"]], MODES.get(asked.sort, ""))


def _owner(key: str) -> str:
    """What a field belongs to: `contact.name` to the contact, the location itself to the location."""
    owner = key.partition(".")[0]
    return owner if owner in OWNERS else ""


def _shows(text: str) -> bool:
    """Whether an input for dates can hold the text: it would drop what is none."""
    try:
        amounts.day(text, "value")
    except Refused:
        return False
    return True


def _with(choices: Choices, ticked: list[str], wants: str) -> tuple[Choices, list[str]]:
    """The choices, and what was said in them; something else that was typed before stays among them, lest it be lost."""
    values = ticked if wants == "many" else [", ".join(ticked)]
    return choices + [(value, value) for value in values if value and value not in dict(choices)], values
