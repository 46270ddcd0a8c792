"""Reminders are planned ahead, move with their record's time, and die with it; a series comes round with the calendar."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core import clock, journal
from outbox.models import Message
from outbox.states import Later
from records.models import Location, Record
from rules import engine, index, jobs, series, wanted
from rules.models import Job, Rule

Make = Callable[..., Any]
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # nine in Berlin
DAY = timedelta(days=1)


@pytest.fixture
def remind(rule: Rule) -> Callable[..., Rule]:
    """The rule of tests/ruling.py, made a reminder: `remind("before", (1, "days"), (2, "hours"))`."""

    def remind(trigger: str, *steps: tuple, field: str = "scheduled_at", **given: Any) -> Rule:
        made = [{"n": n, "unit": unit, "at": at[0] if at else "", "template": 0} for n, unit, *at in steps]
        rule.trigger, rule.options = trigger, {"field": field, "steps": made}
        rule.since = rule.created_at - DAY
        for name, value in given.items():
            setattr(rule, name, value)
        rule.save()
        return rule

    return remind


def news() -> list[Message]:
    """Read everything there is to read; the messages there are then, the earliest first."""
    while journal.read((engine.read,)):
        pass
    return list(Message.select().order_by(Message.due_at, Message.id))


def plan() -> list[tuple[str, str]]:
    """State and due time (Berlin) of every message after the news were read."""
    return [(m.state, f"{m.due_at.astimezone(clock.zone('Europe/Berlin')):%a %d %H:%M}") for m in news()]


def reasons() -> list[str]:
    return [message.reason for message in news()]


@pytest.fixture
def monday() -> Any:
    with time_machine.travel(MONDAY, tick=False) as machine:
        yield machine


def berlin(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.zone("Europe/Berlin"))


def test_r10_a_reminder_goes_out_a_day_before_and_moves_with_the_appointment(
    monday: Any, remind: Make, make_record: Make
) -> None:
    remind("before", (1, "days"))
    make_record("1001", scheduled_at=berlin(27, 16))
    assert plan() == [("planned", "Thu 26 16:00")]
    make_record("1001", scheduled_at=berlin(28, 9, 30))
    assert plan() == [("planned", "Fri 27 09:30")]


def test_r10_it_dies_with_the_record_and_comes_back_with_it(monday: Any, remind: Make, make_record: Make) -> None:
    remind("before", (1, "days"))
    make_record("1001", scheduled_at=berlin(27, 16))
    news()
    make_record("1001", status="cancelled")
    assert (plan(), reasons()) == ([("dropped", "Thu 26 16:00")], ["cancelled"])
    make_record("1001", status="accepted")
    assert plan() == [("planned", "Thu 26 16:00")]


def test_r10_it_never_fires_for_a_record_without_that_time(monday: Any, remind: Make, make_record: Make) -> None:
    remind("before", (1, "days"))
    make_record("1001")
    assert plan() == []
    make_record("1001", scheduled_at=berlin(27, 16))
    assert len(news()) == 1
    make_record("1001", scheduled_at=None)
    assert (plan(), reasons()) == ([("dropped", "Thu 26 16:00")], ["moved"])


def test_an_appointment_made_too_late_for_its_reminder_says_so(monday: Any, remind: Make, make_record: Make) -> None:
    remind("before", (1, "days"), (2, "hours"))
    make_record("1001", scheduled_at=berlin(23, 15))
    assert plan() == [("dropped", "Sun 22 15:00"), ("planned", "Mon 23 13:00")]
    assert reasons()[0] == "passed"


def test_after_a_second_appointment_there_is_a_second_reminder(monday: Any, remind: Make, make_record: Make) -> None:
    remind("before", (1, "days"))
    make_record("1001", scheduled_at=berlin(25, 16))
    Message.update(state="sent", sent_at=clock.now()).where(Message.id == news()[0].id).execute()
    make_record("1001", scheduled_at=berlin(27, 10))
    assert plan() == [("sent", "Tue 24 16:00"), ("planned", "Thu 26 10:00")]


def test_f3_each_step_of_a_ladder_is_dropped_the_moment_the_payment_is_in(
    monday: Any, remind: Make, make_record: Make
) -> None:
    unpaid = {"match": "all", "of": [{"field": "paid", "operator": "unpaid", "value": ""}]}
    remind("after", (3, "days"), (7, "days"), (14, "days"), field="placed_at", conditions=unpaid)
    make_record("1001", placed_at=MONDAY)
    assert plan() == [("planned", "Thu 26 09:00"), ("planned", "Mon 30 09:00"), ("planned", "Mon 07 09:00")]
    first = news()[0]
    Message.update(state="sent", sent_at=clock.now()).where(Message.id == first.id).execute()
    monday.move_to(MONDAY + 5 * DAY)
    make_record("1001", paid_at=clock.now())
    assert [(m.state, m.reason) for m in news()] == [("sent", ""), ("dropped", "paid"), ("dropped", "paid")]
    make_record("1001", paid_at=None)
    assert [m.state for m in news()] == ["sent", "planned", "planned"]


def test_of_a_ladder_that_is_late_only_the_last_step_goes_out(monday: Any, remind: Make, make_record: Make) -> None:
    remind("after", (1, "hours"), (2, "hours"), field="placed_at")
    make_record("1001", placed_at=MONDAY)
    first, second = news()
    monday.move_to(MONDAY + timedelta(hours=5))
    assert wanted.still_wanted([first, second]) == {first.id: "superseded"}


def test_r7_a_reminder_outside_hours_goes_out_earlier_when_waiting_would_be_too_late(
    monday: Any, remind: Make, make_record: Make, shop: dict[str, Location]
) -> None:
    """Twelve hours before is Sunday evening: Monday’s opening is early enough for 9:45, but not for 9:15."""
    remind("before", (12, "hours"), hours=True)
    make_record("1001", scheduled_at=berlin(30, 9, 45), location="berlin")
    make_record("1002", scheduled_at=berlin(30, 9, 15), location="berlin")
    assert plan() == [("planned", "Sat 28 13:59"), ("planned", "Mon 30 09:00")]


def test_switching_on_never_reaches_back_to_old_records(monday: Any, remind: Make, make_record: Make) -> None:
    Rule.update(on=False).execute()
    make_record("1001", scheduled_at=berlin(27, 16))
    news()
    monday.move_to(MONDAY + timedelta(hours=1))
    remind("before", (1, "days"), since=clock.now(), on=True)
    monday.move_to(MONDAY + timedelta(hours=2))
    make_record("1001", status="accepted")
    assert plan() == []
    make_record("1001", scheduled_at=berlin(28, 16))
    assert plan() == [("planned", "Fri 27 16:00")]


def test_a_silent_change_moves_a_reminder_but_makes_none(monday: Any, remind: Make, make_record: Make) -> None:
    remind("before", (1, "days"))
    make_record("1001", scheduled_at=berlin(27, 16), silent=True)
    make_record("1002", scheduled_at=berlin(27, 16))
    make_record("1002", scheduled_at=berlin(28, 16), silent=True)
    assert plan() == [("planned", "Fri 27 16:00")]


def test_a_reminder_is_asked_again_whether_its_moment_still_stands(monday: Any, remind: Make, make_record: Make) -> None:
    remind("before", (1, "days"))
    record = make_record("1001", scheduled_at=berlin(27, 16))
    message = news()[0]
    assert wanted.still_wanted([message]) == {}
    Record.update(scheduled_at=berlin(29, 16)).where(Record.id == record.id).execute()
    assert wanted.still_wanted([message]) == {message.id: "moved"}


def test_what_opens_later_waits_for_it_also_when_it_is_about_to_go_out(
    monday: Any, rule: Rule, make_record: Make, shop: dict[str, Location]
) -> None:
    rule.hours = True
    rule.save()
    make_record("1001", location="berlin")
    message = news()[0]
    assert wanted.still_wanted([message]) == {}
    monday.move_to(berlin(23, 20))
    assert wanted.still_wanted([message]) == {message.id: Later(berlin(24, 9).astimezone(UTC), "closed")}


def test_b3_every_wednesday_those_who_match_hear_once(
    monday: Any, rule: Rule, make_record: Make, shop: dict[str, Location], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule.trigger, rule.options = "every", {"weekdays": ["wed"], "days": [], "at": "09:00"}
    rule.conditions = {"match": "all", "of": [{"field": "source", "operator": "is", "value": "portal"}]}
    rule.since = MONDAY
    rule.save()
    for n, source in enumerate(("portal", "portal", "andere")):
        make_record(f"{n}", source=source)
    assert plan() == []
    monday.move_to(berlin(25, 9, 1))
    for _ in range(2):
        series.notice()
        jobs.run_all()
    assert plan() == [("planned", "Wed 25 09:00")] * 2
    assert {job.state for job in Job.select()} == {"done"}


def test_a_series_missed_for_too_long_is_left_out(monday: Any, rule: Rule, make_record: Make) -> None:
    rule.trigger, rule.options, rule.since = "every", {"weekdays": [], "days": [25], "at": "09:00"}, MONDAY
    rule.save()
    make_record("1001")
    monday.move_to(berlin(26, 9, 1))
    index.current()
    series.notice()
    assert (plan(), Job.select().count()) == ([], 0)


def test_x3_a_click_rests_for_a_moment_and_the_last_status_counts(
    monday: Any, rule: Rule, letter: Any, make_record: Make
) -> None:
    words = dict(kind="order", trigger="status_changed_to", recipients=rule.recipients, on=True, since=MONDAY - DAY)
    for status in ("ready", "done"):
        Rule.create(name=status, options={"statuses": [status]}, created_at=MONDAY, updated_at=MONDAY, **words)
    make_record("1001")
    news()
    make_record("1001", actor="user:1", status="ready")
    make_record("1001", actor="user:1", status="done")
    ready, done = [message for message in news() if message.reason == "resting"]
    assert ready.due_at == MONDAY + timedelta(seconds=30)
    assert wanted.still_wanted([ready, done]) == {ready.id: "status_left"}


def test_x3_three_clicks_make_one_message_of_a_rule_for_every_status(monday: Any, rule: Rule, make_record: Make) -> None:
    rule.trigger = "status_changed"
    rule.save()
    make_record("1001")
    for status in ("accepted", "ready", "accepted"):
        make_record("1001", actor="user:1", status=status)
    first, second, third = news()
    assert set(wanted.still_wanted([first, second, third])) == {first.id, second.id}


def test_an_opened_page_can_start_a_rule_but_not_for_ever(monday: Any, rule: Rule, make_record: Make) -> None:
    """Two rules that feed each other: each opening makes a message whose link is opened again."""
    rule.trigger = "opened"
    rule.save()
    record = make_record("1001")
    for n in range(5):
        journal.record("link.opened", record.id, "customer", unread=True, link=f"link-{n}")
        messages = news()
        Message.update(link_id=f"link-{n + 1}").where(Message.id == messages[-1].id).execute()
    assert [(m.depth, m.state, m.reason) for m in Message.select().order_by(Message.id)][2:4] == [
        (3, "planned", ""), (4, "dropped", "too_deep"),
    ]
