"""What a page tells: a record as it is at one moment, and the way it came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from markupsafe import Markup

from core import i18n
from core.journal import Entry
from pages import documents
from pages.firm import Firm
from pages.models import Document
from pages.replies import kept
from pages.replies.models import Reply
from records.load import load
from records.models import Kind, Record
from records.zones import zone_of

Visit = tuple[str, datetime]  # a status and when it was entered
ASIDE = ("wait", "stop")  # tones of statuses that are no step ahead of anybody


@dataclass(frozen=True)
class Step:
    """One step of the course; `place` is done, here or ahead, `at` is local and unknown for what is ahead."""

    label: str
    place: str
    at: datetime | None


@dataclass(frozen=True)
class Past:
    """What a record itself does not hold: its statuses so far, what staff gave its customer, what that one answered."""

    visits: Sequence[Visit]
    documents: Sequence[Document] = ()
    replies: Sequence[Reply] = ()


@dataclass(frozen=True)
class Snapshot:
    """A record with everything it names in place; `as_of` is local.

    The rest is as the settings say: `options` are what is chosen of each block, `headline`, `text` and `terms` (of changing
    and cancelling) stand there filled, `action` is a key of `pages.actions` with `words` of an admin's own.
    """

    record: Record
    status: dict[str, Any]
    steps: Sequence[Step]
    zone: tzinfo
    as_of: datetime
    firm: Firm
    documents: Sequence[Document] = ()
    replies: Sequence[Reply] = ()
    options: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)
    headline: str = ""
    text: Markup = Markup()
    terms: Markup = Markup()
    action: str = ""
    words: str = ""

    @property
    def stopped(self) -> bool:
        """True when it ended without what was agreed, so that nothing is owed or met any more."""
        return self.status["tone"] == "stop"

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)


def take(record: Record, past: Past, firm: Firm, **said: Any) -> Snapshot:
    """The snapshot of a record that `load` gave back, in the language being spoken; `said`: what the settings say."""
    zone = zone_of(record)
    status = record.kind.status(record.status) or _unknown(record.status)
    way = course(record.kind, record.status, past.visits)
    steps = [Step(label, place, at and at.astimezone(zone)) for label, place, at in way]
    as_of = record.updated_at.astimezone(zone)
    return Snapshot(record, status, steps, zone, as_of, firm, past.documents, past.replies, **said)


def gather(ids: Iterable[int]) -> list[tuple[Record, Past]]:
    """Records that still exist, each with its past: seven queries, however many."""
    records = load(ids)
    visits: dict[int | None, list[Visit]] = {id: [] for id in records}
    events = [f"{kind}.{event}" for kind in {r.kind_id for r in records.values()} for event in ("created", "status_changed")]
    entries = Entry.select(Entry.record_id, Entry.at, Entry.data).where(
        Entry.record_id.in_(list(records)), Entry.what.in_(events)
    )
    for entry in entries.order_by(Entry.id) if records else ():
        if not entry.data.get("late"):
            visits[entry.record_id].append((entry.data.get("to") or entry.data.get("status", ""), entry.at))
    papers, said = documents.of(records), kept.of(records)
    return [(record, Past(visits[id], papers.get(id, ()), said.get(id, ()))) for id, record in records.items()]


def course(kind: Kind, status: str, visits: Sequence[Visit]) -> list[tuple[str, str, datetime | None]]:
    """(label, place, when) of the steps done, the one it is at and those ahead, as the kind orders its statuses.

    What was left backwards is ahead again; a detour that is over, such as waiting, stays where it happened.
    """
    order = [known["key"] for known in kind.statuses]
    here = order.index(status) if status in order else len(order)
    first: dict[str, datetime] = {}
    for key, at in visits:
        first.setdefault(key, at)
    last = next((at for key, at in reversed(visits) if key == status), None)
    done = [(kind.status_label(key), "done", at) for key, at in first.items() if key in order[:here]]
    ahead = [(i18n.pick(next_["labels"]), "ahead", None) for next_ in _ahead(kind, here)]
    return [*done, (kind.status_label(status), "here", last), *ahead]


def _ahead(kind: Kind, here: int) -> list[dict[str, Any]]:
    if here >= len(kind.statuses) or kind.statuses[here].get("closed"):
        return []
    rest = [status for status in kind.statuses[here + 1 :] if status["tone"] not in ASIDE]
    ends = [i for i, status in enumerate(rest) if status.get("closed")]
    return rest[: ends[0] + 1] if ends else rest


def _unknown(key: str) -> dict[str, Any]:
    return {"key": key, "labels": {i18n.current(): key}, "sentence": {}, "tone": "plain", "closed": False}
