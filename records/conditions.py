"""Conditions on records: which fields can be asked about, and how they are compared."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from core.i18n import N_
from core.i18n import gettext as _
from records.models import Record


@dataclass(frozen=True)
class Field:
    """Something a condition asks about; `kind` is text or amount and decides which operators fit."""

    label: str
    kind: str
    value: Callable[[Record], Any]


@dataclass(frozen=True)
class Operator:
    """One way to compare; `test(actual, wanted)` where `wanted` is the text an admin typed."""

    label: str
    kinds: tuple[str, ...]
    test: Callable[[Any, str], bool]
    needs_value: bool = True


def _text(value: Any) -> str:
    return str(value or "").strip().casefold()


def _amount(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None


def _compared(actual: Any, wanted: str, order: Callable[[Decimal, Decimal], bool]) -> bool:
    left, right = _amount(actual), _amount(wanted)
    return left is not None and right is not None and order(left, right)


FIELDS = {
    "status": Field(N_("the status"), "text", lambda record: record.status),
    "source": Field(N_("the source"), "text", lambda record: record.source),
    "profile": Field(N_("the profile"), "text", lambda record: record.profile),
    "total": Field(N_("the total"), "amount", lambda record: record.total),
    "paid": Field(N_("the payment"), "moment", lambda record: record.paid_at),
    "scheduled": Field(N_("the appointment"), "moment", lambda record: record.scheduled_at),
    "language": Field(N_("the customer’s language"), "text", lambda record: record.contact and record.contact.language),
}

OPERATORS = {
    "is": Operator(N_("is"), ("text",), lambda actual, wanted: _text(actual) == _text(wanted)),
    "is_not": Operator(N_("is not"), ("text",), lambda actual, wanted: _text(actual) != _text(wanted)),
    "one_of": Operator(
        N_("is one of"), ("text",), lambda actual, wanted: _text(actual) in [_text(word) for word in wanted.split(",")]
    ),
    "contains": Operator(N_("contains"), ("text",), lambda actual, wanted: _text(wanted) in _text(actual)),
    "at_least": Operator(N_("is at least"), ("amount",), lambda actual, wanted: _compared(actual, wanted, Decimal.__ge__)),
    "at_most": Operator(N_("is at most"), ("amount",), lambda actual, wanted: _compared(actual, wanted, Decimal.__le__)),
    "given": Operator(N_("is there"), ("text", "amount", "moment"), lambda actual, wanted: bool(_text(actual)), False),
    "missing": Operator(N_("is missing"), ("text", "amount", "moment"), lambda actual, wanted: not _text(actual), False),
}


class Unknown(ValueError):
    """A field or operator that this version does not know."""


def field(key: str) -> Field:
    """The field of that key, `fields.<name>` for a record's further ones; raises Unknown."""
    if key.startswith("fields."):
        name = key.removeprefix("fields.")
        return Field(name, "text", lambda record: record.fields.get(name))
    if key not in FIELDS:
        raise Unknown(key)
    return FIELDS[key]


def operator(key: str) -> Operator:
    """The operator of that key; raises Unknown."""
    if key not in OPERATORS:
        raise Unknown(key)
    return OPERATORS[key]


def holds(conditions: list[dict[str, str]], record: Record) -> bool:
    """Whether all of [{"field", "operator", "value"}] are true of the record; raises Unknown."""
    return all(
        operator(condition["operator"]).test(field(condition["field"]).value(record), condition.get("value", ""))
        for condition in conditions
    )


def check(condition: dict[str, str]) -> str:
    """A sentence on what is wrong with a condition, or nothing."""
    try:
        asked, compared = field(condition["field"]), operator(condition["operator"])
    except (Unknown, KeyError):
        return _("This condition is not known here.")
    if asked.kind not in compared.kinds:
        return _("These two do not go together.")
    if compared.needs_value and not condition.get("value", "").strip():
        return _("A value is missing.")
    if asked.kind == "amount" and compared.needs_value and _amount(condition["value"]) is None:
        return _("This is not an amount.")
    return ""

