"""What awaits a person's release: how much there is, and the words that let it go out or end it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from peewee import SQL

from core import clock, journal, rows
from core.db import database, transaction
from outbox import alarm
from outbox.models import Message

AWAITING = Message.state == SQL("'awaiting'")  # spelled out, or SQLite would not take the partial index
COUNTED = 999  # stands for that many or more
NEWS = ("status", "cancellation")  # the sorts of which only the newest is true
RELEASE = """
    UPDATE message SET state = 'planned', due_at = CASE WHEN due_at < ? THEN ? ELSE due_at END
    WHERE state = 'awaiting' AND expires_at >= ? AND id IN ({ids})
"""
DROP = "UPDATE message SET state = 'dropped', reason = ? WHERE state = 'awaiting' AND expires_at < ? AND id IN ({ids})"
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Outcome:
    """What became of the messages that were named."""

    done: int
    missed: int = 0  # past their time, and therefore dropped
    late: int = 0  # settled already, by somebody else or by a newer message


def waiting() -> int:
    """How many messages await release."""
    return min(COUNTED, Message.select().where(AWAITING).limit(COUNTED + 1).count())


def release(ids: Collection[int], actor: str) -> Outcome:
    """Let these go out, at their moment or now; what is past its time is dropped instead."""
    if not ids:
        return Outcome(0)
    with transaction():
        missed = _drop("missed", ids, actor, before=clock.now())
        now = rows.value(Message.due_at, clock.now())
        freed = rows.returned(Message, RELEASE.format(ids=rows.marks(list(ids))), [now, now, now, *ids])
        journal.record_many([message.line("released", actor=actor) for message in freed])
        if freed:
            soonest = min(message.due_at for message in freed)
            database.after_commit(lambda: alarm.at(soonest))
    return Outcome(len(freed), missed, len(ids) - len(freed) - missed)


def discard(ids: Collection[int], actor: str) -> Outcome:
    """Let none of these go out."""
    with transaction():
        dropped = _drop("discarded", ids, actor)
    return Outcome(dropped, late=len(ids) - dropped)


def supersede(records: Iterable[int]) -> None:
    """Of what awaits release about a record's status, each person gets only the newest; in the caller's transaction."""
    found = list(Message.select().where(AWAITING, Message.record.in_(list(records)), Message.sort.in_(NEWS)))
    newest: dict[tuple[int, str, str], int] = {}
    for message in found:
        newest[_reader(message)] = max(newest.get(_reader(message), 0), message.entry_id or 0)
    _drop("superseded", [row.id for row in found if (row.entry_id or 0) < newest[_reader(row)]], "worker")


def expire() -> None:
    """Drop what nobody released in time."""
    with transaction():
        over = Message.select(Message.id).where(AWAITING, Message.expires_at < clock.now())
        _drop("missed", [id for (id,) in rows.tuples(over)], "worker", before=clock.now())


def _reader(message: Message) -> tuple[int, str, str]:
    return message.record_id, message.recipient, message.channel


def _drop(reason: str, ids: Collection[int], actor: str, before: datetime = FAR) -> int:
    """End those that still await release and whose time is over `before` that moment; how many."""
    if not ids:
        return 0
    sql, moment = DROP.format(ids=rows.marks(list(ids))), rows.value(Message.expires_at, before)
    dropped = rows.returned(Message, sql, [reason, moment, *ids])
    journal.record_many([message.line("dropped", reason, actor) for message in dropped])
    return len(dropped)
