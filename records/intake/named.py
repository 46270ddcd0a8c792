"""The kind and the record that an address of the HTTP API names."""

from core.i18n import gettext as _
from records import kinds
from records.intake.memory import Memory
from records.intake.problems import Problem
from records.models import Kind, Record

kind_of = Memory(kinds.of_collection)


def kind(collection: str) -> Kind:
    """The kind whose records are kept there; raises Problem, 404, that names those there are."""
    found = kind_of(collection)
    if found is None:
        known = ", ".join(kind.collection for kind in kinds.everyone())
        raise Problem.at("collection", _("There is no collection of this name; there are: %(known)s.", known=known), 404)
    return found


def record(collection: str, number: str) -> Record:
    """The record with its kind in place; raises Problem, 404."""
    its = kind(collection)
    found = Record.get_or_none(Record.kind == its, Record.number == number)
    if found is None:
        raise Problem.at("number", _("There is no record of this number."), 404)
    found.kind = its
    return found
