"""What many foreseen messages come to: counts and ids, nobody's name or address."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Any

from outbox import guard
from rules.replay.span import BACK, Span
from rules.replay.world import Foreseen

LISTED = 50  # messages named one by one
AGENDA = 20
UNREACHED = ("no_recipient", "no_address", "no_consent", "no_advertising", "suppressed")

Sent = tuple[str, date, int]  # address, day, and the rule that really has written to it then (0: a person)


@dataclass(frozen=True)
class Tally:
    """The messages of both weeks behind and weeks ahead that really would go out."""

    span: Span
    went: list[Foreseen]
    ahead: list[Foreseen]
    stayed: list[Foreseen]


def sort(seen: Iterable[Foreseen], span: Span) -> Tally:
    tally = Tally(span, [], [], [])
    for one in sorted(seen, key=lambda one: one.at):
        if span.since <= one.at < span.until:
            (tally.stayed if one.reason else tally.ahead if one.at > span.now else tally.went).append(one)
    return tally


def count(
    seen: Iterable[Foreseen], others: Iterable[Sent], fallen: Sequence[tuple[list[int], int]], span: Span
) -> dict[str, Any]:
    """The result of a replay. `fallen`: the places of conditions, and how often each kept a message back."""
    tally = sort(seen, span)
    went, past = tally.went, sorted((*tally.went, *tally.stayed), key=lambda one: one.at)
    return {
        "since": span.since.isoformat(), "now": span.now.isoformat(), "until": span.until.isoformat(),
        "messages": len(went), "persons": len({one.address for one in went}),
        "sundays": sum(one.day.weekday() == 6 for one in went),
        "outside": sum(one.closed for one in went), "waited": sum(one.waited for one in went),
        "days": _days(went, span.first), **_doubles(went, others), **_stayed(tally.stayed), **_busiest(went + tally.ahead),
        "fallen": [[place, n] for place, n in fallen],
        "list": [_line(one) for one in [one for one in past if one.at <= span.now][-LISTED:]],
        "ahead": len(tally.ahead), "agenda": [_line(one) for one in tally.ahead[:AGENDA]],
    }


def _line(one: Foreseen) -> list[Any]:
    remark = one.reason or ("waited" if one.waited else "")
    return [one.record_id, one.recipient, one.at.isoformat(timespec="seconds"), remark]


def _days(went: Iterable[Foreseen], first: date) -> list[int]:
    days = [0] * BACK
    for one in went:
        days[min(BACK - 1, max(0, (one.day - first).days))] += 1
    return days


def _doubles(went: Iterable[Foreseen], sent: Iterable[Sent]) -> dict[str, Any]:
    """How many customers would have had two on one day, and which rules wrote the other one."""
    mine = Counter((one.address, one.day) for one in went if one.customer)
    theirs = defaultdict(set)
    for address, day, rule in sent:
        if (address, day) in mine:
            theirs[address].add(rule)
    twice = {address for (address, day), n in mine.items() if n > 1}
    rules = Counter(rule for found in theirs.values() for rule in found)
    others = [[rule, n] for rule, n in rules.most_common(3)]
    return {"doubles": len(twice | theirs.keys()), "twice": len(twice), "others": others}


def _stayed(stayed: Sequence[Foreseen]) -> dict[str, Any]:
    """What would not have gone out: because nobody can be written to, or because something came between."""
    reasons = Counter(one.reason for one in stayed)
    unreached = [[reason, reasons[reason]] for reason in UNREACHED if reasons[reason]]
    dropped = [[reason, n] for reason, n in reasons.most_common() if reason not in UNREACHED]
    return {"unreached": unreached, "dropped": dropped}


def _busiest(seen: Sequence[Foreseen]) -> dict[str, int]:
    """The most messages within an hour, the guard's limit for them, and how many it would have held."""
    limit = max(guard.FLOOR, round(guard.TIMES * _usual(seen)))
    most = _most([one.at for one in seen])
    asked = [one.at for one in seen if not one.created]
    return {"busiest": most, "limit": limit, "held": _held(asked, limit) if most > limit else 0}


def _most(moments: Sequence[datetime]) -> int:
    first = most = 0
    for n, at in enumerate(moments):
        while moments[first] <= at - guard.HOUR:
            first += 1
        most = max(most, n - first + 1)
    return most


def _held(moments: Sequence[datetime], limit: int) -> int:
    """How many of those within an hour are too many; what is held makes room for the next."""
    passed: deque[datetime] = deque()
    held = 0
    for at in moments:
        while passed and passed[0] <= at - guard.HOUR:
            passed.popleft()
        if len(passed) < limit:
            passed.append(at)
        else:
            held += 1
    return held


def _usual(seen: Iterable[Foreseen]) -> float:
    days = Counter(one.day for one in seen if not one.created).values()
    return median(days) if len(days) >= guard.ENOUGH else 0
