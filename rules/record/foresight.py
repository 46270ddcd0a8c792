"""What a status would set in motion: the messages that would go out and those that would not any more, before it is set."""

from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.i18n import gettext as _
from core.journal import Entry
from emails.models import Template
from outbox.models import Message
from outbox.plan import Planned
from outbox.states import said
from outbox.truth import unreachable
from outbox.words import when
from records.change import close
from records.load import load
from records.models import Record
from records.people import label, person
from records.zones import zone_of
from rules import engine, index, planning, reconcile, timing


@dataclass(frozen=True)
class Foreseen:
    """One message that would be written: to whom, which, when; `hindrance` says why it would not go out, or nothing."""

    name: str
    address: str
    template: str
    moment: str
    hindrance: str
    channel: str = "email"


@dataclass(frozen=True)
class Outlook:
    """What would go out, and what would not any more (templates with the moment they are planned for)."""

    coming: list[Foreseen]
    ending: list[tuple[str, str]]


def of_status(key: int, status: str, actor: str) -> Outlook | None:
    """What it would mean to give a record that status now; None when there is no such record. Nothing is written."""
    record = load([key]).get(key)
    if record is None:
        return None
    before, record.status = record.status, status
    now = clock.now()
    close(record, record.kind, now)
    what = f"{record.kind_id}.status_changed"
    entry = Entry(id=0, at=now, what=what, record_id=key, actor=actor, data={"from": before, "to": status})
    rows, ended = _planned(entry, record), _ended(record)
    there = {row.id: row for row in Template.select(Template.id, Template.name, Template.advertising)}
    names = {key: template.name for key, template in there.items()}
    return Outlook(
        [_told(row, record, there.get(row.template_id), now) for row in rows],
        [(names.get(message.template_id, "…"), when(message.due_at, zone_of(record))) for message in ended],
    )


def _planned(entry: Entry, record: Record) -> list[Planned]:
    place = engine.places_of({record.id})[record.id]
    rules = [rule for rule in index.current().listening(entry, place) if rule.since is None or rule.since <= entry.at]
    return [
        row for rule in rules if not planning.failing(rule, record)
        for row in planning.heard(rule, entry, record.kind, record)
    ]


def _ended(record: Record) -> list[Message]:
    """The reminders that would be dropped."""
    place = engine.places_of({record.id})[record.id]
    rules = {rule.id: rule for rule in index.current().reminders(place)}
    there = reconcile.known(rules, [record.id])
    return [
        message
        for key, rule in rules.items()
        for message, _reason in engine.remind(rule, record, None, there.get((key, record.id), []), False).dropped
    ]


def _told(row: Planned, record: Record, template: Template | None, now: datetime) -> Foreseen:
    reader, advertising = person(record, row.recipient), bool(template and template.advertising)
    reason = row.reason if row.state == "dropped" else unreachable(reader, row.channel, advertising)
    role = label(row.recipient) or row.recipient
    return Foreseen(
        name=(reader.name if reader else "") or role, address=reader.reached(row.channel) if reader else "",
        template=template.name if template else "…", moment=_moment(row, record, now),
        hindrance=said(reason, row.channel), channel=row.channel,
    )


def _moment(row: Planned, record: Record, now: datetime) -> str:
    if row.state == "awaiting":
        return _("after your release")
    seconds = (row.due_at - now).total_seconds()
    if seconds <= timing.RECALL.total_seconds():
        return _("in %(n)s seconds", n=round(seconds)) if seconds > 0 else _("at once")
    return when(row.due_at, zone_of(record))
