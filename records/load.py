"""Loading many records at once, together with everybody and everything they name."""

from collections.abc import Iterable
from typing import Any

from core import rows
from records.models import Contact, Kind, Location, Record


def load(ids: Iterable[int]) -> dict[int, Record]:
    """Records by id with kind, contact, assignee, location and its manager in place: four queries, however many."""
    records = list(_by_id(Record, set(ids)).values())
    kinds = {kind.key: kind for kind in Kind.select()}
    locations = _by_id(Location, {record.location_id for record in records})
    people = {record.contact_id for record in records} | {record.assignee_id for record in records}
    contacts = _by_id(Contact, people | {location.manager_id for location in locations.values()})
    for location in locations.values():
        location.manager = contacts.get(location.manager_id)
    for record in records:
        record.kind = kinds[record.kind_id]
        record.contact = contacts.get(record.contact_id)
        record.assignee = contacts.get(record.assignee_id)
        record.location = locations.get(record.location_id)
    return {record.id: record for record in records}


def _by_id(model: Any, ids: set[Any]) -> dict[int | None, Any]:
    names = list(model._meta.fields)
    return {row.id: row for row in rows.by_ids(model, names, ids - {None})}
