"""Conditions on records: which fields can be asked about, how they are compared, and groups of them.

A group is {"match": "all" | "any", "of": [condition | group]}, two levels deep at most; {} is always true. A condition is
{"field", "operator", "value"}, the value as `keep` has made it of what a person typed.
"""

from records.conditions.checks import check, fault, keep, strange, typed
from records.conditions.fields import FIELDS, FURTHER, Field, Unknown, field
from records.conditions.groups import Condition, Group, failing, holds, leaves
from records.conditions.operators import OPERATORS, Operator, operator, reader
from records.conditions.sorts import SORTS

__all__ = [
    "FIELDS", "FURTHER", "OPERATORS", "SORTS", "Condition", "Field", "Group", "Operator", "Unknown", "check", "failing",
    "fault", "field", "holds", "keep", "leaves", "operator", "reader", "strange", "typed",
]
