"""The ways out: the house's own address and every further sender, each with its connections, its rest and its breaker."""

import threading
import time
from collections.abc import Iterable, Sequence

from peewee import SQL

from core import clock
from outbox import claim
from outbox.breaker import Breaker
from outbox.channels.contract import Channel
from outbox.ledger import Ledger
from outbox.models import Message, Sender
from outbox.post import Post
from outbox.purse import Purse
from outbox.senders import consent, quota, senders
from outbox.senders.types import TYPES

BATCH = 50
FRESH = 1.0  # seconds for which a change of senders may go unnoticed


class Way:
    """How the messages of one sender get out; none is the house's own address."""

    def __init__(self, sender: Sender | None, channel: Channel, ledger: Ledger, change: threading.Condition):
        self.sender = sender
        self.breaker = Breaker(channel.name, sender.id if sender else None)
        self.post = Post(channel, ledger, change)
        self.purse = Purse(sender)

    def claim(self, owner: str, others: Sequence[int]) -> list[Message]:
        """Take what may go out now; `others` are the senders whose messages the house's own address leaves alone."""
        limit = min(BATCH, self.post.room())
        if self.sender:
            limit = quota.room(self.sender, limit)
        limit = self.breaker.allowance(limit) if limit else 0
        return claim.claim(owner, limit, self.sender, others) if limit else []

    def is_due(self) -> bool:
        """Whether there may be something to send; the house's own address is always asked."""
        if self.sender is None:
            return True
        mine = (Message.state == SQL("'planned'")) & (Message.sender_id == self.sender.id)
        return Message.select().where(mine, Message.due_at <= clock.now()).exists()


class Ways:
    """All ways of one worker, with the one ledger they share."""

    def __init__(self, own: Channel, owner: str, host: str):
        self.host = host
        self.ledger = Ledger(owner, self.heard)
        self._change = threading.Condition()
        self._nudged = False
        self._own = Way(None, own, self.ledger, self._change)
        self._further: dict[int, Way] = {}
        self._left: list[Post] = []
        self._read_at = -FRESH

    def all(self) -> list[Way]:
        """Every way that is open now, at most a second old."""
        if time.monotonic() - self._read_at >= FRESH:
            self._read()
        return [self._own, *self._further.values()]

    def others(self) -> list[int]:
        return list(self._further)

    def of(self, sender_id: int | None) -> Way | None:
        """The way of a sender; none for one that is switched off or gone."""
        return self._further.get(sender_id) if sender_id else self._own

    def heard(self, sender_id: int | None, verdicts: list[str]) -> None:
        """Tell a sender's breaker what came back, in the caller's transaction."""
        if way := self.of(sender_id):
            way.breaker.heard(verdicts)
            if way.sender and "sender_consent" in verdicts:
                consent.lost(way.sender)

    def nudge(self) -> None:
        """Whoever waits for a slow server looks again what else is due."""
        with self._change:
            self._nudged = True
            self._change.notify_all()

    def wait(self, busy: Iterable[Way]) -> None:
        """Until one of these has room again, or something new has come."""
        ways = list(busy)
        with self._change:
            self._change.wait_for(lambda: self._nudged or any(way.post.has_room() for way in ways), 60)
            self._nudged = False

    def close(self, seconds: float) -> None:
        """Let what is under way end, within that time."""
        until = time.monotonic() + seconds
        for post in [way.post for way in (self._own, *self._further.values())] + self._left:
            post.close(max(0.0, until - time.monotonic()))
        self.ledger.close()

    def _read(self) -> None:
        """Open new ways and those whose account has changed, and leave those that are gone; their last letters may end."""
        rows = {row.id: row for row in senders.active()}
        before, self._further = self._further, {}
        for key, row in rows.items():
            known = before.get(key)
            self._further[key] = known if known and _same(known.sender, row) else self._open(row)
        self._left = [post for post in self._left if not post.is_empty()]
        self._left += [way.post for key, way in before.items() if self._further.get(key) is not way]
        self._read_at = time.monotonic()

    def _open(self, row: Sender) -> Way:
        return Way(row, TYPES[row.type].open(row, self.host), self.ledger, self._change)


def _same(one: Sender | None, other: Sender) -> bool:
    return one is not None and one.__data__ == other.__data__
