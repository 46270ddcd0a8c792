"""A mail came back: its message says so, its link ends, and an address where nobody is is written to no more."""

from datetime import timedelta

from peewee import SQL

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from outbox.afterwards import blocked
from outbox.afterwards.report import Report
from outbox.models import Message
from pages import endings

REASONS = {"gone": "unknown_address", "full": "full", "given_up": "given_up", "refused": "refused", "later": "full"}
SOFT = ("full", "given_up", "later")  # three messages to one address within a week, and it is blocked
ENOUGH, WITHIN = 3, timedelta(days=7)
AWAY = ("sent", "unclear", "sending_data", "planned")  # planned: to be sent once more, but it has come back already


def hear(report: Report, actor: str = "worker") -> bool:
    """Write down what a report says; False, and nothing changed, when it is about none of our mails."""
    with transaction():
        message = _find(report)
        if message is None:
            return False
        often = report.verdict in SOFT and _count(message, report, actor) >= ENOUGH
        if report.verdict != "later" or often:
            _come_back(message, report, actor)
        if message.address and (report.verdict == "gone" or often):
            reason = "unknown_address" if report.verdict == "gone" else "full"
            blocked.block(message.address, reason, actor, message=message.id)
    return True


def _find(report: Report) -> Message | None:
    """By its Message-ID, which only we and whoever got the mail can know."""
    named = Message.select().where(Message.message_id != SQL("''"), Message.message_id.in_(list(report.message_ids)))
    found: Message | None = named.order_by(Message.id.desc()).first()
    return found


def _come_back(message: Message, report: Report, actor: str) -> None:
    reason = REASONS[report.verdict]
    hit = (
        Message.update(state="bounced", reason=reason, owner="")
        .where(Message.id == message.id, Message.state.in_(AWAY))
        .execute()
    )
    if hit:
        journal.record_many([message.line("bounced", reason, actor, code=report.code)])
        endings.revoke([message.link_id or ""], "bounced", actor)


def _count(message: Message, report: Report, actor: str) -> int:
    """To how many messages to this address that has happened lately, this one included; each counts once."""
    theirs = Message.select(Message.id, Message.record).where(
        Message.address == message.address, Message.address != SQL("''")
    )
    records = {row.record_id for row in theirs} | {message.record_id}
    lines = Entry.select().where(
        Entry.record_id.in_(records), Entry.what == "message.returned", Entry.at >= clock.now() - WITHIN
    )
    told = {line.data["message"] for line in lines} & {row.id for row in theirs}
    if message.id not in told:
        data = dict(message=message.id, rule=message.rule_id, code=report.code)
        journal.record("message.returned", message.record_id, actor, **data)
    return len(told | {message.id})
