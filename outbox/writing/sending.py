"""A letter written by hand becomes a row of the outbox, once, with the journal's word for who wrote it."""

from datetime import datetime, timedelta

from core import journal
from core.db import transaction
from outbox.models import Message
from outbox.plan import Planned, plan_many
from outbox.writing import files
from outbox.writing.single import Single, hindrance

PATIENCE = timedelta(days=3)  # as long as a mail server may ask to be tried again


def send(draft: Single, due: datetime, actor: str) -> Message:
    """Plan a judged draft for that moment; sent twice, it goes out once."""
    occasion, anyway = f"hand:{draft.token}", hindrance(draft) == "no_consent" and draft.anyway
    with transaction():
        new = plan_many([Planned(
            rule_id=None, record_id=draft.record.id, entry_id=None, occasion=occasion, recipient=draft.who, channel="email",
            template_id=draft.template.id, sort="payment" if draft.reminder else "hand", due_at=due,
            expires_at=due + PATIENCE, actor=actor, text=draft.texts, anyway=anyway, sender_id=draft.sender_id,
            files=files.hold(draft.token, actor, due + PATIENCE),
        )])
        message = Message.get(Message.record == draft.record, Message.occasion == occasion, Message.recipient == draft.who)
        if new:
            given = {"anyway": True} if anyway else {}
            journal.record("message.written", draft.record.id, actor, message=message.id, **given)
    return message
