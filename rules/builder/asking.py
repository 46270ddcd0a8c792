"""The conditions of a draft: from the form and back, opened and closed, and what is wrong with them.

A draft's group has the shape of a kept one, its values as they were typed. A condition's place is `2`, or `2-0` inside the
group at 2; its inputs are called `field-2-0`, `operator-2-0`, `value-2-0`, a group's `match-2`, the whole's `match`.
"""

from collections.abc import Iterator
from typing import Any

from werkzeug.datastructures import MultiDict

from core.i18n import gettext as _
from records import conditions
from records.conditions import Condition, Group
from records.contacts import Refused
from records.models import Kind

MOST = 10  # conditions and groups side by side
PARTS = ("field", "operator", "value")
OTHER = {"all": "any", "any": "all"}

Form = MultiDict[str, str]


def blank() -> Group:
    """No conditions yet."""
    return {"match": "all", "of": []}


def of(group: Group, kind: Kind) -> Group:
    """A kept group, ready to be changed."""
    return {"match": group.get("match", "all"), "of": [
        of(one, kind) if "of" in one else conditions.typed(one, kind) for one in group.get("of", ())
    ]}


def read(form: Form) -> Group:
    """What a posted form says."""
    return {"match": _match(form, "match"), "of": _items(form, "")}


def kept(group: Group, kind: Kind) -> Group:
    """A draft's group as rules keep it, {} without conditions; a value that cannot be understood stays as it was typed."""
    parts = [kept(one, kind) if "of" in one else _kept(one, kind) for one in group["of"]]
    parts = [one for one in parts if one]
    return {"match": group["match"], "of": parts} if parts else {}


def check(group: Group, kind: Kind) -> dict[str, str]:
    """A sentence for each condition with which something is wrong, by `condition-<place>`."""
    found = {f"condition-{place}": _wrong(said, kind) for place, said in places(group)}
    return {name: sentence for name, sentence in found.items() if sentence}


def places(group: Group, before: str = "") -> Iterator[tuple[str, Condition]]:
    """Every condition with its place."""
    for n, one in enumerate(group["of"]):
        if "of" in one:
            yield from places(one, f"{before}{n}-")
        else:
            yield f"{before}{n}", one


def reshape(group: Group, added: str, dropped: str, kind: Kind) -> None:
    """Do what a button asks for: add `condition`, `condition-2` (into that group) or `group`; drop `condition-2-0`."""
    what, _dash, place = added.partition("-")
    into = _group_at(group, place) if what == "condition" else group
    if what == "condition" and into and len(into["of"]) < MOST:
        into["of"].append(_fresh())
    elif what == "group" and len(group["of"]) < MOST:
        group["of"].append({"match": OTHER[group["match"]], "of": [_fresh(), _fresh()]})
    if dropped.startswith("condition-"):
        _drop(group, dropped.removeprefix("condition-"))
    for _place, said in places(group):
        _fit(said, kind)


def newest(group: Group, added: str) -> str:
    """The place of the condition that was just added, of a group's its first."""
    outer = added.partition("-")[2]
    inside = _group_at(group, outer)
    last = len(inside["of"] if inside else group["of"]) - 1
    return f"{outer}-{last}" if outer else f"{last}-0" if added == "group" else str(last)


def fitting(key: str, kind: Kind) -> list[str]:
    """The operators that go with a field; none for a field there is not."""
    try:
        sort = conditions.field(key, kind).sort
    except conditions.Unknown:
        return []
    return [name for name, operator in conditions.OPERATORS.items() if sort in operator.sorts]


def _fresh() -> Condition:
    return {"field": "source", "operator": "is", "value": ""}


def _match(form: Form, name: str) -> str:
    said = form.get(name, "all")
    return said if said in OTHER else "all"


def _items(form: Form, before: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for n in range(MOST):
        place = f"{before}{n}"
        if f"field-{place}" in form:
            items.append({part: ",".join(form.getlist(f"{part}-{place}")).strip() for part in PARTS})
        elif f"match-{place}" in form and not before:
            items.append({"match": _match(form, f"match-{place}"), "of": _items(form, f"{place}-")})
        else:
            break
    return items


def _kept(said: Condition, kind: Kind) -> Condition:
    try:
        return conditions.keep(said, kind)
    except Refused:
        return dict(said)


def _wrong(said: Condition, kind: Kind) -> str:
    try:
        meant = conditions.keep(said, kind)
    except Refused as refusal:
        return refusal.sentence
    return _("Please choose one of the list.") if conditions.strange(meant, kind) else ""


def _group_at(group: Group, place: str) -> Group | None:
    """The group at a place, the whole for none."""
    if not place:
        return group
    found = group["of"][int(place)] if place.isdecimal() and int(place) < len(group["of"]) else {}
    return found if "of" in found else None


def _drop(group: Group, place: str) -> None:
    """Take out what stands at a place, and a group with its last condition."""
    outer, _dash, inner = place.partition("-")
    inside = _group_at(group, outer) if inner else None
    if inside and inner.isdecimal():
        del inside["of"][int(inner):int(inner) + 1]
    if outer.isdecimal() and not (inside and inside["of"]):
        del group["of"][int(outer):int(outer) + 1]


def _fit(said: Condition, kind: Kind) -> None:
    """A field that was just chosen may not go with the operator of the one before."""
    keys = fitting(said["field"], kind)
    if keys and said["operator"] not in keys:
        said["operator"] = keys[0]
