"""The guard: a rule that suddenly writes to unusually many waits for a person, and nobody's mailbox is flooded (X10).

Held is what a rule would send within an hour beyond 50 messages or three times its usual day, whichever is more. Its usual
day is the median of the days of the last four weeks on which it sent anything, three at least; what a person has released
within the hour is allowed on top. Not asked are messages about a record's creation, which answer the customer's own, just
made order one by one and cannot reach anybody who has not just ordered; links that somebody asked for; and what a person
has sent or released by hand. To one customer go five mails and two SMS a day, the next waits until there is room again.
Workers that deliver at the same moment do not see what is just going out over the others' connections: between them a few
dozen messages may overshoot.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

from peewee import SQL, Select, fn

from core import clock
from core.db import database
from core.journal import Entry
from core.rows import tuples
from outbox.models import Message
from outbox.states import SENDING, End, Later
from outbox.truth import Wish, end_of

FLOOR = 50  # messages of one rule within an hour that are never unusual
TIMES = 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKS = timedelta(weeks=4)
ENOUGH = 3  # days that make something usual
REMEMBERED = timedelta(minutes=10)
MOST = {"email": 5, "sms": 2}  # by channel, to one customer's address or number within a day
SPOKEN = ("message.released", "message.retried", "message.hurried")  # a person's word for a message
STAFF = ("assignee", "manager")

CREATED = Message.occasion == SQL("'created'")


class Guard:
    """One worker's guard; it remembers for some minutes what is usual for a rule."""

    def __init__(self, owner: str):
        self.owner = owner
        self._limits: dict[int, tuple[datetime, int]] = {}

    def check(self, wishes: Sequence[Wish], claimed: Sequence[Message]) -> dict[int, End]:
        """What must not go out now, by message id; `claimed` is the whole batch that the wishes are of."""
        asked = [wish for wish in wishes if _is_asked(wish.message)]
        ends = _crowding(asked)
        by_rule = defaultdict(list)
        for wish in asked:
            message = wish.message
            if message.id not in ends and message.rule_id and message.occasion != "created":
                by_rule[message.rule_id].append(message)
        for rule, messages in by_rule.items():
            room = self._room(rule, len(messages), claimed)
            ends |= {message.id: End("held", "unusual") for message in messages[room:]}
        spoken_for = _spoken_for(wishes, ends)
        return {key: end for key, end in ends.items() if key not in spoken_for}

    def _room(self, rule: int, wanted: int, claimed: Sequence[Message]) -> int:
        """How many of those wanted may go out now; usually one query says so."""
        now = clock.now()
        moment, limit = self._limits.get(rule, (now - DAY, FLOOR))
        if self._count(rule, now, limit, claimed) + wanted <= limit:
            return wanted
        if moment < now - REMEMBERED:
            limit = max(FLOOR, round(TIMES * _usual(rule, now)))
            self._limits[rule] = now, limit
        limit += _released(rule, now)
        return max(0, limit - self._count(rule, now, limit, claimed))

    def _count(self, rule: int, now: datetime, limit: int, claimed: Sequence[Message]) -> int:
        """What the rule has sent within the hour, and is sending over this worker's connections; hardly beyond the limit."""
        ours = (Message.rule_id == rule) & ~CREATED
        sent = Message.select(SQL("1")).where(ours, Message.sent_at > now - HOUR).limit(limit + 1)
        mine = ours & (Message.owner == self.owner) & Message.id.not_in([message.id for message in claimed])
        going = [
            Message.select(SQL("1")).where(mine, Message.state == SQL(f"'{state}'"), Message.lease_until > now - DAY)
            for state in SENDING
        ]
        counts = [Select([part], [fn.COUNT(SQL("1"))]).alias(name) for part, name in zip((sent, *going), "abc", strict=True)]
        return sum(Select(columns=counts).bind(database).tuples()[0])


def _is_asked(message: Message) -> bool:
    return bool(message.rule_id) and message.sort != "link" and message.reason != "by_hand"


def _to_customer(recipient: str) -> bool:
    return recipient not in STAFF and "@" not in recipient and not recipient.startswith("+")


def _crowding(wishes: Iterable[Wish]) -> dict[int, End]:
    """Those to customers who have had enough for today, each planned anew for when there is room."""
    ours = [wish for wish in wishes if _to_customer(wish.message.recipient)]
    had, now, ends = _had({_address(wish) for wish in ours}), clock.now(), {}
    for wish in ours:
        moments, most = had[_address(wish)], MOST[wish.message.channel]
        if len(moments) < most:
            insort(moments, now)
        elif end := end_of(wish.message, Later(moments[-most] + DAY, "limit")):
            ends[wish.message.id] = end
            insort(moments, moments[-most] + DAY)
    return ends


def _address(wish: Wish) -> str:
    return wish.person.reached(wish.message.channel)


def _had(addresses: set[str]) -> dict[str, list[datetime]]:
    """When the messages of the last 24 hours went to these addresses and numbers as customers, the oldest first."""
    found: dict[str, list[datetime]] = defaultdict(list)
    if addresses:
        known = Message.address.in_(addresses) & (Message.address != SQL("''"))
        lately = (Message.sent_at > clock.now() - DAY) | (Message.state == SQL("'sending_data'"))
        asked = known & lately & (Message.sort != "link")
        rows = Message.select(Message.address, Message.sent_at, Message.recipient).where(asked)
        for address, at, recipient in tuples(rows):
            if _to_customer(recipient):
                insort(found[address], at or clock.now())
    return found


def _usual(rule: int, now: datetime) -> float:
    """What the rule sends on a usual day, by UTC; 0 while that cannot be told."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    lately = (Message.sent_at >= today - WEEKS) & (Message.sent_at < today)
    rows = Message.select(fn.COUNT(Message.id)).where(Message.rule_id == rule, ~CREATED, lately)
    days = [n for (n,) in tuples(rows.group_by(fn.DATE(Message.sent_at)))]
    return median(days) if len(days) >= ENOUGH else 0


def _released(rule: int, now: datetime) -> int:
    """How many of the rule's messages a person has let go within the hour."""
    lines = Entry.select(Entry.data).where(Entry.what.in_(SPOKEN), Entry.at > now - HOUR)
    return len({entry.data.get("message") for entry in lines if entry.data.get("rule") == rule})


def _spoken_for(wishes: Sequence[Wish], ends: dict[int, End]) -> set[int]:
    """Those among the ends for which a person has spoken at any time, for instance before a server asked for patience."""
    records = {wish.message.record_id for wish in wishes if wish.message.id in ends}
    if not records:
        return set()
    lines = Entry.select(Entry.data).where(Entry.record_id.in_(records), Entry.what.in_(SPOKEN))
    return {entry.data.get("message") for entry in lines}
