"""Delivery: claim what is due, ask whether it is still true, write it and hand it to the post."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from core import clock, journal
from core.db import transaction
from core.queue import OneAtATime
from outbox import alarm, claim, letters, truth
from outbox.channels.contract import Channel
from outbox.guard import Guard
from outbox.ledger import Dispatch
from outbox.models import Message
from outbox.senders import senders
from outbox.states import End
from outbox.ways import FRESH, Way, Ways

SOON = timedelta(seconds=FRESH)

log = logging.getLogger("statusbote.outbox")


class Delivery:
    """One worker's delivery; `run()` sends what is due until nothing is."""

    def __init__(self, channel: Channel, wanted: Sequence[truth.Wanted], owner: str, host: str):
        self.owner = owner
        self.host = host
        self.wanted = wanted
        self.guard = Guard(owner)
        self.ways = Ways(channel, owner, host)
        self._once = OneAtATime(self._run)
        self._closing = False

    def run(self) -> None:
        """Send what is due until nothing is; called while at it, it looks once more."""
        self.ways.nudge()
        self._once()

    def close(self, seconds: float) -> None:
        """End in order: nothing new is claimed, what is under way may finish."""
        self._closing = True
        self.ways.nudge()
        self.ways.close(seconds)

    def _run(self) -> None:
        while not self._closing and self._round():
            pass
        self._set_alarm()

    def _round(self) -> bool:
        """A batch for every sender that has room for it; False when none has anything more to send now."""
        ways = [way for way in self.ways.all() if way.is_due()]
        busy = [way for way in ways if not way.post.has_room()]
        took = [self._batch(way) for way in ways if way not in busy]
        if busy and not any(took):
            self.ways.wait(busy)
        return any(took) or bool(busy)

    def _batch(self, way: Way) -> bool:
        """Send one batch; False when nothing was due or the sender rests."""
        claimed = way.claim(self.owner, self.ways.others())
        if claimed:
            wishes, ends = truth.check(claimed, self.wanted)
            ends |= self._lost(claimed, ends) | self.guard.check(wishes, claimed)
            way.purse.count()
            for wish in wishes:
                if wish.message.id not in ends and (dispatch := self._write(wish, way, ends)):
                    way.post.hand_in(dispatch)
            self._settle({message.id: message for message in claimed}, ends)
        return bool(claimed)

    def _lost(self, claimed: Sequence[Message], ends: dict[int, End]) -> dict[int, End]:
        """Those still wanted that have no way: a person decides, unless it is only too new to be known here."""
        lost = [message for message in claimed if message.id not in ends and not self.ways.of(message.sender_id)]
        reasons = senders.missing({message.sender_id or 0 for message in lost}) if lost else {}
        soon = clock.now() + SOON
        return {
            message.id: End("held", reasons[message.sender_id]) if message.sender_id in reasons
            else End("planned", message.reason, soon)
            for message in lost
        }

    def _write(self, wish: truth.Wish, way: Way, ends: dict[int, End]) -> Dispatch | None:
        """The finished letter of a wish; a text that cannot be composed is noted among the ends."""
        try:
            return letters.write(wish, way.sender, way.purse, self.host)
        except letters.Withheld as withheld:
            ends[wish.message.id] = withheld.end
            return None
        except Exception:
            log.exception("message %s could not be composed", wish.message.id)
            ends[wish.message.id] = End("failed", "not_composed")
            return None

    def _settle(self, claimed: dict[int, Message], ends: dict[int, End]) -> None:
        """Write down what becomes of those that do not go out now; the journal hears of all but the postponed."""
        if ends:
            with transaction():
                hit = [claimed[key] for key, end in ends.items() if self._put(claimed[key], end)]
                told = [(message, ends[message.id]) for message in hit if ends[message.id].state != "planned"]
                journal.record_many([message.line(end.state, end.reason) for message, end in told])

    def _put(self, message: Message, end: End) -> int:
        """Only while it is still ours; a message planned anew has not been tried."""
        anew = {"due_at": end.due_at, "attempts": message.attempts - 1} if end.state == "planned" else {}
        return int(
            Message.update(state=end.state, reason=end.reason, owner="", **anew)
            .where(Message.id == message.id, Message.owner == self.owner, Message.state == "sending_pre")
            .execute()
        )

    def _set_alarm(self) -> None:
        due = claim.next_due()
        if due:
            alarm.at(due)
