"""Records as they stood at an earlier moment, as far as the journal can tell: status, payment and end."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from peewee import fn

from core.journal import Entry
from core.rows import tuples
from records import conditions
from records.models import Kind, Record
from rules.models import Rule

Turn = tuple[int | None, datetime, dict[str, Any]]  # record, when, what the Entry says


class Past:
    """The past of some records of one kind, since a moment."""

    def __init__(
        self, kind: Kind, records: Iterable[Record], since: datetime, statuses: bool = True, known: Sequence[Entry] = ()
    ):
        """Without `statuses` the journal is asked only about those that have come to an end since.

        `known`: all Entries of a part of the journal that need not be read again; nobody asks for a moment before them.
        """
        self._closing = {status["key"] for status in kind.statuses if status.get("closed")}
        self._now = {record.id: (record.status, record.paid_at, record.closed_at) for record in records}
        self._before: dict[int, list[tuple[datetime, str]]] = {}
        if ended := [key for key, (_status, _paid, closed) in self._now.items() if statuses or (closed and closed > since)]:
            self._turned([(entry.record_id, entry.at, entry.data) for entry in known if entry.what == _turn(kind)])
            self._turned(_journal(kind, ended, since, known[-1].id if known else 0))
        self._moved: dict[int, list[datetime]] = {}
        for key, (_status, paid, closed) in self._now.items():
            turned = [at for at, before in self._before.get(key, ())]
            if moved := turned + [at for at in (paid, closed) if at and at > since]:
                self._moved[key] = sorted(moved)

    def _turned(self, turns: Iterable[Turn]) -> None:
        for key, at, data in turns:
            if "late" not in data:
                self._before.setdefault(key or 0, []).append((at, data["from"]))

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


def _turn(kind: Kind) -> str:
    return f"{kind.key}.status_changed"


def _journal(kind: Kind, records: Iterable[int], since: datetime, after: int) -> list[Turn]:
    """When these records got another status since, from the Entry `after` on."""
    changed = fn.SUBSTR(Entry.what, 1) == _turn(kind)  # the column itself would lead to the wrong index
    lines = Entry.select(Entry.record_id, Entry.at, Entry.data).where(Entry.record_id.in_(list(records)), changed)
    return tuples(lines.where(Entry.at >= since, Entry.id > after).order_by(Entry.id))
