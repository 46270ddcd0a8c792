"""Records as they stood at an earlier moment, as far as the journal can tell: status, payment and end."""

from collections.abc import Iterable
from datetime import datetime

from peewee import fn

from core.journal import Entry
from core.rows import tuples
from records import conditions
from records.models import Kind, Record
from rules.models import Rule


class Past:
    """The past of some records of one kind, since a moment."""

    def __init__(self, kind: Kind, records: Iterable[Record], since: datetime, statuses: bool = True):
        """Without `statuses` the journal is asked only about those that have come to an end since."""
        self._closing = {status["key"] for status in kind.statuses if status.get("closed")}
        self._now = {record.id: (record.status, record.paid_at, record.closed_at) for record in records}
        ended = [key for key, (_status, _paid, closed) in self._now.items() if statuses or (closed and closed > since)]
        self._before = _journal(kind, ended, since) if ended else {}
        self._moved: dict[int, list[datetime]] = {}
        for key, (_status, paid, closed) in self._now.items():
            turned = [at for at, before in self._before.get(key, ())]
            if moved := turned + [at for at in (paid, closed) if at and at > since]:
                self._moved[key] = sorted(moved)

    def changes(self, record: Record) -> list[datetime]:
        """When the record has changed since, in order."""
        return self._moved.get(record.id, [])

    def at(self, record: Record, moment: datetime) -> Record:
        """The same record, made to be what it was at that moment."""
        if record.id not in self._moved:
            return record
        status, paid, closed = self._now[record.id]
        record.status = next((before for changed, before in self._before.get(record.id, ()) if changed > moment), status)
        record.paid_at = paid if paid and paid <= moment else None
        ended = closed if closed and closed <= moment else moment
        record.closed_at = ended if record.status in self._closing else None
        return record


def asks_status(rule: Rule) -> bool:
    """Whether the rule has a condition on the status."""
    return any(one.get("field") == "status" for one in conditions.leaves(rule.conditions))


def _journal(kind: Kind, records: Iterable[int], since: datetime) -> dict[int, list[tuple[datetime, str]]]:
    """Of each record that got another status since: when, and which it had before."""
    found: dict[int, list[tuple[datetime, str]]] = {}
    changed = fn.SUBSTR(Entry.what, 1) == f"{kind.key}.status_changed"  # the column itself would lead to the wrong index
    lines = Entry.select(Entry.record_id, Entry.at, Entry.data).where(Entry.record_id.in_(list(records)), changed)
    for key, at, data in tuples(lines.where(Entry.at >= since).order_by(Entry.id)):
        if "late" not in data:
            found.setdefault(key or 0, []).append((at, data["from"]))
    return found
