"""What a gateway reports about an SMS: it has arrived, or it never will; then it counts like a mail that came back."""

from peewee import SQL

from core import journal
from core.db import transaction
from outbox.afterwards import bounces
from outbox.afterwards.report import Report
from outbox.channels.gateways.contract import Told
from outbox.models import Message, Sender

CONFIRMED = ("sent", "unclear")  # what a report may confirm; of an unclear one it also says that it went out


def hear(sender: Sender, told: Told) -> bool:
    """Write it down; False, and nothing changed, when it is about none of this sender's SMS or nothing final."""
    message = _find(sender, told)
    if message is None or not told.verdict:
        return False
    if told.verdict == "delivered":
        return _arrived(message, told.code)
    verdict = "gone" if told.verdict == "opted_out" else told.verdict
    return bounces.hear(Report((message.message_id,), verdict, told.code))


def _find(sender: Sender, told: Told) -> Message | None:
    """By the id we gave, which only the gateway knows, or by its own."""
    found: Message | None = None
    mine = Message.select().where(Message.sender_id == sender.id, Message.channel == "sms")
    if told.id:
        found = mine.where(Message.message_id == told.id, Message.message_id != SQL("''")).first()
    if found is None and told.remote_id:
        found = mine.where(Message.remote_id == told.remote_id).first()
    return found


def _arrived(message: Message, code: str) -> bool:
    """Told twice, it is written down once."""
    sent_at = message.sent_at or message.dated_at
    with transaction():
        hit = (
            Message.update(state="sent", reason="delivered", sent_at=sent_at)
            .where(Message.id == message.id, Message.state.in_(CONFIRMED), Message.reason != "delivered")
            .execute()
        )
        if hit:
            journal.record_many([message.line("delivered", code=code)])
    return bool(hit)
