"""Named events: what happens to a record without changing what is true of it, such as a message that came in."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import IntegrityError

from core import clock, journal, keys, rows
from core.db import transaction
from core.i18n import gettext as _
from core.journal import Entry
from core.together import together
from records.consents import CHANNELS
from records.contacts import Refused, Said
from records.models import Event, Record

REMEMBERED = timedelta(days=90)
Data = dict[str, str | int | float | bool | None]


class Contradiction(ValueError):
    """Another event was reported under the same key before."""


@dataclass(frozen=True)
class Reported:
    """An event, and whether it had been reported before under its key."""

    event: Event
    again: bool = False


def report(
    record: Record, name: str, data: Data, person: dict[str, Any] | None, actor: str, key: str | None = None,
    silent: bool = False,
) -> Reported:
    """Write down that this happened to a record; its kind must be in place.

    `person` has the form of a state's `contact`: somebody else whom the event is for. The same `key` of the same actor
    within 90 days is heard once. Raises Refused for what cannot be, Contradiction for a key that stood for another event.
    """
    known = [event["key"] for event in record.kind.events]
    if name not in known:
        raise Refused("event", _unknown(name, known))
    event = Event(
        record=record.id, name=name, data=data, person=_whom(person), key=f"{actor} {key}" if key else None, at=clock.now()
    )
    event.fingerprint = _fingerprint(event, silent)
    try:
        return together(lambda: _report(event, record, actor, silent))
    except IntegrityError:  # the same report was quicker on another way
        return together(lambda: _report(event, record, actor, silent))


def of_entries(ids: Iterable[int | None]) -> dict[int, Event]:
    """The events that those Entries tell of, by the Entry's id; the Entries of anything else are left out."""
    wanted = {key for key in ids if key}
    told = {entry.id: entry.data.get("event") for entry in Entry.select().where(Entry.id.in_(wanted))} if wanted else {}
    events = {event.id: event for event in Event.select().where(Event.id.in_({key for key in told.values() if key}))}
    return {entry: events[key] for entry, key in told.items() if key in events}


def forget() -> None:
    """What was reported a quarter of a year ago is neither repeated nor needed any more."""
    with transaction():
        Event.delete().where(Event.at < clock.now() - REMEMBERED).execute()


def _report(event: Event, record: Record, actor: str, silent: bool) -> Reported:
    known = rows.first(Event, key=event.key) if event.key else None
    if known:
        if known.fingerprint != event.fingerprint:
            raise Contradiction
        return Reported(known, again=True)
    rows.insert(event)
    flags = {"silent": True} if silent else {}
    journal.record(f"{record.kind_id}.{event.name}", record.id, actor, unread=True, event=event.id, **flags)
    return Reported(event)


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return _("There is no event “%(event)s”; this kind has none.", event=name)
    return _("There is no event “%(event)s”; there are: %(known)s.", event=name, known=", ".join(known))


def _whom(person: dict[str, Any] | None) -> dict[str, Any] | None:
    """A person as they are kept, brought into the form of our contacts; raises Refused. They are never advertised to."""
    if person is None:
        return None
    said = Said.of(person, "to")
    if not said.email and not said.phone:
        raise Refused("to", _("An e-mail address or a telephone number is needed."))
    allowed = {channel: given for channel, given in said.consent.items() if channel in CHANNELS}
    return {field: value for field, value in vars(said).items() if value is not None} | {"consent": allowed}


def _fingerprint(event: Event, silent: bool) -> str:
    said = [event.record_id, event.name, event.data, event.person, silent]
    return keys.fingerprint(json.dumps(said, sort_keys=True))
