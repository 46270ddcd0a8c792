"""How a sender fares: rests it was asked for, and the breaker that stops it after too many faults."""

from collections import deque
from datetime import timedelta

from core import clock
from core.db import transaction
from outbox import alarm
from outbox.models import Message, SenderState
from outbox.policy import ASKED, SENDER_FAULTS

IN_A_ROW = 5
OF_FIFTY = 10
PROBES = (10, 20, 40, 80, 160, 300)  # seconds until the next single probe
PROBING = timedelta(seconds=60)  # while one probe is under way no other starts


class Breaker:
    """The one view this process has of its sender; what other processes must know stands in `sender_state`."""

    def __init__(self, sender: str, sender_id: int | None = None):
        self.sender = sender
        self.sender_id = sender_id
        self.recent: deque[bool] = deque(maxlen=50)
        self.in_a_row = 0
        self.troubled = bool(self._row())
        self.probing = False

    def allowance(self, wanted: int) -> int:
        """How many messages may be claimed now: none while resting, one as a probe, else what is wanted."""
        row = self._row()
        if row is None:
            self.troubled = self.probing = False
            return wanted
        now = clock.now()
        if row.rests_until and row.rests_until > now:
            alarm.at(row.rests_until)
            return 0
        self.troubled = self.probing = True
        with transaction():
            SenderState.update(rests_until=now + PROBING).where(SenderState.sender == self.sender).execute()
        return 1

    def heard(self, verdicts: list[str]) -> None:
        """Take note of what came back, in the caller's transaction."""
        for verdict in verdicts:
            self.recent.append(verdict in SENDER_FAULTS)
            self.in_a_row = self.in_a_row + 1 if self.recent[-1] else 0
        faults = [verdict for verdict in verdicts if verdict in SENDER_FAULTS]
        if faults and self._broken(faults) and (self.probing or not self.troubled):
            self._open("sender" if "sender" in faults else faults[-1])
        elif self.troubled and "sent" in verdicts:
            self._close()

    def _broken(self, faults: list[str]) -> bool:
        asked = any(fault in ASKED for fault in faults)
        return asked or self.in_a_row >= IN_A_ROW or sum(self.recent) > OF_FIFTY

    def _open(self, reason: str) -> None:
        now, row = clock.now(), self._row()
        rests_until = now + timedelta(seconds=PROBES[min(row.faults if row else 0, len(PROBES) - 1)])
        faults = row.faults + 1 if row else 1
        SenderState.insert(
            sender=self.sender, rests_until=rests_until, open_since=now, reason=reason, faults=faults
        ).on_conflict(
            conflict_target=[SenderState.sender], preserve=[SenderState.rests_until, SenderState.reason, SenderState.faults]
        ).execute()
        self.troubled, self.probing = True, False
        alarm.at(rests_until)

    def _close(self) -> None:
        forget(self.sender, self.sender_id)
        self.troubled, self.probing, self.in_a_row = False, False, 0
        self.recent.clear()

    def _row(self) -> SenderState | None:
        return SenderState.get_or_none(SenderState.sender == self.sender)


def forget(sender: str, sender_id: int | None) -> None:
    """All is well again: what had to wait because of the sender goes out now."""
    now = clock.now()
    mine = Message.sender_id == sender_id if sender_id else Message.sender_id.is_null()
    SenderState.delete().where(SenderState.sender == sender).execute()
    Message.update(due_at=now).where(
        Message.state == "planned", mine, Message.reason.in_(SENDER_FAULTS), Message.due_at > now, Message.attempts <= 3
    ).execute()
    alarm.at(now)
