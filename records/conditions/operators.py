"""How conditions compare: each operator says with which sorts of value it goes, what it wants to know, and how it reads."""

import operator as compare
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.i18n import N_, ngettext
from core.i18n import gettext as _
from records.conditions.fields import Unknown
from records.conditions.sorts import SORTS, Sort, Text
from records.contacts import Refused

MOST_DAYS = 3650


@dataclass(frozen=True)
class Operator:
    """One way to compare; `test(actual, wanted)` is only asked when the record has a value, else `empty` is the answer.

    `label` stands in the builder between field and value, `unit` after the value; `phrase` is the whole condition as it
    stands after “only if”. `wants`: value, many (several with commas between), days (how many), or nothing.
    """

    label: str
    phrase: str
    sorts: tuple[str, ...]
    test: Callable[[Any, Any], bool]
    wants: str = "value"
    empty: bool = False
    unit: str = ""

    def goes_with(self, sort: str) -> bool:
        """Whether values of that sort can be compared so; what can be chosen from a list is still a text."""
        return not sort or sort in self.sorts or (sort == "choice" and "text" in self.sorts)


WORDS = ("text", "choice")
SIZES = ("number", "money")
DAYS = ("date", "moment")
BOXES = ("yesno",)

OPERATORS: dict[str, Operator] = {
    "is": Operator(N_("is"), N_("%(field)s is %(value)s"), WORDS + SIZES, compare.eq),
    "is_not": Operator(N_("is not"), N_("%(field)s is not %(value)s"), WORDS + SIZES, compare.ne, empty=True),
    "one_of": Operator(
        N_("is one of"), N_("%(field)s is one of %(value)s"), WORDS, lambda actual, many: actual in many, "many"
    ),
    "contains": Operator(N_("contains"), N_("%(field)s contains %(value)s"), ("text",), compare.contains),
    "contains_not": Operator(
        N_("does not contain"), N_("%(field)s does not contain %(value)s"), ("text",),
        lambda actual, wanted: wanted not in actual, empty=True,
    ),
    "less": Operator(N_("is less than"), N_("%(field)s is less than %(value)s"), SIZES, compare.lt),
    "more": Operator(N_("is more than"), N_("%(field)s is more than %(value)s"), SIZES, compare.gt),
    "at_least": Operator(N_("is at least"), N_("%(field)s is at least %(value)s"), SIZES, compare.ge),
    "at_most": Operator(N_("is at most"), N_("%(field)s is at most %(value)s"), SIZES, compare.le),
    "on": Operator(N_("is on"), N_("%(field)s is on %(value)s"), DAYS, lambda actual, day: actual.day == day),
    "before": Operator(N_("is before"), N_("%(field)s is before %(value)s"), DAYS, lambda actual, day: actual.day < day),
    "after": Operator(N_("is after"), N_("%(field)s is after %(value)s"), DAYS, lambda actual, day: actual.day > day),
    "within_next": Operator(
        N_("is no more than"), N_("%(field)s is at most %(value)s ahead"), DAYS,
        lambda actual, days: actual.ahead and actual.away <= days, "days", unit=N_("days ahead"),
    ),
    "within_last": Operator(
        N_("was no more than"), N_("%(field)s was at most %(value)s ago"), DAYS,
        lambda actual, days: actual.past and -actual.away <= days, "days", unit=N_("days ago"),
    ),
    "ago": Operator(
        N_("was more than"), N_("%(field)s was more than %(value)s ago"), DAYS,
        lambda actual, days: -actual.away > days, "days", unit=N_("days ago"),
    ),
    "yes": Operator(N_("is yes"), N_("%(field)s is yes"), BOXES, lambda actual, wanted: actual, ""),
    "no": Operator(N_("is no"), N_("%(field)s is no"), BOXES, lambda actual, wanted: not actual, "", empty=True),
    "paid": Operator(N_("has come in"), N_("%(field)s has come in"), ("payment",), lambda actual, wanted: True, ""),
    "unpaid": Operator(
        N_("is still due"), N_("%(field)s is still due"), ("payment",), lambda actual, wanted: False, "", empty=True
    ),
    "given": Operator(
        N_("is filled in"), N_("%(field)s is filled in"), (*WORDS, *SIZES, *DAYS, "person"), lambda actual, wanted: True, ""
    ),
    "missing": Operator(
        N_("is missing"), N_("%(field)s is missing"), (*WORDS, *SIZES, *DAYS, "person"), lambda actual, wanted: False, "",
        empty=True,
    ),
}


def operator(key: str) -> Operator:
    """The operator of that key; raises Unknown."""
    if key not in OPERATORS:
        raise Unknown(key)
    return OPERATORS[key]


class Count(Text):
    """A number of days."""

    def wanted(self, kept: str) -> int:
        if not kept.strip().isascii() or not kept.strip().isdecimal() or not 1 <= int(kept[:9]) <= MOST_DAYS:
            raise Refused("value", _("A whole number of days from 1 to 3,650 belongs here."))
        return int(kept)

    def keep(self, typed: str) -> str:
        return str(self.wanted(typed))

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        return ngettext("%(n)s day", "%(n)s days", self.wanted(kept))


@dataclass(frozen=True)
class Many(Text):
    """Several values of a sort, with commas between."""

    sort: Sort

    def wanted(self, kept: str) -> frozenset[Any]:
        return frozenset(self.sort.wanted(one) for one in kept.split(",") if one.strip())

    def keep(self, typed: str) -> str:
        return ", ".join(self.sort.keep(one) for one in typed.split(",") if one.strip())

    def told(self, kept: str, names: Mapping[str, str]) -> str:
        return _(" or ").join(self.sort.told(one, names) for one in kept.split(",") if one.strip())


COUNT = Count()


def reader(compared: Operator, sort: str) -> Sort:
    """What reads the wanted value of an operator that goes with that sort."""
    if compared.wants == "days":
        return COUNT
    return Many(SORTS[sort]) if compared.wants == "many" else SORTS[sort]
