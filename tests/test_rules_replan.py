"""X9: what a changed rule has waiting is kept, planned anew or discarded; reminders reach back only when asked."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from time_machine import travel
from werkzeug.test import TestResponse

from core import clock, journal
from core.db import transaction
from emails.models import Template
from outbox.models import Message
from records.models import Location, Record
from rules import engine, jobs, replan, waits, wanted
from rules.builder import saving
from rules.models import Job, Rule
from rules.replan import Wish

Make = Callable[..., Any]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday in Berlin


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def reminder(letter: Template) -> Rule:
    """One day before the appointment."""
    return Rule.create(
        name="Erinnerung", kind="order", trigger="before", on=True, since=clock.now(), created_at=clock.now(),
        options={"field": "scheduled_at", "steps": [{"n": 1, "unit": "days", "at": "", "template": 0}]},
        recipients=[{"who": "customer", "address": "", "template": letter.id}], updated_at=clock.now(),
    )


@pytest.fixture
def form(reminder: Rule, letter: Template) -> dict[str, Any]:
    """The reminder as its form says it."""
    return {
        "save": "1", "kind": "order", "trigger": "before", "field": "scheduled_at", "step-n-0": "1", "step-unit-0": "days",
        "who-0": "customer", "template-0": str(letter.id), "name": "Erinnerung", "on": "1",
    }


def hear() -> None:
    journal.read([engine.read])


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def seal_in(text: str) -> str:
    found = re.search(r'name="seal" value="(\w+)"', text)
    assert found, text
    return found[1]


def answered(admin: FlaskClient, rule: Rule, form: dict[str, Any], waiting: str) -> TestResponse:
    """Save, read the question, and answer it."""
    asked = page(admin.post(f"/rules/{rule.id}", data=form))
    return admin.post(f"/rules/{rule.id}", data={**form, "seal": seal_in(asked), "waiting": waiting})


def waiting() -> list[tuple[str, datetime]]:
    mine = Message.select().where(Message.state == "planned").order_by(Message.due_at)
    return [(message.record.number, message.due_at) for message in mine]


def test_x9_saving_asks_first_and_shows_what_planning_anew_would_do(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    make_record("1002", scheduled_at=NOON + timedelta(days=1, hours=12))
    hear()
    asked = page(admin.post(f"/rules/{reminder.id}", data={**form, "step-n-0": "2"}))
    assert "2 Nachrichten warten noch mit der bisherigen Fassung." in asked
    assert "Mit der neuen Fassung: 1 geht anders hinaus, 1 entfällt." in asked
    assert re.search(r"1001</a> Ada Lovelace</th>\s*<td>Fr, 27. Nov., 12:00 Uhr → <b>Do, 26. Nov., 12:00 Uhr</b><", asked)
    assert re.search(r"1002</a> Ada Lovelace</th>\s*<td>Di, 24. Nov., 0:00 Uhr → <b>entfällt</b>, ", asked)
    assert Rule.get().options["steps"][0]["n"] == 1, "nothing is saved before the answer"


def test_x9_planned_anew_messages_move_or_end(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    make_record("1002", scheduled_at=NOON + timedelta(days=1, hours=12))
    hear()
    answered(admin, reminder, {**form, "step-n-0": "2"}, "replan")
    assert waiting() == [("1001", NOON + timedelta(days=3))]
    assert {message.reason for message in Message.select().where(Message.state == "dropped")} == {"replanned"}
    assert wanted.still_wanted(list(Message.select().where(Message.state == "planned"))) == {}


def test_x9_a_step_that_was_dropped_by_a_change_comes_back_with_the_next(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    answered(admin, reminder, {**form, "step-n-0": "2"}, "replan")
    answered(admin, Rule.get(), form, "replan")
    assert waiting() == [("1001", NOON + timedelta(days=4))]


def test_x9_kept_messages_go_out_as_they_were_planned(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make, _at_noon: Any
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    answered(admin, reminder, {**form, "step-n-0": "3"}, "keep")
    make_record("1001", total="10.00")
    hear()
    assert waiting() == [("1001", NOON + timedelta(days=4))], "news that move nothing leave it alone, and plan no second one"
    _at_noon.move_to(NOON + timedelta(days=4))
    assert wanted.still_wanted(list(Message.select())) == {}


def test_x9_kept_messages_still_follow_their_appointment(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make, _at_noon: Any
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    make_record("1002", scheduled_at=NOON + timedelta(days=5))
    hear()
    answered(admin, reminder, {**form, "step-n-0": "3"}, "keep")
    make_record("1001", scheduled_at=NOON + timedelta(days=9))
    make_record("1002", status="cancelled")
    hear()
    assert waiting() == [("1001", NOON + timedelta(days=6))], "with another time it is the new rule that counts"
    assert {message.reason for message in Message.select().where(Message.state == "dropped")} == {"moved", "cancelled"}


def test_x9_discarded_messages_do_not_go_out(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    answered(admin, reminder, {**form, "step-n-0": "2"}, "discard")
    assert (Message.get().state, Message.get().reason) == ("dropped", "rule_changed")


def test_x9_an_answer_to_another_form_is_asked_for_again(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    seal = seal_in(page(admin.post(f"/rules/{reminder.id}", data={**form, "step-n-0": "2"})))
    answer = {"seal": seal, "waiting": "discard"}
    assert 'id="question"' in page(admin.post(f"/rules/{reminder.id}", data={**form, "step-n-0": "3", **answer}))
    assert 'id="question"' in page(admin.post(f"/rules/{reminder.id}", data={**form, "step-n-0": "2", "seal": seal}))
    assert Message.get().state == "planned"


def test_x9_another_name_is_saved_without_a_question(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    assert admin.post(f"/rules/{reminder.id}", data={**form, "name": "Anders"}).status_code == 302
    assert (Rule.get().name, Message.get().reason) == ("Anders", "")


def test_x9_another_kind_leaves_no_message_behind(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    asked = page(admin.post(f"/rules/{reminder.id}", data={**form, "kind": "booking"}))
    assert "Die Regel spricht jetzt von einer anderen Vorgangsart." in asked
    assert 'value="replan"' not in asked
    admin.post(f"/rules/{reminder.id}", data={**form, "kind": "booking", "seal": seal_in(asked), "waiting": "discard"})
    assert (Rule.get().kind_id, Message.get().state) == ("booking", "dropped")


EVENT = {"save": "1", "kind": "order", "trigger": "status_changed_to", "statuses": ["ready"], "delay": "2", "unit": "hours",
         "who-0": "customer", "name": "Fertig", "on": "1"}


@pytest.fixture
def ready(rule: Rule, make_record: Make) -> Rule:
    """Two hours after it is ready; two are, one of them from the shop."""
    Rule.update(trigger="status_changed_to", options={"statuses": ["ready"]}, delay=120).execute()
    for number, source in (("1001", "webshop"), ("1002", "phone")):
        make_record(number, source=source)
        make_record(number, status="ready")
    hear()
    assert Message.select().count() == 2
    return Rule.get()


def test_x9_another_delay_is_counted_from_what_happened(
    admin: FlaskClient, ready: Rule, letter: Template, _at_noon: Any
) -> None:
    form = {**EVENT, "template-0": str(letter.id), "delay": "3"}
    _at_noon.move_to(NOON + timedelta(hours=1))
    answered(admin, ready, form, "replan")
    assert {due for _number, due in waiting()} == {NOON + timedelta(hours=3)}


def test_x9_new_conditions_and_statuses_end_what_they_rule_out(admin: FlaskClient, ready: Rule, letter: Template) -> None:
    form = {**EVENT, "template-0": str(letter.id), "field-0": "source", "operator-0": "is", "value-0": "webshop"}
    answered(admin, ready, form, "replan")
    assert [number for number, _due in waiting()] == ["1001"]
    answered(admin, ready, {**form, "statuses": ["done"]}, "replan")
    assert waiting() == []
    assert {message.reason for message in Message.select()} == {"conditions", "replanned"}


def test_x9_another_recipient_takes_the_place_of_the_first(
    admin: FlaskClient, ready: Rule, letter: Template
) -> None:
    form = {**EVENT, "template-0": str(letter.id), "who-0": "address", "address-0": "tresen@example.org"}
    answered(admin, ready, form, "replan")
    planned = {(message.recipient, message.due_at) for message in Message.select().where(Message.state == "planned")}
    assert planned == {("tresen@example.org", NOON + timedelta(hours=2))}


def test_x9_a_kept_message_of_a_status_that_was_left_does_not_go_out(
    admin: FlaskClient, ready: Rule, letter: Template, make_record: Make
) -> None:
    answered(admin, ready, {**EVENT, "template-0": str(letter.id), "statuses": ["done"]}, "keep")
    make_record("1001", status="cancelled")
    messages = {message.record.number: message for message in Message.select()}
    assert wanted.still_wanted(list(messages.values())) == {messages["1001"].id: "status_left"}


def test_x9_release_by_hand_reaches_what_waits(admin: FlaskClient, ready: Rule, letter: Template) -> None:
    form = {**EVENT, "template-0": str(letter.id)}
    answered(admin, ready, {**form, "release": "hand"}, "replan")
    assert {message.state for message in Message.select()} == {"awaiting"}
    answered(admin, Rule.get(), form, "replan")
    assert {message.state for message in Message.select()} == {"planned"}


def test_x9_switching_on_does_not_reach_back_unless_asked(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make
) -> None:
    Rule.delete().execute()
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    make_record("1002", scheduled_at=NOON - timedelta(days=5))
    make_record("1003")
    hear()
    assert "Bei 1 Vorgang kommt der Zeitpunkt noch." in page(admin.get("/rules/new?kind=order&as=reminder"))
    admin.post("/rules/new", data=form)
    assert waiting() == []
    Rule.delete().execute()
    admin.post("/rules/new", data={**form, "existing": "1"})
    assert waiting() == [("1001", NOON + timedelta(days=4))]
    assert Message.select().count() == 1, "what is over is not even dropped"


def test_x9_a_rule_that_is_switched_off_reaches_nobody(
    admin: FlaskClient, form: dict[str, Any], make_record: Make
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    Message.delete().execute()
    admin.post("/rules/new", data={**form, "existing": "1", "on": ""})
    assert Message.select().count() == 0


@pytest.fixture
def many(reminder: Rule, make_record: Make) -> Rule:
    """1,200 records with an appointment and a reminder."""
    make_record("0", scheduled_at=NOON + timedelta(days=5))
    hear()
    record, message = Record.select().dicts().get(), Message.select().dicts().get()
    with transaction():
        for start in range(1, 1200, 300):
            keys = range(start, min(start + 300, 1200))
            Record.insert_many([{**record, "id": record["id"] + n, "number": str(n)} for n in keys]).execute()
            Message.insert_many([{**message, "id": message["id"] + n, "record": record["id"] + n} for n in keys]).execute()
    return reminder


def test_x9_many_messages_are_planned_anew_in_the_background(admin: FlaskClient, form: dict[str, Any], many: Rule) -> None:
    answer = answered(admin, many, {**form, "step-n-0": "2"}, "replan")
    job = Job.get()
    assert answer.location == f"/rules/jobs/{job.id}"
    assert job.total == 1200
    assert {due for _number, due in waiting()} == {NOON + timedelta(days=4)}
    jobs.run_all()
    assert {due for _number, due in waiting()} == {NOON + timedelta(days=3)}
    job = Job.get()
    assert (job.state, job.done, job.result["changed"]) == ("done", 1200, 2400)


def test_x9_planning_anew_can_be_cancelled_and_what_is_done_stays(
    admin: FlaskClient, form: dict[str, Any], many: Rule
) -> None:
    answered(admin, many, {**form, "step-n-0": "2"}, "replan")
    step = replan.piece(Job.get())
    with transaction():
        step.write()
    admin.post(f"/rules/jobs/{Job.get().id}/cancel")
    jobs.run_all()
    assert sorted({due for _number, due in waiting()}) == [NOON + timedelta(days=3), NOON + timedelta(days=4)]
    assert step.done == replan.PIECE


def test_x9_planning_anew_ends_when_the_rule_is_changed_once_more(
    admin: FlaskClient, form: dict[str, Any], many: Rule
) -> None:
    answered(admin, many, {**form, "step-n-0": "2"}, "replan")
    answered(admin, many, {**form, "step-n-0": "3"}, "replan")
    jobs.run_all()
    assert {due for _number, due in waiting()} == {NOON + timedelta(days=2)}
    assert [job.result.get("overtaken", False) for job in Job.select().order_by(Job.id)] == [True, False]


def test_planning_anew_twice_changes_nothing_more(reminder: Rule, make_record: Make) -> None:
    record = make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    changes = replan.decide(reminder, [record.id], Wish(again=True, fresh=True))
    assert (changes.new, changes.moved, changes.dropped) == ([], [], [])


def test_an_older_version_plans_anew_what_waits(
    admin: FlaskClient, form: dict[str, Any], reminder: Rule, make_record: Make, shop: dict[str, Location]
) -> None:
    make_record("1001", scheduled_at=NOON + timedelta(days=5))
    hear()
    answered(admin, reminder, {**form, "step-n-0": "2"}, "replan")
    [first] = saving.RuleVersion.select().where(saving.RuleVersion.version == 1)
    saving.restore(first, Rule.get(), "user:1")
    assert waiting() == [("1001", NOON + timedelta(days=4))]
    assert waits.CHOICES[0] == "replan"
