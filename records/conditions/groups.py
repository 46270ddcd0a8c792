"""Groups of conditions asked of a record: whether they hold, and which of them does not."""

import marshal
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from records.conditions.fields import FURTHER, Unknown, field
from records.conditions.operators import Operator, operator, reader
from records.conditions.sorts import SORTS
from records.contacts import Refused
from records.models import Record

Condition = dict[str, Any]
Group = dict[str, Any]
Test = Callable[[Record], bool]

AS_TREE = 2  # the version of marshal that writes equal groups as equal bytes


def holds(group: Group, record: Record) -> bool:
    """Whether a group, or a single condition, is true of the record; raises Unknown."""
    return not group or _compiled(marshal.dumps(group, AS_TREE))(record)


def failing(group: Group, record: Record) -> Condition | Group | None:
    """The first condition that makes the group false; for a group of which one would do, that group. Raises Unknown."""
    if holds(group, record):
        return None
    if group.get("match") != "all":
        return group
    return next((found for one in group["of"] if (found := failing(one, record))), group)


def leaves(group: Group) -> list[Condition]:
    """All conditions of a group and of those in it, in their order."""
    return [leaf for one in group.get("of", ()) for leaf in (leaves(one) if "of" in one else [one])]


@lru_cache(maxsize=4096)
def _compiled(group: bytes) -> Test:
    """A group as one function: rules are many, and are asked again and again; marshal makes a key faster than JSON."""
    return _test(marshal.loads(group))


def _test(said: Any) -> Test:
    if not isinstance(said, dict):
        raise Unknown(str(said))
    if "match" not in said and "of" not in said:
        return _always if not said else _leaf(said)
    tests = [_test(one) for one in said.get("of", ())]
    if said.get("match") not in ("all", "any"):
        raise Unknown(str(said.get("match")))
    if len(tests) < 2:
        return tests[0] if tests else _always
    return _every(tests) if said["match"] == "all" else _some(tests)


def _every(tests: list[Test]) -> Test:
    return lambda record: all(test(record) for test in tests)


def _some(tests: list[Test]) -> Test:
    return lambda record: any(test(record) for test in tests)


def _always(record: Record) -> bool:
    return True


def _never(record: Record) -> bool:
    return False


def _leaf(said: Condition) -> Test:
    key, compared, kept = str(said.get("field")), operator(str(said.get("operator"))), str(said.get("value", ""))
    value = field(key).value
    if not key.startswith(FURTHER):
        return _comparison(value, field(key).sort, compared, kept)
    known: dict[str, Test] = {}

    def further(record: Record) -> bool:
        """The kind of the record says of which sort its field is, and may come to say otherwise."""
        sort = next((one.get("type", "text") for one in record.kind.fields if FURTHER + one["key"] == key), "text")
        if sort not in known:
            known[sort] = _comparison(value, sort, compared, kept)
        return known[sort](record)

    return further


def _comparison(value: Callable[[Record], Any], sort: str, compared: Operator, kept: str) -> Test:
    """A comparison that makes no sense never holds; `checks` says so where somebody can mend it."""
    try:
        wanted = reader(compared, sort).wanted(kept) if compared.wants else None
    except (Refused, KeyError):
        return _never
    if not compared.goes_with(sort):
        return _never
    actual, test, empty = SORTS[sort].actual, compared.test, compared.empty

    def holds(record: Record) -> bool:
        found = actual(value(record), record)
        return empty if found is None else test(found, wanted)

    return holds
