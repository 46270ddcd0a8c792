"""Reads what a shop sent one field at a time, so that a wrong one can be called by its name."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from core.i18n import gettext as _
from records.contacts import Refused

LARGEST = Decimal(10) ** 12


class Part:
    """One object of a payload, which knows where it stands. Null, empty and absent all read as None.

    What is of the wrong kind raises Refused with the dotted path to it.
    """

    def __init__(self, data: Any, path: str = ""):
        if not isinstance(data, dict):
            raise Refused(path or "body", _("An object is expected here."))
        self.data = data
        self.path = path

    def text(self, key: str) -> str | None:
        """A text; whole numbers count as one, since shops write ids and numbers either way."""
        value = self.data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        raise self.refused(key, _("A text is expected here."))

    def amount(self, key: str) -> Decimal | None:
        """A number of any notation, exact: `"12.90"`, `12`, `12.9`."""
        value = self.data.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self.refused(key, _("A number is expected here."))
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            raise self.refused(key, _("A number is expected here.")) from None
        if not amount.is_finite() or abs(amount) >= LARGEST:
            raise self.refused(key, _("A number of at most 12 digits is expected here."))
        return amount

    def moment(self, key: str, zone: tzinfo | None = None) -> str | None:
        """A point in time as ISO 8601; `zone` is the one the shop means when it names none."""
        text = self.text(key)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise self.refused(key, _("A time in ISO 8601 is expected here.")) from None
        if moment.tzinfo is None:
            if zone is None:
                raise self.refused(key, _("This time needs its zone."))
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
            raise self.refused(key, _("A list is expected here."))
        for index, each in enumerate(value):
            yield Part(each, self.at(f"{key}.{index}"))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def refused(self, key: str, sentence: str) -> Refused:
        """What to raise when the field under this key makes no sense."""
        return Refused(self.at(key), sentence)
