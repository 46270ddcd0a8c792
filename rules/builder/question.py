"""What is asked before a changed rule is saved while messages of it wait, and what planning them anew would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core import clock
from core.i18n import gettext as _
from core.rows import tuples
from outbox import plan
from outbox.models import Message
from outbox.plan import Planned
from outbox.states import WAITING, said
from records.load import load
from records.models import Record
from records.zones import appointment, zone_of
from rules import replan, waits
from rules.builder import saving
from rules.builder.choosing import Form
from rules.builder.draft import Draft
from rules.models import Rule
from rules.reconcile import Changes
from rules.replan import Wish

LOOKED_AT, SHOWN = 200, 20  # records that are tried out, messages that are shown


@dataclass(frozen=True)
class Move:
    """One message as it would fare: from when to when, or why not at all."""

    record: Record
    before: str
    after: str
    why: str
    at: datetime


@dataclass(frozen=True)
class Question:
    """`waiting` messages wait. Of `looked_at` records `moved` and `dropped` messages would change; `moves` are the first."""

    seal: str
    choices: tuple[str, ...]
    waiting: int
    looked_at: int = 0
    moves: tuple[Move, ...] = ()
    moved: int = 0
    dropped: int = 0


def ask(filled: Draft, rule: Rule | None, form: Form) -> Question | None:
    """The question, unless nothing waits, the change touches nothing that waits, or it has just been answered."""
    waiting = plan.waiting(rule.id) if rule else 0
    if rule is None or not waiting:
        return None
    changed = saving.fill(Rule.get_by_id(rule.id), filled)
    seal = replan.seal(changed)
    if seal == replan.seal(rule) or (form.get("seal") == seal and form.get("waiting") in waits.CHOICES):
        return None
    if changed.kind_id != rule.kind_id:
        return Question(seal, ("discard",), waiting)
    keys = _soonest(changed)
    changes = replan.decide(changed, keys, Wish(again=True))
    moves = sorted(_moves(changes), key=lambda move: move.at)
    dropped = sum(1 for move in moves if move.why and not move.after)
    return Question(seal, waits.CHOICES, waiting, len(keys), tuple(moves[:SHOWN]), len(moves) - dropped, dropped)


def _soonest(rule: Rule) -> list[int]:
    """The records whose messages are due first."""
    mine = Message.select(Message.record).where(Message.rule_id == rule.id, Message.state.in_(WAITING))
    return list(dict.fromkeys(key for (key,) in tuples(mine.order_by(Message.due_at).limit(LOOKED_AT))))


def _moves(changes: Changes) -> Iterable[Move]:
    """Changes as a person reads them: what is dropped and planned once more for the same reader has moved."""
    new = {(row.record_id, row.recipient): row for row in reversed(changes.new)}
    there = [message for message, _row in changes.moved] + [message for message, _reason in changes.dropped]
    known = load({row.record_id for row in changes.new} | {message.record_id for message in there})
    for message, row in changes.moved:
        record = known[message.record_id]
        other = _("another text") if row.template_id != message.template_id else _("another sender")
        why = other if row.due_at == message.due_at else ""
        yield Move(record, _said(message.due_at, record), _said(row.due_at, record), why, message.due_at)
    for message, reason in changes.dropped:
        record, again = known[message.record_id], new.pop((message.record_id, message.recipient), None)
        after, why = (_said(again.due_at, record), _by(again, message)) if again else ("", said(reason, message.channel))
        yield Move(record, _said(message.due_at, record), after, why, message.due_at)
    for row in new.values():
        yield Move(known[row.record_id], "", _said(row.due_at, known[row.record_id]), _("new"), row.due_at)


def _by(row: Planned, message: Message) -> str:
    """How it goes out from now on, where that is another way than before."""
    return "" if row.channel == message.channel else _("as an SMS") if row.channel == "sms" else _("as an e‑mail")


def _said(at: datetime, record: Record) -> str:
    return appointment(at, zone_of(record)) if at > clock.now() else _("at once")
