"""The one way a record changes: callers say what is; what happened is derived from the difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import IntegrityError

from core import clock, journal, rows
from core.db import transaction
from core.i18n import gettext as _
from core.together import together
from records import contacts, further
from records.contacts import Refused
from records.models import Kind, Location, Record

PLAIN = ("profile", "source", "placed_at", "due_at", "total", "currency", "items")
State = dict[str, Any]

__all__ = ["Outcome", "Refused", "State", "apply", "apply_many"]


@dataclass(frozen=True)
class Outcome:
    """What `apply` made of a state: `changes` names the Entries without the kind, e.g. ["status_changed", "paid"]."""

    record: Record
    created: bool
    changes: list[str]


def apply(kind: Kind, number: str, state: State, actor: str, silent: bool = False) -> Outcome:
    """Make the record be what `state` says, and write down what that changed; raises Refused, then nothing is stored.

    `state` holds only what the caller names: status, contact, assignee, location (key), profile, source, the times
    (aware), total (Decimal), currency, items, tracking, fields, occurred_at.
    """
    said = _read(kind, number, state)
    try:
        return together(lambda: _apply(kind, number, said, actor, silent))
    except IntegrityError:  # somebody else has made this very record in between; now it is there
        return together(lambda: _apply(kind, number, said, actor, silent))


def apply_many(kind: Kind, states: Sequence[tuple[str, State]], actor: str, silent: bool = False) -> list[Outcome | Refused]:
    """The same for many in one transaction; one that is refused does not stop the others."""
    results: list[Outcome | Refused] = []
    with transaction():
        for number, state in states:
            try:
                results.append(_apply(kind, number, _read(kind, number, state), actor, silent))
            except Refused as refusal:
                results.append(refusal)
    return results


def _apply(kind: Kind, number: str, said: State, actor: str, silent: bool) -> Outcome:
    now = clock.now()
    occurred = said.get("occurred_at") or now
    record = rows.first(Record, kind=kind, number=number)
    created = record is None
    if record is None:
        record = Record(kind=kind, number=number, status="", occurred_at=occurred, created_at=now)
    late = not created and occurred < record.occurred_at
    news = _difference(record, said, kind, late, _people(record, said, actor))
    if created:
        news = [("created", {"status": record.status} | ({"paid": True} if record.paid_at else {}))]
    if news:
        record.updated_at = now
        record.occurred_at = max(occurred, record.occurred_at)
        close(record, kind, now)
        (rows.insert if created else rows.update)(record)
    flags = {"silent": True} if silent else {}
    flags |= {"late": True} if late else {}
    journal.record_many(
        [journal.row(f"{kind.key}.{what}", record.id, actor, unread=True, **data, **flags) for what, data in news]
    )
    return Outcome(record, created, [what for what, data in news])


def _read(kind: Kind, number: str, state: State) -> State:
    said = dict(state)
    if not contacts.clean_text(number, "number", 64):
        raise Refused("number", _("A number is needed."))
    if "status" in said and kind.status(said["status"]) is None:
        words = {"status": said["status"], "known": ", ".join(status["key"] for status in kind.statuses)}
        raise Refused("status", _("There is no status “%(status)s”; there are: %(known)s.", **words))
    for field in ("profile", "source"):
        if field in said:
            said[field] = contacts.clean_text(said[field] or "", field)
    for field in ("contact", "assignee"):
        if said.get(field) is not None:
            said[field] = contacts.Said.of(said[field], field)
    if said.get("fields"):
        said["fields"] = further.check(kind, said["fields"])
    if said.get("location") is not None:
        said["location"] = _location(said["location"])
    return said


def _location(key: str) -> Location:
    location = rows.first(Location, key=key)
    if location is None:
        raise Refused("location", _("There is no location “%(key)s”.", key=key))
    return location


def _difference(record: Record, said: State, kind: Kind, late: bool, moved: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Set what differs and name what happened, `moved` among it; a late state is older than ours and only fills gaps."""
    news: list[tuple[str, dict[str, Any]]] = []
    status = said.get("status") or record.status or kind.statuses[0]["key"]
    if status != record.status:
        news.append(("status_changed", {"from": record.status, "to": status}))
        record.status = record.status if late else status
    changed = [field for field in (*PLAIN, "location") if field in said and _set(record, field, said[field], late)]
    changed += moved
    if "tracking" in said and _set(record, "tracking", record.tracking | said["tracking"] if said["tracking"] else {}, late):
        changed.append("tracking")
    changed += _further(record, said["fields"], late) if "fields" in said else []
    before = record.scheduled_at
    if "scheduled_at" in said and _set(record, "scheduled_at", said["scheduled_at"], late):
        news.append(("scheduled_at_changed", {"from": _iso(before), "to": _iso(record.scheduled_at)}))
    if "paid_at" in said and _set(record, "paid_at", said["paid_at"], late):
        news.append(("paid" if record.paid_at else "unpaid", {}))
    if changed:
        news.append(("changed", {"fields": changed}))
    return news


def _set(record: Record, field: str, value: Any, late: bool) -> bool:
    before = getattr(record, field)
    if before == value or late and before not in (None, "", [], {}):
        return False
    setattr(record, field, value)
    return True


def _further(record: Record, said: dict[str, Any], late: bool) -> list[str]:
    """Set further fields, none to take all away; which of them differ, as `fields.<key>`."""
    before = record.fields
    if not _set(record, "fields", before | said if said else {}, late):
        return []
    return [f"fields.{key}" for key in before | record.fields if before.get(key) != record.fields.get(key)]


def _people(record: Record, said: State, actor: str) -> list[str]:
    """Set contact and assignee; which of the two is another person now. A correction of the same one is none."""
    moved: list[str] = []
    for field in ("contact", "assignee"):
        if field in said:
            known = getattr(record, field)
            meant = contacts.settle(said[field], known, actor) if said[field] else None
            moved += [field] if (known and known.id) != (meant and meant.id) else []
            setattr(record, field, meant)
    return moved


def close(record: Record, kind: Kind, now: datetime) -> None:
    """Note when the record came to an end, or that it did not."""
    closed = bool((kind.status(record.status) or {}).get("closed"))
    record.closed_at = (record.closed_at or now) if closed else None


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
