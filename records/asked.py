"""What an address of the back office asks for; what there is none of is a 404."""

from flask import abort

from records import kinds
from records.models import Kind, Location, Record


def kind(collection: str) -> Kind:
    """The kind kept under that collection."""
    return kinds.of_collection(collection) or abort(404)


def record(collection: str, number: str) -> Record:
    """The record of that number, its kind at hand."""
    asked = kind(collection)
    found = Record.get_or_none(Record.kind == asked, Record.number == number) or abort(404)
    found.kind = asked
    return found


def locations() -> list[Location]:
    """All locations, in the order of their names."""
    return list(Location.select().order_by(Location.name))
