"""The steps of a reminder as rows of a form: “1 day before at 18:00”, each with a text of its own if need be."""

from typing import Any

from werkzeug.datastructures import MultiDict

from core.i18n import gettext as _
from records import amounts
from records.contacts import Refused
from rules.triggers import steps

Form = MultiDict[str, str]
Row = dict[str, str]  # n, unit, at, template: as typed

PARTS = ("n", "unit", "at", "template")
MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
FIRST = Row(n="1", unit="days", at="", template="")


def read(form: Form) -> list[Row]:
    """The rows of a form: `step-n-0`, `step-unit-0`, `step-at-0`, `step-template-0`, `step-n-1` …"""
    rows = []
    for place in range(steps.MOST):
        if f"step-n-{place}" not in form:
            break
        rows.append({part: form.get(f"step-{part}-{place}", "").strip() for part in PARTS})
    return rows


def typed(kept: list[dict[str, Any]]) -> list[Row]:
    """Steps as they are kept, ready to be changed."""
    return [
        Row(n=str(step["n"]), unit=step["unit"], at=step.get("at") or "", template=str(step.get("template") or ""))
        for step in kept
    ]


def stored(rows: list[Row]) -> list[dict[str, Any]]:
    """The rows as steps, without those that make no sense yet."""
    return [_step(row) for row in rows if not _fault(row)]


def further(rows: list[Row]) -> list[Row]:
    """One row more: the next of its sort, as long as there is room."""
    if len(rows) >= steps.MOST:
        return rows
    return [*rows, Row(FIRST, n="", unit=rows[-1]["unit"] if rows else FIRST["unit"])]


def faults(rows: list[Row], templates: set[str]) -> dict[str, str]:
    """What is wrong, by field; `templates` are the ids that a step may name."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for place, row in enumerate(rows):
        if fault := _fault(row):
            part, sentence = fault
            found[f"step-{part}-{place}"] = sentence
            continue
        key = steps.key(_step(row))
        if key in seen:
            found[f"step-n-{place}"] = _("This step is already there.")
        if row["template"] and row["template"] not in templates:
            found[f"step-template-{place}"] = _("Please choose a template.")
        seen.add(key)
    return found


def _fault(row: Row) -> tuple[str, str] | None:
    """The part of a row that cannot be understood, and why."""
    if row["unit"] not in MINUTES:
        return "unit", _("Please choose minutes, hours or days.")
    n = row["n"]
    if not n.isascii() or not n.isdecimal() or len(n) > 9:
        return "n", _("A whole number from 1 on belongs here.")
    days = row["unit"] == "days"
    if days and row["at"]:
        try:
            amounts.hour(row["at"], "at")
        except Refused as refusal:
            return "at", refusal.sentence
    if int(n) == 0 and not (days and row["at"]):
        return "n", _("For the same day choose days and say at which time; otherwise a whole number from 1 on belongs here.")
    if int(n) * MINUTES[row["unit"]] > steps.LONGEST * MINUTES["days"]:
        return "n", _("At most %(n)s days are possible.", n=steps.LONGEST)
    return None


def _step(row: Row) -> dict[str, Any]:
    at = amounts.hour(row["at"], "at") if row["unit"] == "days" else None
    template = int(row["template"]) if row["template"].isdecimal() else 0
    return {"n": int(row["n"]), "unit": row["unit"], "at": f"{at:%H:%M}" if at else "", "template": template}
