"""One word for many messages: each is settled by itself, and what had moved on meanwhile is counted apart."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from core.i18n import N_
from outbox import hand
from outbox.models import Message

MOST = 200  # messages of one request


@dataclass(frozen=True)
class Verb:
    """What can be done to many: its words, the deed for one, and what is asked before."""

    label: str
    deed: Callable[[Message, str], None]
    question: str = ""


VERBS = {
    "again": Verb(N_("Send again"), hand.retry),
    "settled": Verb(N_("Counts as sent"), hand.take_as_sent),
    "release": Verb(N_("Let it go out"), hand.let_go),
    "discard": Verb(N_("Discard"), hand.discard, N_("Discard the marked messages for good?")),
}


def act(key: str, ids: Collection[int], actor: str) -> tuple[int, int]:
    """Do it to each of these: how many were done, how many could not be (any more)."""
    messages = list(Message.select().where(Message.id.in_(list(ids)[:MOST])).order_by(Message.id))
    done = sum(_done(VERBS[key].deed, message, actor) for message in messages)
    return done, len(messages) - done


def _done(deed: Callable[[Message, str], None], message: Message, actor: str) -> bool:
    try:
        deed(message, actor)
    except hand.TooLate:
        return False
    return True
