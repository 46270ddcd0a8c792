"""Letters written by hand become rows of the outbox, each once, with the journal's word for who wrote them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core import journal
from core.db import transaction
from core.rows import tuples
from outbox.models import Message
from outbox.plan import Planned, plan_many
from outbox.writing import files
from outbox.writing.draft import Draft
from outbox.writing.many import WHO, Fate, Many
from outbox.writing.single import Single, hindrance

PATIENCE = timedelta(days=3)  # as long as a mail server may ask to be tried again
TOGETHER = 500  # rows written by one statement


def send(draft: Single, due: datetime, actor: str) -> Message:
    """Plan a judged draft for that moment; sent twice, it goes out once."""
    anyway = hindrance(draft) == "no_consent" and draft.anyway
    with transaction():
        plan = _plan(draft, due, actor, "payment" if draft.reminder else "hand")
        _write([Planned(record_id=draft.record.id, recipient=draft.who, anyway=anyway, **plan)], actor, anyway=anyway)
        return Message.get(
            Message.record == draft.record, Message.occasion == plan["occasion"], Message.recipient == draft.who
        )


def send_many(draft: Many, chosen: Sequence[Fate], due: datetime, actor: str) -> int:
    """Plan a judged draft for each of the chosen, all or none; sent twice, each goes out once. How many are new."""
    with transaction():
        plan = _plan(draft, due, actor, "payment" if draft.urges else "hand")
        return _write([Planned(record_id=fate.record.id, recipient=WHO, **plan) for fate in chosen], actor)


def _plan(draft: Draft, due: datetime, actor: str, sort: str) -> dict[str, Any]:
    """What all messages of a letter have in common; its files are kept from now on."""
    until = due + PATIENCE
    return dict(
        rule_id=None, entry_id=None, occasion=f"hand:{draft.token}", channel=draft.channel, template_id=draft.template.id,
        sort=sort, due_at=due, expires_at=until, actor=actor, text=draft.texts, sender_id=draft.sender_id,
        files=files.hold(draft.token, actor, until),
    )


def _write(plans: Sequence[Planned], actor: str, anyway: bool = False) -> int:
    """The rows and their lines in the journal, of those that are new; how many."""
    occasion = plans[0].occasion if plans else ""
    before = set(_rows(occasion))
    for start in range(0, len(plans), TOGETHER):
        plan_many(plans[start : start + TOGETHER])
    new, given = [row for row in _rows(occasion) if row not in before], {"anyway": True} if anyway else {}
    lines = [journal.row("message.written", record, actor, message=id, **given) for id, record in new]
    for start in range(0, len(lines), TOGETHER):
        journal.record_many(lines[start : start + TOGETHER])
    return len(new)


def _rows(occasion: str) -> list[tuple[int, int]]:
    """The messages of a letter, each with its record."""
    found = Message.select(Message.id, Message.record).where(Message.actor.is_null(False), Message.occasion == occasion)
    return tuples(found.order_by(Message.id))
