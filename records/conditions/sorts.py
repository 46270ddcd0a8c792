"""The sorts of values that conditions compare: how a record's own is read, and how a wanted one is kept, read and shown."""

from collections.abc import Mapping
from typing import Any, Protocol

from core.i18n import gettext as _
from records import contacts
from records.conditions.days import Date, Moment
from records.conditions.numbers import Money, Number
from records.models import Record

LONGEST = 200
YES = {"true", "yes", "ja", "1", "on"}


class Sort(Protocol):
    """What conditions ask of a sort of value. A new one is a class here and a line in SORTS."""

    def actual(self, value: Any, record: Record) -> Any:
        """A record's own value, ready to be compared; None when there is none."""

    def wanted(self, kept: str) -> Any:
        """A kept value, ready to be compared with; raises Refused."""

    def keep(self, typed: str) -> str:
        """What a person typed, as it is kept for every reader; raises Refused."""

    def typed(self, kept: str) -> str:
        """A kept value as the reader would type it; raises Refused."""

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        """A kept value as it stands in a sentence, by its name where it has one; raises Refused."""


class Text:
    """Compared without regard to capitals and to spaces around it."""

    def actual(self, value: Any, record: Record) -> str | None:
        return str("" if value is None else value).strip().casefold() or None

    def wanted(self, kept: str) -> Any:
        return kept.strip().casefold()

    def keep(self, typed: str) -> str:
        return contacts.clean_text(typed, "value", LONGEST)

    def typed(self, kept: str) -> str:
        return kept

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        return _("“%(value)s”", value=names.get(kept.strip(), kept.strip()))


class YesNo(Text):
    """A box that is ticked or not; one that nobody has ever seen is neither."""

    def actual(self, value: Any, record: Record) -> Any:
        return None if value in (None, "") else str(value).strip().casefold() in YES


class Presence(Text):
    """Only whether there is something."""

    def actual(self, value: Any, record: Record) -> Any:
        return True if value else None


SORTS: dict[str, Sort] = {
    "text": Text(), "choice": Text(), "number": Number(), "money": Money(), "date": Date(), "moment": Moment(),
    "yesno": YesNo(), "payment": Presence(), "person": Presence(),
}
