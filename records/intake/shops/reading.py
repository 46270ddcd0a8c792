"""Reads what a shop sent one field at a time, so that a wrong one can be called by its name."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

LARGEST = Decimal(10) ** 12


class Unreadable(ValueError):
    """A payload says something that makes no sense; `field` is the dotted path to it."""

    def __init__(self, field: str, why: str):
        super().__init__(f"{field} {why}")
        self.field = field
        self.why = why


class Part:
    """One object of a payload, which knows where it stands. Null, empty and absent all read as None."""

    def __init__(self, data: Any, path: str = ""):
        if not isinstance(data, dict):
            raise Unreadable(path or "body", "must be an object")
        self.data = data
        self.path = path

    def text(self, key: str) -> str | None:
        """A text; whole numbers count as one, since shops write ids and numbers either way."""
        value = self.data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        raise self.unreadable(key, "must be a text")

    def amount(self, key: str) -> Decimal | None:
        """A number of any notation, exact: `"12.90"`, `12`, `12.9`."""
        value = self.data.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self.unreadable(key, "must be a number")
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            raise self.unreadable(key, "must be a number") from None
        if not amount.is_finite() or abs(amount) >= LARGEST:
            raise self.unreadable(key, "must be a number of at most twelve digits")
        return amount

    def moment(self, key: str, zone: tzinfo | None = None) -> str | None:
        """A point in time as ISO 8601; `zone` is the one the shop means when it names none."""
        text = self.text(key)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.unreadable(key, "must be a date and time in ISO 8601") from None
        if moment.tzinfo is None:
            if zone is None:
                raise self.unreadable(key, "must name its time zone")
            moment = moment.replace(tzinfo=zone)
        return moment.isoformat()

    def part(self, key: str) -> "Part":
        """The object under this key, an empty one when there is none."""
        value = self.data.get(key)
        return Part({} if value is None else value, self.at(key))

    def parts(self, key: str) -> Iterator["Part"]:
        """The objects of the list under this key."""
        value = self.data.get(key) or []
        if not isinstance(value, list):
            raise self.unreadable(key, "must be a list")
        for index, each in enumerate(value):
            yield Part(each, self.at(f"{key}.{index}"))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def unreadable(self, key: str, why: str) -> Unreadable:
        return Unreadable(self.at(key), why)
