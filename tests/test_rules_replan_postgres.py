"""Planning anew and reaching back on PostgreSQL: the same queries, the same answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core import clock, journal
from core.db import transaction
from outbox.models import Message
from rules import engine, jobs, reach, replan, waits
from rules.models import Job, Rule

Make = Callable[..., Any]


pytestmark = pytest.mark.postgres


def ladder(*days: int) -> dict[str, Any]:
    return {"field": "scheduled_at", "steps": [{"n": n, "unit": "days", "at": "", "template": 0} for n in days]}


def test_x9_messages_are_planned_anew_kept_and_reached_back_for(
    rule: Rule, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now() + timedelta(days=9)
    early = make_record("1000", scheduled_at=moment)
    journal.read([engine.read])
    Message.delete().execute()
    rule.trigger, rule.options, rule.since = "before", ladder(1), clock.now()
    rule.save()
    record = make_record("1001", scheduled_at=moment)
    journal.read([engine.read])
    assert [message.due_at for message in Message.select()] == [moment - timedelta(days=1)]
    assert reach.count(rule) == 2

    def change(*days: int, choice: str, existing: bool = False) -> list[tuple[int, int]]:
        rule.options = ladder(*days)
        with transaction():
            rule.version += 1
            rule.save()
            waits.settle(rule, choice, existing, "user:1")
        jobs.run_all()
        waiting = Message.select().where(Message.state == "planned").order_by(Message.record, Message.due_at)
        return [(message.record_id, (moment - message.due_at).days) for message in waiting]

    assert change(2, choice="keep") == [(record.id, 1)]
    assert change(2, choice="replan") == [(record.id, 2)]
    assert change(1, 3, choice="replan") == [(record.id, 3), (record.id, 1)], "the step that was dropped comes back"
    monkeypatch.setattr(waits, "AT_ONCE", 0)
    monkeypatch.setattr(replan, "PIECE", 1)
    assert change(3, choice="replan", existing=True) == [(early.id, 3), (record.id, 3)]
    assert (Job.get().state, Job.get().done) == ("done", 2)
