"""What a verdict means: try again when, give up why, and whether the sender is at fault. Pure decisions."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from outbox.models import Message

LATER = (2, 10, 30, 60, 120, 240)  # minutes; afterwards every six hours
CUT = (1, 5, 15)
FULL = 24 * 60
PATIENCE = 17  # attempts: 72 hours of LATER
REPEATABLE = ("status", "cancellation", "link")  # may be sent once more when nobody knows whether they arrived
SETTLING = timedelta(minutes=15)
ASKED = ("rest", "sender", "sender_consent", "credit")  # one is enough: the other side, or our access to it, says so
SENDER_FAULTS = ("later", "cut", *ASKED)


@dataclass(frozen=True)
class Settlement:
    """The row after an attempt; `counts` is false when the attempt was the sender's fault alone."""

    state: str
    reason: str
    due_at: datetime
    counts: bool = True


def settle(message: Message, verdict: str, now: datetime) -> Settlement:
    """What becomes of a message after a verdict of its channel, at `now`."""
    if verdict == "sent":
        return Settlement("sent", "", message.due_at)
    if verdict == "silent":
        return unclear(message, "silent", now)
    if verdict == "gone":
        return Settlement("planned", message.reason, message.due_at, counts=False)
    if verdict in ASKED:
        return Settlement("planned", verdict, now, counts=False)
    if verdict in ("later", "cut", "full"):
        return _again(message, verdict, now)
    return Settlement("failed", "unknown_address" if verdict == "opted_out" else verdict, message.due_at)


def unclear(message: Message, reason: str, now: datetime) -> Settlement:
    """Nobody knows whether it arrived: some sorts of mails are repeated once, all else waits for a person."""
    if message.reason == "again" or message.sort not in REPEATABLE or message.channel == "sms":
        return Settlement("unclear", reason, message.due_at)
    return Settlement("unclear", "repeating", now + SETTLING)


def _again(message: Message, verdict: str, now: datetime) -> Settlement:
    tried = message.attempts
    if verdict == "full":
        minutes, enough = FULL, tried >= 3
    elif verdict == "cut" and tried <= len(CUT):
        minutes, enough = CUT[tried - 1], False
    else:
        minutes, enough = LATER[tried - 1] if tried <= len(LATER) else 360, tried >= PATIENCE
    due = now + timedelta(minutes=minutes) * random.uniform(0.95, 1.1)
    return Settlement("failed" if enough or due > message.expires_at else "planned", verdict, due)
