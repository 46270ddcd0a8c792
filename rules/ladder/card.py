"""What a record's page tells of its payment reminders: the steps, which comes next, and whether they are paused."""

from dataclasses import dataclass
from datetime import tzinfo

from core import clock
from core.i18n import gettext as _
from outbox.models import Message
from outbox.words import Told, tell
from pages.payment import owed
from records import actors, payments
from records.models import Record
from records.zones import zone_of
from rules.ladder import pauses
from rules.ladder.models import Pause
from rules.ladder.waiting import PAYMENT
from rules.models import Rule
from rules.triggers import step_of, steps

LONGEST = 60  # messages of one record that are looked at
AFTER = 1  # payments are reminded of after their moment
SHOWN = ("skipped", "superseded", "no_address", "no_consent", "suppressed")  # reasons for which a dropped step is shown


@dataclass(frozen=True)
class Step:
    """One message of the ladder; `label`: “3 days after”; `rule`: its name; `skipped`: left out, which can be taken back."""

    told: Told
    label: str
    rule: str
    skipped: bool

    @property
    def coming(self) -> bool:
        return self.told.message.state in ("planned", "awaiting", "held")


@dataclass(frozen=True)
class Card:
    """`by`: who paused, or ended the pause. `next`: the step that comes. `old`: it waits until payments are entered."""

    record: Record
    zone: tzinfo
    steps: list[Step]
    pause: Pause | None
    ended: Pause | None
    by: str
    next: Step | None
    old: bool
    stand: payments.Stand

    @property
    def said_paid(self) -> bool:
        return bool(self.pause and self.pause.sort == pauses.SAID_PAID)


def of(record: Record) -> Card | None:
    """The card of a record; None where nothing is owed."""
    if not owed(record):
        return None
    found, pause = _steps(record), pauses.of(record.id)
    coming = [step for step in found if step.coming]
    ended = None if pause else pauses.ended(record.id)
    who = pause.actor if pause else ended.ended_by if ended else ""
    stand = payments.stand()
    return Card(
        record, zone_of(record), found, pause, ended, actors.names([who])[who] if who else "",
        min(coming, key=lambda step: step.told.message.due_at, default=None), stand.old and bool(coming), stand,
    )


def _steps(record: Record) -> list[Step]:
    """The record's payment messages that rules planned, in the order of their moments; outdone ones are left out."""
    query = Message.select().where(Message.record == record.id, Message.rule_id.is_null(False), Message.sort == PAYMENT)
    rows = [row for row in query.order_by(Message.id.desc()).limit(LONGEST) if _is_shown(row)]
    told = tell(sorted(rows, key=lambda row: (row.due_at, row.id)))
    rules = {rule.id: rule for rule in Rule.select().where(Rule.id.in_({row.rule_id for row in rows}))}
    return [_step(one, rules.get(one.message.rule_id or 0)) for one in told]


def _is_shown(message: Message) -> bool:
    return message.state != "dropped" or message.reason in SHOWN


def _step(told: Told, rule: Rule | None) -> Step:
    message = told.message
    skipped = message.state == "dropped" and message.reason == "skipped" and message.due_at > clock.now()
    return Step(told, _label(message, rule), rule.name if rule else _("(deleted rule)"), skipped)


def _label(message: Message, rule: Rule | None) -> str:
    """How far after its moment the step stands; nothing when the rule has other steps by now."""
    key = step_of(message.occasion).partition(":")[2]  # `due_at:3d@…` or `placed_at:1d18:00@…`
    mine = [step for step in (rule.options.get("steps", ()) if rule else ()) if steps.key(step) == key]
    return steps.said(mine[:1], AFTER) if mine else ""
