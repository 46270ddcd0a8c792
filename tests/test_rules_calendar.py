"""Whatever calendar, zone and rule: every occurrence goes out exactly once and in hours, or is dropped with a reason."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox.models import Mail, Message
from records import change, hours, kinds, openings
from records.models import Location, Record
from rules import engine, jobs, series, wanted
from rules.models import Job, Rule
from rules.triggers import TRIGGERS
from rules.triggers.steps import key as step_key
from tests.mailing import send_due

ZONES = ("Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")
START = datetime(2026, 1, 1, tzinfo=UTC)
SPANS = ([["09:00", "13:00"], ["14:00", "18:30"]], [["22:00", "23:30"]], [["00:30", "03:15"]], [])
MINUTES = st.integers(0, 365 * 24 * 60)
SHORT = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

moments = MINUTES.map(lambda n: START + timedelta(minutes=n))
steps = st.lists(
    st.builds(
        lambda n, unit, at: {"n": n, "unit": unit, "at": at if unit == "days" else "", "template": 0},
        st.integers(1, 40), st.sampled_from(["minutes", "hours", "days"]), st.sampled_from(["", "07:45", "18:00"]),
    ),
    min_size=1, max_size=3, unique_by=step_key,
)
weeks = st.lists(st.sampled_from(SPANS), min_size=7, max_size=7).map(lambda found: dict(zip(hours.DAYS, found, strict=True)))


@st.composite
def places(draw: Any) -> dict[str, Any]:
    """A location of any week that is ever open, in any of the zones, with closing days of its own."""
    week, first = draw(weeks), draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
    assume(any(week.values()))
    closure = {"from": first.isoformat(), "to": (first + timedelta(days=draw(st.integers(0, 9)))).isoformat(), "name": ""}
    german = {"state": "BY", "catholic": draw(st.booleans())}
    return {"hours": week, "closures": [closure], "time_zone": draw(st.sampled_from(ZONES)), **german}


@pytest.fixture
def empty(house: Flask, letter: Template) -> Iterator[Template]:
    with transaction():
        Location.create(key="there", name="Dort", hours={})
    yield letter


def begin(place: dict[str, Any], letter: Template, at: datetime, **rule: Any) -> None:
    """Forget the example before; one location, one rule."""
    with transaction():
        for model in (Message, Record, Rule, Job, Entry, Mail):
            model.delete().execute()
        Location.update(**place).execute()
        mail = {"who": "customer", "address": "", "template": letter.id}
        Rule.create(name="Regel", kind="order", on=True, recipients=[mail], since=at, created_at=at, updated_at=at, **rule)


def order(number: str, **state: Any) -> None:
    kind = kinds.of_collection("orders")
    assert kind
    ada = {"name": "Ada", "email": f"ada{number}@example.org", "consent": {"email": True}}
    change.apply(kind, number, {"contact": ada, "location": "there", **state}, "api:1")


def work() -> None:
    """What a worker does when it wakes."""
    while journal.read((engine.read,)):
        pass
    series.notice()
    jobs.run_all()
    send_due(wanted.still_wanted)


def census(machine: Any, until: datetime) -> list[Message]:
    """Let time pass, from one due moment to the next, until `until`; all messages there are then."""
    while (now := clock.now()) < until:
        dues = [m.due_at for m in Message.select().where(Message.state == "planned")]
        machine.move_to(min([due for due in dues if due > now] + [until]))
        work()
    return list(Message.select())


def judged(messages: list[Message]) -> None:
    """Each in exactly one end; sent ones once, and in hours."""
    assert {message.state for message in messages} <= {"sent", "dropped"}
    assert all(message.reason for message in messages if message.state == "dropped")
    place = Location.get()
    sent = [message for message in messages if message.state == "sent"]
    assert all(openings.is_open(place, message.sent_at) for message in sent)
    assert Counter(mail.message_id for mail in Mail.select()) == Counter(message.message_id for message in sent)


@SHORT
@given(place=places(), at=moments, options=steps, before=st.booleans(), lead=st.integers(0, 60 * 24 * 12))
def test_every_step_of_a_reminder_ends_once_and_in_hours(
    empty: Template, place: dict[str, Any], at: datetime, options: list[Any], before: bool, lead: int
) -> None:
    base = at + timedelta(minutes=lead)
    trigger, field = ("before", "scheduled_at") if before else ("after", "placed_at")
    with time_machine.travel(at, tick=False) as machine:
        begin(place, empty, at, trigger=trigger, options={"field": field, "steps": options}, hours=True)
        order("1001", **{field: base})
        work()
        record = Record.get()
        occasions = TRIGGERS[trigger].occasions(record, Rule.get().options)
        messages = census(machine, max([base, *(o.at for o in occasions)]) + timedelta(days=75))
    judged(messages)
    assert Counter(message.occasion for message in messages) == Counter(occasion.key for occasion in occasions)
    assert not before or all(message.sent_at < base for message in messages if message.state == "sent")


@SHORT
@given(
    place=places(), at=moments, days=st.sets(st.sampled_from(list(hours.DAYS)), min_size=1, max_size=3),
    hour=st.sampled_from(["00:00", "00:15", "02:30", "09:00", "23:45"]), gaps=st.lists(st.integers(1, 60 * 30), max_size=8),
)
def test_every_day_of_a_series_comes_round_once(
    empty: Template, place: dict[str, Any], at: datetime, days: set[str], hour: str, gaps: list[int]
) -> None:
    with time_machine.travel(at, tick=False) as machine:
        begin(place, empty, at, trigger="every", options={"weekdays": sorted(days), "days": [], "at": hour}, hours=True)
        order("1001")
        work()
        woken = [at]
        for gap in gaps:
            machine.shift(timedelta(minutes=gap))
            woken.append(clock.now())
            work()
        work()
        expected = TRIGGERS["every"].occurrences(Rule.get().options, clock.zone(place["time_zone"]), at, clock.now())
    seen = {o.key for o in expected if any(o.at <= moment < o.at + series.BACK for moment in woken)}
    messages = list(Message.select())
    assert Counter(message.occasion for message in messages) == Counter(seen)
    assert all(openings.is_open(Location.get(), message.sent_at) for message in messages if message.state == "sent")


@SHORT
@given(place=places(), at=moments, delay=st.integers(0, 60 * 24 * 3))
def test_r6_r7_what_happened_is_told_once_in_the_next_hours(
    empty: Template, place: dict[str, Any], at: datetime, delay: int
) -> None:
    with time_machine.travel(at, tick=False) as machine:
        begin(place, empty, at, trigger="created", delay=delay, hours=True)
        order("1001")
        work()
        messages = census(machine, at + timedelta(minutes=delay, days=75))
    judged(messages)
    [message] = messages
    due, opens = at + timedelta(minutes=delay), openings.next_open(Location.get(), at + timedelta(minutes=delay))
    assert (message.state, message.sent_at) == ("sent", opens) if opens else message.reason == "no_hours"
    assert opens is None or opens >= due
