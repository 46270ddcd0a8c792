"""What is wrong with a condition, and the way of its value from a form and back."""

from typing import Any

from core.i18n import gettext as _
from records.conditions.fields import FORMER, Field, Unknown, field
from records.conditions.groups import Condition, leaves
from records.conditions.operators import Operator, operator, reader
from records.contacts import Refused
from records.models import Kind

DEEPEST = 2


def check(condition: Condition, kind: Kind | None = None) -> str:
    """A sentence on what is wrong with a kept condition, or nothing; without a kind its further fields are believed."""
    try:
        asked, compared = _parts(condition, kind)
        if asked.sort and compared.wants:
            reader(compared, asked.sort).wanted(str(condition["value"]))
    except Refused as refusal:
        return refusal.sentence
    return ""


def keep(condition: Condition, kind: Kind) -> Condition:
    """A condition as it is kept, made of one whose value a person typed; raises Refused."""
    asked, compared = _parts(condition, kind)
    value = reader(compared, asked.sort).keep(condition["value"]) if compared.wants else ""
    return {"field": FORMER.get(condition["field"], condition["field"]), "operator": condition["operator"], "value": value}


def typed(condition: Condition, kind: Kind) -> Condition:
    """A kept condition with its value as the reader would type it; one that cannot be understood stays as it is."""
    named = {**condition, "field": FORMER.get(condition["field"], condition["field"])}
    try:
        asked, compared = _parts(condition, kind)
        return {**named, "value": reader(compared, asked.sort).typed(condition["value"]) if compared.wants else ""}
    except Refused:
        return named


def fault(group: Any, kind: Kind | None = None) -> str:
    """Which field of a group, or which part of it, cannot be understood; empty when all can."""
    wrong = _shape(group)
    return wrong or next((str(one.get("field") or "?") for one in leaves(group) if check(one, kind)), "")


def strange(condition: Condition, kind: Kind) -> list[str]:
    """The values of a condition that are none of those there are to choose from."""
    try:
        asked, compared = _parts(condition, kind)
    except Refused:
        return []
    choices = asked.choices(kind) if asked.choices and asked.sort == "choice" and "choice" in compared.sorts else []
    known = {value.casefold() for value, label in choices}
    values = [one.strip() for one in str(condition.get("value", "")).split(",")] if known and compared.wants else []
    return [value for value in values if value.casefold() not in known]


def _shape(said: Any, depth: int = 0) -> str:
    """What is wrong with the build of a group, a word or two."""
    if not isinstance(said, dict):
        return "?"
    if not said or ("field" in said and depth):
        return ""
    if said.get("match") not in ("all", "any") or not isinstance(said.get("of"), list) or depth >= DEEPEST:
        return str(said.get("match") or "?")
    return next((wrong for one in said["of"] if (wrong := _shape(one, depth + 1))), "")


def _parts(condition: Condition, kind: Kind | None) -> tuple[Field, Operator]:
    """Field and operator of a condition that makes sense so far; raises Refused."""
    try:
        asked, compared = field(str(condition.get("field")), kind), operator(str(condition.get("operator")))
    except Unknown as unknown:
        raise Refused("field", _("This condition is not known here.")) from unknown
    if not compared.goes_with(asked.sort):
        raise Refused("operator", _("These two do not go together."))
    if compared.wants and not str(condition.get("value") or "").strip(" ,"):
        raise Refused("value", _("A value is missing."))
    return asked, compared
