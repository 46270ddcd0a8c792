"""Pausing a record's payment reminders, leaving a step out, and taking either back; the journal hears of each."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from core import clock, journal
from core.db import database, transaction
from core.i18n import gettext as _
from outbox import alarm
from outbox.models import Message
from outbox.states import WAITING
from outbox.undo import RECALL
from records.contacts import Refused, clean_text
from rules.ladder import waiting
from rules.ladder.models import Pause
from rules.models import Rule

STAFF, SAID_PAID = "staff", "said_paid"
LONGEST = timedelta(days=366)
BACK = timedelta(hours=1)  # for so long the card offers to take the end of a pause back


class TooLate(Exception):
    """Things have moved on since the page was shown."""


def of(record: int) -> Pause | None:
    """The pause that lasts."""
    return Pause.get_or_none(Pause.record == record, Pause.ended_at.is_null())


def ended(record: int) -> Pause | None:
    """The last pause, where a person has ended it just now."""
    last = Pause.select().where(Pause.record == record).order_by(Pause.id.desc()).first()
    lately = last and last.ended_at and last.ended_at > clock.now() - BACK
    return last if lately and last.ended_by.startswith("user:") and not _is_over(last) else None


def pause(record: int, actor: str, until: datetime | None = None, reason: str = "", sort: str = STAFF) -> None:
    """Let the reminders of a record wait, until a moment or until somebody resumes; a pause that lasts is changed.

    Raises Refused, naming until or reason.
    """
    if until and not clock.now() < until < clock.now() + LONGEST:
        raise Refused("until", _("Please choose a day that lies ahead, at most a year."))
    words = clean_text(reason, "reason", 200)
    given = {"sort": sort, "reason": words, "until": until, "actor": actor, "since": clock.now()}
    with transaction():
        if not Pause.update(given).where(Pause.record == record, Pause.ended_at.is_null()).execute():
            Pause.create(record=record, **given)
        _write_down(record, actor, sort, until)


def resume(record: int, actor: str) -> None:
    """End the pause: what waited goes on after a moment in which the click can be taken back; raises TooLate."""
    with transaction():
        if not _end(Pause.record == record, actor):
            raise TooLate
        waiting.go_on(waiting.PAUSED, actor, record, RECALL)


def reopen(record: int, actor: str) -> None:
    """Take the end of the last pause back; raises TooLate."""
    last = ended(record)
    if last is None or of(record):
        raise TooLate
    with transaction():
        Pause.update(ended_at=None, ended_by="").where(Pause.id == last.id).execute()
        _write_down(record, actor, last.sort, last.until)


def end(records: Collection[int], actor: str) -> None:
    """There is nothing more to pause, because it is paid; in the caller's transaction."""
    _end(Pause.record.in_(list(records)), actor)


def sweep() -> None:
    """Pauses that were for a time and are over come to their end."""
    over = [pause.record_id for pause in Pause.select().where(Pause.ended_at.is_null(), Pause.until <= clock.now())]
    for record in over:
        with transaction():
            if _end((Pause.record == record) & (Pause.until <= clock.now()), "worker"):
                waiting.go_on(waiting.PAUSED, "worker", record)


def skip(message: Message, actor: str) -> None:
    """Leave out the step that a waiting message belongs to; raises TooLate."""
    with transaction():
        step = list(Message.select().where(_step(message), Message.state.in_(WAITING)))
        if not step:
            raise TooLate
        Message.update(state="dropped", reason="skipped").where(_step(message), Message.state.in_(WAITING)).execute()
        journal.record_many([row.line("dropped", "skipped", actor) for row in step])


def unskip(message: Message, actor: str) -> None:
    """Take it back as long as the step's moment lies ahead; raises TooLate."""
    rule = Rule.get_or_none(Rule.id == message.rule_id)
    state = "awaiting" if rule and rule.release == "hand" else "planned"
    left = _step(message) & (Message.state == "dropped") & (Message.reason == "skipped") & (Message.due_at > clock.now())
    with transaction():
        step = list(Message.select().where(left))
        if not step:
            raise TooLate
        Message.update(state=state, reason="").where(left).execute()
        journal.record_many([row.line("planned", "back", actor) for row in step])
        database.after_commit(lambda: alarm.at(min(row.due_at for row in step)))


def _step(message: Message) -> object:
    mine = (Message.rule_id == message.rule_id) & (Message.record == message.record_id)
    return mine & (Message.occasion == message.occasion)


def _end(which: object, actor: str) -> bool:
    open_ = list(Pause.select().where(which, Pause.ended_at.is_null()))
    hit = [
        pause for pause in open_
        if Pause.update(ended_at=clock.now(), ended_by=actor).where(Pause.id == pause.id, Pause.ended_at.is_null()).execute()
    ]
    journal.record_many([journal.row("ladder.resumed", pause.record_id, actor) for pause in hit])
    return bool(hit)


def _write_down(record: int, actor: str, sort: str, until: datetime | None) -> None:
    said: dict[str, Any] = {"until": until.isoformat(timespec="seconds")} if until else {}
    journal.record("ladder.paused", record, actor, sort=sort, **said)


def _is_over(pause: Pause) -> bool:
    return bool(pause.until and pause.until <= clock.now())
