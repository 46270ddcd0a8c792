"""How much a rule has sent lately, as a number and as a row of small bars."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import fn

from core import clock
from core.rows import tuples
from outbox.models import Message

DAYS = 30
HIGHEST = 18  # of a bar, in the units of the drawing; the days stand 3 units apart


@dataclass(frozen=True)
class Count:
    """Messages sent per day, oldest day first."""

    days: list[int]

    @property
    def total(self) -> int:
        return sum(self.days)

    @property
    def bars(self) -> str:
        """The bars as an SVG path; a day without messages has none."""
        most = max(self.days)
        return "".join(
            f"M{1 + 3 * place} 20v-{max(3, round(HIGHEST * n / most))}" for place, n in enumerate(self.days) if n
        )


def sent(rules: Iterable[int]) -> dict[int, Count]:
    """What each of these rules has sent in the last 30 days (UTC), in one query."""
    wanted, today = list(rules), clock.now().date()
    first, since = today - timedelta(days=DAYS - 1), clock.now() - timedelta(days=DAYS - 1)
    day = fn.DATE(Message.sent_at).python_value(str)
    rows = (
        Message.select(Message.rule_id, day, fn.COUNT(Message.id))
        .where(Message.sent_at >= since, Message.rule_id.in_(wanted), Message.state == "sent")
        .group_by(Message.rule_id, fn.DATE(Message.sent_at))
    )
    days = {rule: [0] * DAYS for rule in wanted}
    for rule, day, sent in tuples(rows):
        days[rule or 0][(date.fromisoformat(day[:10]) - first).days] += sent
    return {rule: Count(counted) for rule, counted in days.items()}
