"""Further fields, those that a kind adds: what each may hold by its type, how it is typed in, and how it is said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from records import amounts
from records.contacts import Refused
from records.models import Kind, Record

LONGEST = 500  # characters of a text that is typed in
NOTE = "note_to_customer"  # what staff write to the customer about the record, as its status page shows it
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
PREFIX = "fields."


class Type(Protocol):
    """What a field of a type may hold. A new one is a class here and a line in TYPES."""

    def check(self, value: Any, name: str) -> Any:
        """What another system says, as it is kept; raises Refused."""

    def read(self, text: str, name: str) -> Any:
        """What a person typed, as it is kept; None for nothing. Raises Refused."""

    def typed(self, value: Any) -> str:
        """A kept value as it stands in its input."""

    def said(self, value: Any) -> str:
        """A kept value in the reader's language."""


class Text:
    def check(self, value: Any, name: str) -> Any:
        return value

    def read(self, text: str, name: str) -> Any:
        return text[:LONGEST]

    def typed(self, value: Any) -> str:
        return str(value)

    def said(self, value: Any) -> str:
        return str(value)


class Number(Text):
    def check(self, value: Any, name: str) -> Any:
        """A number, or a text that is one, such as "4" or "129.90"."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        if not isinstance(value, str) or not DECIMAL.fullmatch(value):
            raise Refused(name, _("A number is expected here."))
        return _plain(Decimal(value))

    def read(self, text: str, name: str) -> Any:
        number = amounts.number(text, name)
        return None if number is None else _plain(number)

    def typed(self, value: Any) -> str:
        return amounts.typed(value) if isinstance(value, (int, float)) else str(value)

    said = typed


class Date(Text):
    def check(self, value: Any, name: str) -> Any:
        if not isinstance(value, str) or len(value) != 10:
            raise Refused(name, _("A date such as “2026-11-20” is expected here."))
        on = amounts.day(value, name)
        return on and on.isoformat()

    def read(self, text: str, name: str) -> Any:
        on = amounts.day(text, name)
        return on and on.isoformat()

    def said(self, value: Any) -> str:
        try:
            on = date.fromisoformat(str(value))
        except ValueError:
            return str(value)
        return i18n.date(datetime(on.year, on.month, on.day, tzinfo=UTC), UTC, "d. MMMM y")


class YesNo(Text):
    def check(self, value: Any, name: str) -> Any:
        if not isinstance(value, bool):
            raise Refused(name, _("true or false is expected here."))
        return value

    def read(self, text: str, name: str) -> Any:
        return bool(text)

    def typed(self, value: Any) -> str:
        return "1" if value is True else ""

    def said(self, value: Any) -> str:
        return {True: _("yes"), False: _("no")}.get(value, str(value))


TYPES: dict[str, Type] = {"text": Text(), "number": Number(), "date": Date(), "yesno": YesNo()}


#: What may be said of every record, whether or not its kind lists it.
STANDARD: tuple[dict[str, Any], ...] = (
    {"key": "invoice_expected", "label": N_("Invoice expected"), "type": "date"},
    {"key": "delivery_expected", "label": N_("Delivery expected"), "type": "date"},
    {"key": "delivery_latest", "label": N_("Delivery at the latest"), "type": "date"},
    {"key": NOTE, "label": N_("Message to the customer"), "type": "text"},
)


@dataclass(frozen=True)
class Input:
    """One field as a form shows it."""

    key: str
    label: str
    type: str

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.key}"


def type_of(kind: Kind, key: str) -> Type:
    """The type of a field; what neither the kind nor every record knows is text."""
    declared: dict[str, Any] = next((field for field in (*kind.fields, *STANDARD) if field["key"] == key), {})
    return TYPES.get(declared.get("type", ""), TYPES["text"])


def check(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field, each as its type keeps it; nothing may stand everywhere. Raises Refused at `fields.<key>`."""
    return {
        key: value if value in (None, "") else type_of(kind, key).check(value, f"{PREFIX}{key}")
        for key, value in values.items()
    }


def say(kind: Kind, key: str, value: Any) -> str:
    """A value in the reader's language; empty for nothing."""
    return "" if value in (None, "") else type_of(kind, key).said(value)


def told(record: Record) -> list[tuple[str, str]]:
    """A record's further fields with their labels, without the note; those nobody knows under their own names."""
    known = labels(record.kind)
    said = [(known.get(key, key), say(record.kind, key, value)) for key, value in record.fields.items() if key != NOTE]
    return [(label, text) for label, text in said if text]


def labels(kind: Kind) -> dict[str, str]:
    """What the further fields of a kind's records are called, by their keys."""
    said = [(field["key"], field["label"]) for field in STANDARD]
    return {key: _(words) for key, words in said} | {field["key"]: i18n.pick(field["labels"]) for field in kind.fields}


def inputs(kind: Kind) -> list[Input]:
    """The fields of a kind, for its form."""
    return [Input(one["key"], i18n.pick(one["labels"]), one.get("type", "text")) for one in kind.fields]


def shown(record: Record) -> dict[str, str]:
    """What stands in the inputs of a record."""
    return {
        f"{PREFIX}{key}": type_of(record.kind, key).typed(value) for key, value in record.fields.items() if value is not None
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
