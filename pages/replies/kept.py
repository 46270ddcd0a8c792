"""Keeps what customers said, once each, and what staff did about it; the journal hears of both."""

from collections.abc import Iterable, Sequence

from core import clock, journal
from core.db import transaction
from core.journal import Entry, Write
from pages.models import Link
from pages.replies.models import Reply
from pages.replies.sayings import DONE, SAYINGS, UNDONE
from records.models import Record

OPEN = "open"
DEEDS = {"done": ((OPEN,), DONE), "reopened": ((DONE,), OPEN), "undone": ((OPEN, DONE), UNDONE)}
#: What staff change about a record that answers what was said.
ANSWERED_BY = {
    "status_changed": ("quote", "appointment"), "scheduled_at_changed": ("appointment",), "paid": ("payment",),
}


def give(link: Link, record: Record, said: str, occasion: str, words: str) -> bool:
    """The customer of a link says so; False when something was said about it before."""
    subject, now = SAYINGS[said].subject, clock.now()
    with transaction():
        new = Reply.insert(
            record=record.id, link_id=link.id, subject=subject, occasion=occasion, said=said, words=words, at=now,
        )
        made = [row.id for row in new.on_conflict_ignore().returning(Reply.id).execute()]
        for reply in made:
            journal.record(f"{record.kind_id}.{said}", record.id, "customer", unread=True, link=link.id, reply=reply)
    return bool(made)


def of(record_ids: Iterable[int]) -> dict[int, list[Reply]]:
    """What was said about records and counts, the oldest first."""
    found: dict[int, list[Reply]] = {}
    wanted = list(record_ids)
    query = Reply.select().where(Reply.record.in_(wanted), Reply.state != UNDONE).order_by(Reply.id)
    for reply in query if wanted else ():
        found.setdefault(reply.record_id, []).append(reply)
    return found


def settle(replies: Iterable[Reply], deed: str, actor: str) -> int:
    """What staff do about replies: done, reopened or undone; how many were in a state for it."""
    before, after = DEEDS[deed]
    with transaction():
        hit = [
            reply for reply in replies
            if Reply.update(state=after, settled_at=clock.now(), settled_by=actor).where(
                Reply.id == reply.id, Reply.state.in_(before)
            ).execute()
        ]
        journal.record_many([
            journal.row(f"reply.{deed}", reply.record_id, actor, _is_news(reply, deed), reply=reply.id, said=reply.said)
            for reply in hit
        ])
    return len(hit)


def erase(record_ids: Iterable[int]) -> None:
    """Forget what was said about records; in the caller's transaction."""
    Reply.delete().where(Reply.record.in_(list(record_ids))).execute()


def read(entries: Sequence[Entry]) -> Write:
    """A reader of the journal: what staff changed about a record answers what its customer had said before."""
    news = [entry for entry in entries if entry.record_id and entry.what.partition(".")[2] in ANSWERED_BY]
    open_ = Reply.select().where(Reply.state == OPEN, Reply.record.in_([entry.record_id for entry in news])) if news else ()
    dealt = {reply.id: (reply, entry.actor) for reply in open_ for entry in news if _answers(entry, reply)}

    def write() -> None:
        for reply, actor in dealt.values():
            settle([reply], "done", actor)

    return write


def _is_news(reply: Reply, deed: str) -> bool:
    """Whether the page tells something else now, or reminders go on."""
    return deed == "undone" or reply.subject == "call"


def _answers(entry: Entry, reply: Reply) -> bool:
    event = entry.what.partition(".")[2]
    return entry.record_id == reply.record_id and entry.at >= reply.at and reply.subject in ANSWERED_BY[event]
