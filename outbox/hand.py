"""What a person may do with one message; each verb is one conditional UPDATE, and an Entry that says who did it."""

from datetime import datetime, timedelta
from typing import Any

from peewee import SQL

from core import clock, journal
from core.db import database, transaction
from core.i18n import gettext as _
from outbox import alarm, release
from outbox.models import Message
from outbox.senders import senders
from records.contacts import Refused

UNSETTLED = ("held", "failed", "unclear")
UNREACHED = ("no_address", "no_consent", "suppressed", "unknown_address")
BACK = Message.state == SQL("'bounced'")
BY_HAND = "by_hand"  # a person has said when it goes out
PATIENCE = timedelta(days=1)  # what a person sends by hand may go out at least this long


class TooLate(Exception):
    """The message had moved on before the person's word came; `message` is how it stands now."""

    def __init__(self, message: Message):
        super().__init__(message.state)
        self.message = message


def send_now(message: Message, actor: str) -> None:
    """Send what is planned for later."""
    with transaction():
        _move(message, ("planned",), due_at=clock.now(), reason=BY_HAND)
        _write_down("message.hurried", message, actor)
        database.after_commit(alarm.due.ring)


def put_off(message: Message, at: datetime, actor: str) -> None:
    """Send what is planned at another moment, also outside working hours; raises Refused for one that makes no sense."""
    if at <= clock.now():
        raise Refused("later", _("Please choose a moment that lies ahead."))
    if at > message.expires_at:
        raise Refused("later", _("That would be too late for this message."))
    with transaction():
        _move(message, ("planned",), due_at=at, reason=BY_HAND)
        _write_down("message.put_off", message, actor, due=at.isoformat(timespec="seconds"))
        database.after_commit(lambda: alarm.at(at))


def let_go(message: Message, actor: str) -> None:
    """Release what the guard held, or what awaited a person's word; of the latter, what is past its time is dropped."""
    if message.state == "held":
        _anew(message, ("held",), "message.released", actor)
    elif not release.release([message.id], actor).done:
        raise TooLate(Message.get_by_id(message.id))


def discard(message: Message, actor: str) -> None:
    """Send nothing, or nothing more."""
    with transaction():
        _move(message, ("planned", "awaiting", "bounced", *UNSETTLED), state="dropped", reason="discarded")
        _write_down("message.dropped", message, actor, reason="discarded")


def retry(message: Message, actor: str) -> None:
    """Send once more what did not go out, or may not have arrived; the worker asks again whether it is still wanted."""
    _anew(message, UNSETTLED, "message.retried", actor)


def take_as_sent(message: Message, actor: str) -> None:
    """Settle that a message has arrived, or need not any more."""
    with transaction():
        _move(message, UNSETTLED, state="sent", reason="settled_by_hand", sent_at=message.sent_at or clock.now())
        _write_down("message.sent", message, actor, reason="settled_by_hand")


def told(message: Message, actor: str) -> None:
    """The customer was told in person: this settles all of the record's messages that could not reach them."""
    with transaction():
        if not settle_lost(message):
            raise TooLate(Message.get_by_id(message.id))
        _write_down("message.dropped", message, actor, reason="told")


def settle_lost(message: Message) -> int:
    """Settle all of the record's messages that could not reach that recipient, in the caller's transaction; how many."""
    nowhere = Message.state.in_(("dropped", "failed")) & Message.reason.in_(UNREACHED)
    return int(
        Message.update(state="dropped", reason="told")
        .where(Message.record == message.record_id, Message.recipient == message.recipient, nowhere | BACK)
        .execute()
    )


def _anew(message: Message, allowed: tuple[str, ...], what: str, actor: str) -> None:
    now = clock.now()
    until = max(message.expires_at, now + PATIENCE)
    with transaction():
        house = {"sender_id": _other(message)} if message.reason in ("sender_gone", "wrong_sender") else {}
        anew = {"attempts": 0, "owner": "", "lease_until": None, **house}
        _move(message, allowed, state="planned", reason=BY_HAND, due_at=now, expires_at=until, **anew)
        _write_down(what, message, actor)
        database.after_commit(alarm.due.ring)


def _other(message: Message) -> int | None:
    """Who takes over: the house's own address, of an SMS another gateway if there is one."""
    return senders.any_gateway() if message.channel == "sms" else None


def _move(message: Message, allowed: tuple[str, ...], **changes: Any) -> None:
    hit = Message.update(**changes).where(Message.id == message.id, Message.state.in_(allowed)).execute()
    if not hit:
        raise TooLate(Message.get_by_id(message.id))


def _write_down(what: str, message: Message, actor: str, **data: Any) -> None:
    journal.record(what, message.record_id, actor, message=message.id, rule=message.rule_id, **data)
