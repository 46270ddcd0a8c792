"""X2: a draft is run over the last 30 days and the next 14 before it is switched on, and says the same as reality."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient

import app as program
from core import clock, journal
from core.db import transaction
from core.rows import by_ids
from emails.models import Template
from outbox.models import Message
from records.models import Contact, Record
from rules import jobs
from rules.models import Job, Rule
from rules.replay import work

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=BERLIN)  # a Friday
HTMX = {"HX-Request": "true"}
BEN = {"name": "Ben Bitter", "email": "ben@example.org", "language": "de", "consent": {"email": True}}
CEM = {"name": "Cem Demir", "email": "cem@example.org", "language": "de", "consent": {"email": False}}


OF_WEB = {"field": "source", "operator": "is", "value": "web"}


def asked(*said: dict[str, str]) -> dict[str, Any]:
    return {"match": "all", "of": list(said)}


@pytest.fixture(autouse=True)
def travel(house: Any) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def at(travel: Any) -> Callable[..., None]:
    """Goes to a moment of Berlin: `at(11, 14, 22)`."""
    return lambda *moment: travel.move_to(datetime(2026, *moment, tzinfo=BERLIN))


@pytest.fixture
def draft(letter: Template, at: Any) -> Callable[..., Rule]:
    """A rule about orders that nobody has saved."""

    def make(trigger: str = "created", who: str = "customer", **more: Any) -> Rule:
        recipients = [{"who": who, "address": "", "template": letter.id}]
        return Rule(name="Entwurf", kind="order", trigger=trigger, recipients=recipients, **more)

    return make


def replayed(rule: Rule) -> dict[str, Any]:
    """The result of a replay."""
    job = work.begin(rule, "user:1")
    jobs.run_all("host.0:a")
    job = Job.get_by_id(job.id)
    assert job.state == "done", job.result
    assert not [name for name in ("Ada", "Ben", "Cem", "@example.org") if name in json.dumps(job.result)]
    return job.result


def moments(lines: list[list[Any]]) -> list[str]:
    """“14.11. 22:00” of each line, in Berlin."""
    return [f"{datetime.fromisoformat(line[2]).astimezone(BERLIN):%d.%m. %H:%M}" for line in lines]


def test_what_would_have_been_sent_is_counted_by_day_and_person(draft: Any, make_record: Any, at: Any, shop: Any) -> None:
    for number, moment, contact in (
        ("1", (10, 1, 9), BEN), ("2", (11, 15, 22), BEN), ("3", (11, 16, 10), BEN), ("4", (11, 16, 11), None),
    ):
        at(*moment)
        make_record(number, location="berlin", **({"contact": contact} if contact else {}))
    at(11, 20, 12)
    found = replayed(draft())
    assert (found["messages"], found["persons"], found["sundays"], found["outside"]) == (3, 2, 1, 1)
    assert (len(found["days"]), found["days"][-6:]) == (30, [1, 2, 0, 0, 0, 0])
    assert moments(found["list"]) == ["15.11. 22:00", "16.11. 10:00", "16.11. 11:00"]


@pytest.mark.parametrize("more", [
    {"trigger": "created"},
    {"trigger": "created", "delay": 90, "hours": True},
    {"trigger": "status_changed", "delay": 15},
    {"trigger": "status_changed_to", "options": {"statuses": ["ready"], "also_created": True}, "hours": True},
    {"trigger": "status_changed_to", "options": {"statuses": ["ready"]}, "delay": 600, "hours": True},
    {"trigger": "time_changed", "options": {"field": "scheduled_at"}, "conditions": asked(OF_WEB)},
    {"trigger": "before", "hours": True, "options": {"field": "scheduled_at", "steps": [
        {"n": 1, "unit": "days", "at": "18:00", "template": 0}, {"n": 2, "unit": "hours", "at": "", "template": 0}]}},
], ids=lambda more: f"{more['trigger']}-{more.get('delay', 0)}")
def test_replay_and_reality_agree(draft: Any, make_record: Any, at: Any, shop: Any, more: dict[str, Any]) -> None:
    """The same weeks are lived through with the rule switched on, and then replayed with the rule as a draft."""
    rule = draft(**more)
    at(10, 25, 8)
    rule.on, rule.since, rule.created_at, rule.updated_at = True, clock.now(), clock.now(), clock.now()
    rule.save()
    lives = [(1, 7, "new"), (6, 19, "ready"), (7, 13, "ready"), (10, 10, "new"), (15, 3, "ready")]
    for n, (day, hour, status) in enumerate(lives):
        at(11, day, hour)
        place, source = ("berlin", "potsdam")[n % 2], ("web", "shop")[n % 2]
        number, day = f"10{n}", datetime(2026, 11, min(day + 2, 19), 11, tzinfo=BERLIN)
        make_record(number, location=place, source=source, status=status)
        journal.read(program.READERS)
        at(11, day.day, hour, 1)
        make_record(number, scheduled_at=day + timedelta(days=3, hours=n))
        make_record(number, status="in_progress" if n % 2 else "ready")
        journal.read(program.READERS)
    at(11, 20, 12)
    found = replayed(Rule(**{name: rule.__data__[name] for name in work.CONTENT}))
    real = sorted([row.record_id, row.due_at] for row in Message.select().where(Message.state == "planned"))
    seen = [[line[0], datetime.fromisoformat(line[2])] for line in (*found["list"], *found["agenda"])
            if line[3] in ("", "waited", "status_left", "superseded", "no_consent")]
    assert real and sorted(seen) == [[key, due.replace(microsecond=0)] for key, due in real]


def test_working_hours_make_messages_wait(draft: Any, make_record: Any, at: Any, shop: Any) -> None:
    at(11, 14, 22)
    make_record("1", location="berlin")
    at(11, 16, 9, 30)
    make_record("2", location="berlin")
    at(11, 20, 12)
    found = replayed(draft(hours=True))
    assert (found["waited"], found["outside"], moments(found["list"])) == (1, 0, ["16.11. 09:00", "16.11. 09:30"])
    assert [line[3] for line in found["list"]] == ["waited", ""]


def test_it_says_who_would_not_be_reached_and_why(draft: Any, make_record: Any, at: Any) -> None:
    for number, contact in enumerate((CEM, {"name": "Ada", "phone": "+4930123456"}, None, BEN), 1):
        at(11, 16, 9, number)
        make_record(str(number), contact=contact)
    at(11, 20, 12)
    found = replayed(draft())
    assert found["messages"] == 1
    assert [line[3] for line in found["list"]] == ["no_consent", "no_address", "no_recipient", ""]
    assert found["unreached"] == [["no_recipient", 1], ["no_address", 1], ["no_consent", 1]]


def test_it_says_which_condition_held_messages_back(draft: Any, make_record: Any, at: Any) -> None:
    for number, source, total in (("1", "web", 50), ("2", "counter", 500), ("3", "counter", 5), ("4", "web", 5)):
        make_record(number, source=source, total=total)
    either = {"match": "any", "of": [{"field": "total", "operator": "at_least", "value": "100"}]}
    found = replayed(draft(conditions=asked({"field": "source", "operator": "is_not", "value": "counter"}, either)))
    assert (found["messages"], sorted(found["fallen"])) == (0, [[[0], 2], [[1], 2]])


def test_two_on_one_day_are_found_also_when_another_rule_wrote_the_other(
    draft: Any, make_record: Any, at: Any, rule: Rule, put: Any, travel: Any
) -> None:
    at(11, 16, 10)
    make_record("1", contact=BEN)
    make_record("2", contact=BEN)
    three = make_record("3", contact={**BEN, "name": "Ada", "email": "ada@example.org"})
    put(three, state="sent", address="ADA@example.org", rule_id=rule.id)
    at(11, 17, 10)
    make_record("4", contact={**BEN, "name": "Cem", "email": "cem@example.org"})
    at(11, 20, 12)
    found = replayed(draft())
    assert (found["doubles"], found["twice"], found["others"]) == (2, 1, [[rule.id, 1]])


def test_staff_may_hear_of_many_in_a_day(draft: Any, make_record: Any, at: Any, shop: Any) -> None:
    for number in "12345":
        make_record(number, location="berlin")
    found = replayed(draft(who="manager"))
    assert (found["messages"], found["persons"], found["doubles"]) == (5, 1, 0)


def test_what_came_between_a_delay_and_its_end_counts(draft: Any, make_record: Any, at: Any) -> None:
    at(11, 16, 9)
    make_record("1")
    make_record("2")
    at(11, 16, 10)
    make_record("1", status="ready")
    make_record("2", status="ready")
    at(11, 16, 11)
    make_record("1", status="done")
    at(11, 20, 12)
    found = replayed(draft("status_changed_to", options={"statuses": ["ready"]}, delay=120))
    assert (found["messages"], found["dropped"]) == (1, [["status_left", 1]])
    found = replayed(draft("status_changed", delay=120))
    assert (found["messages"], found["dropped"]) == (2, [["superseded", 1]])


def test_a_reminder_stops_with_the_payment_as_it_was_then(draft: Any, make_record: Any, at: Any) -> None:
    """F3: 3, 7 and 14 days after; paid between the second and the third."""
    at(11, 2, 9)
    make_record("1", placed_at=clock.now())
    at(11, 11, 9)
    make_record("1", paid_at=clock.now())
    make_record("2", placed_at=clock.now())
    at(11, 20, 12)
    steps = [{"n": n, "unit": "days", "at": "", "template": 0} for n in (3, 7, 14)]
    unpaid = asked({"field": "paid", "operator": "unpaid", "value": ""})
    found = replayed(draft("after", options={"field": "placed_at", "steps": steps}, conditions=unpaid))
    assert moments(found["list"]) == ["05.11. 09:00", "09.11. 09:00", "14.11. 09:00", "18.11. 09:00"]
    assert (found["ahead"], moments(found["agenda"])) == (1, ["25.11. 09:00"])


def test_a_reminder_of_a_cancelled_appointment_ended_with_it(draft: Any, make_record: Any, at: Any) -> None:
    at(11, 2, 9)
    for number, day in (("1", 6), ("2", 18), ("3", 24)):
        make_record(number, scheduled_at=datetime(2026, 11, day, 10, tzinfo=BERLIN))
    at(11, 9, 9)
    for number in "123":
        make_record(number, status="cancelled")
    make_record("4", scheduled_at=datetime(2026, 11, 25, 10, tzinfo=BERLIN))
    at(11, 20, 12)
    day_before = [{"n": 1, "unit": "days", "at": "18:00", "template": 0}]
    found = replayed(draft("before", options={"field": "scheduled_at", "steps": day_before}))
    assert (moments(found["list"]), moments(found["agenda"])) == (["05.11. 18:00"], ["24.11. 18:00"])


def test_a_series_is_replayed_and_foreseen_by_the_calendar(draft: Any, make_record: Any, at: Any) -> None:
    at(11, 9, 9)
    make_record("1", total=200)
    make_record("2", total=20)
    at(11, 20, 12)
    rich = asked({"field": "total", "operator": "at_least", "value": "100"})
    found = replayed(draft("every", options={"weekdays": ["wed"], "days": [], "at": "10:00"}, conditions=rich))
    assert moments(found["list"]) == ["11.11. 10:00", "18.11. 10:00"]
    assert moments(found["agenda"]) == ["25.11. 10:00", "02.12. 10:00"]
    assert found["fallen"] == [[[0], 1]]


def test_a_flood_is_held_against_the_guard(draft: Any, make_record: Any, at: Any) -> None:
    for n in range(60):
        make_record(str(n), contact=BEN)
        make_record(str(n), status="ready")
    found = replayed(draft("status_changed"))
    assert (found["busiest"], found["limit"], found["held"]) == (60, 50, 10)
    found = replayed(draft("created"))
    assert (found["busiest"], found["held"]) == (60, 0)  # answers to what customers just did are never unusual


def test_quiet_changes_and_other_places_are_left_out(draft: Any, make_record: Any, at: Any, shop: Any) -> None:
    make_record("1", location="berlin", silent=True)
    make_record("2", location="potsdam")
    make_record("3", location="berlin", profile="invoice")
    make_record("4", location="berlin")
    found = replayed(draft(locations=[shop["berlin"].id], profile="invoice"))
    assert [line[0] for line in found["list"]] == [Record.get(Record.number == "3").id]


def test_after_a_crash_a_replay_begins_anew_and_counts_nothing_twice(
    draft: Any, make_record: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in "12345":
        make_record(number)
    monkeypatch.setattr(work, "PIECE", 2)
    job = work.begin(draft(), "user:1")
    jobs.run_all("host.0:a", stopping=lambda: Job.get_by_id(job.id).done >= 2)
    assert Job.get_by_id(job.id).done == 2
    jobs.run_all("host.1:b")
    assert Job.get_by_id(job.id).result["messages"] == 5


def test_a_replay_changes_nothing(draft: Any, make_record: Any, at: Any) -> None:
    make_record("1")
    before = (Message.select().count(), journal.Entry.select().count(), Contact.select().count())
    replayed(draft())
    ended = 1  # is all that the journal says of it
    assert (Message.select().count(), journal.Entry.select().count() - ended, Contact.select().count()) == before


def test_only_named_fields_are_read(make_record: Any) -> None:
    record = make_record("1", total=12)
    found, = by_ids(Record, ("id", "total", "created_at"), [record.id])
    assert (found.total, found.created_at, found.number) == (12, record.created_at, None)


@pytest.fixture
def form(letter: Template) -> dict[str, str]:
    """What the builder posts for the simplest rule."""
    return {"kind": "order", "trigger": "created", "who-0": "customer", "template-0": str(letter.id), "on": "1"}


def test_the_builder_begins_a_trial_and_shows_what_came_of_it(
    admin: FlaskClient, form: Any, make_record: Any, at: Any
) -> None:
    make_record("1001")
    answer = admin.post("/rules/replay", data=form, headers=HTMX)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    waiting = admin.get(page, headers=HTMX)
    assert waiting.status_code == 200 and f'hx-get="{page}"' in waiting.text and "<progress" in waiting.text
    jobs.run_all()
    shown = admin.get(page, headers=HTMX)
    assert shown.status_code == 286 and "hx-get" not in shown.text
    assert "In den letzten 30 Tagen hätte diese Regel <b>1 Nachricht</b> verschickt." in shown.text
    assert "1001 Ada Lovelace" in shown.text and 'style="' not in shown.text
    assert "<html" in admin.get(page).text
    assert not Rule.select().where(Rule.name == "").exists()


def test_an_incomplete_rule_is_not_replayed(admin: FlaskClient, form: Any) -> None:
    answer = admin.post("/rules/replay", data={**form, "trigger": "status_changed_to"}, headers=HTMX)
    assert answer.status_code == 422 and "Kreuzen Sie mindestens einen Status an." in answer.text
    assert Job.select().count() == 0
    assert admin.post("/rules/replay", data={**form, "template-0": ""}, headers=HTMX).status_code == 303


def test_a_second_trial_gives_up_the_first(admin: FlaskClient, form: Any) -> None:
    admin.post("/rules/replay", data=form)
    admin.post("/rules/replay", data=form)
    assert [job.state for job in Job.select().order_by(Job.id)] == ["cancelled", "waiting"]


def test_trials_are_forgotten_after_a_day(admin: FlaskClient, form: Any, travel: Any) -> None:
    admin.post("/rules/replay", data=form)
    jobs.run_all()
    travel.shift(timedelta(hours=23))
    assert jobs.forget() == 0
    travel.shift(timedelta(hours=2))
    assert jobs.forget() == 1


def test_a_trial_may_speak_of_records_that_are_gone(admin: FlaskClient, form: Any, make_record: Any, at: Any) -> None:
    make_record("1001")
    page = admin.post("/rules/replay", data=form).headers["Location"]
    jobs.run_all()
    with transaction():
        Record.delete().execute()
    assert "ein Vorgang, den es nicht mehr gibt" in admin.get(page, headers=HTMX).text
