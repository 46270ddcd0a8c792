"""X10: what the guard holds is one task on the page Today, decided for all of a rule's messages at once."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from core import clock
from core.journal import Entry
from outbox import today, unusual
from outbox.models import Message
from rules.models import Rule

HTMX = {"HX-Request": "true"}
Put = Callable[..., Message]


def held(put: Put, rule: Rule, many: int = 3) -> list[Message]:
    return [put(state="held", reason="unusual", rule_id=rule.id) for _ in range(many)]


def states() -> list[str]:
    return [message.state for message in Message.select().order_by(Message.id)]


def test_x10_the_held_messages_of_a_rule_are_one_task(admin: FlaskClient, put: Put, rule: Rule) -> None:
    held(put, rule)
    page = admin.get("/").text
    assert "Die Regel „Eingang bestätigen“ würde ungewöhnlich viele Nachrichten senden: 3 angehalten." in page
    assert page.count('class="tasks"') == 1 and "task-" not in page.split('class="tasks"')[1]
    assert (today.open_tasks(), today.tasks()) == (1, [])


def test_what_is_held_for_another_reason_stays_a_task_of_its_own(admin: FlaskClient, put: Put, rule: Rule) -> None:
    put(state="held", rule_id=rule.id)
    assert "ungewöhnlich viele" not in admin.get("/").text
    assert today.open_tasks() == 1


def test_x10_an_admin_releases_all_and_they_go_out_now(admin: FlaskClient, put: Put, rule: Rule) -> None:
    messages = held(put, rule)
    answer = admin.post(f"/outbox/unusual/{rule.id}/release", data={"newest": messages[-1].id}, headers=HTMX)
    assert "3 Nachrichten sind freigegeben" in answer.text and 'id="open"' in answer.text
    freed = Message.get_by_id(messages[0].id)
    assert (freed.state, freed.reason, freed.attempts) == ("planned", "by_hand", 0)
    assert freed.due_at <= clock.now() < freed.expires_at
    lines = [entry for entry in Entry.select() if entry.what == "message.released"]
    assert [entry.data["message"] for entry in lines] == [message.id for message in messages]


def test_x10_released_messages_have_a_day_to_go_out(admin: FlaskClient, put: Put, rule: Rule) -> None:
    [message] = held(put, rule, 1)
    Message.update(expires_at=clock.now() - timedelta(days=3)).execute()
    admin.post(f"/outbox/unusual/{rule.id}/release", data={"newest": message.id})
    assert Message.get().expires_at > clock.now() + timedelta(hours=23)


def test_x10_an_admin_discards_all(admin: FlaskClient, put: Put, rule: Rule) -> None:
    messages = held(put, rule)
    answer = admin.post(f"/outbox/unusual/{rule.id}/discard", data={"newest": messages[-1].id})
    assert answer.status_code == 302
    assert {(row.state, row.reason) for row in Message.select()} == {("dropped", "discarded")}
    assert Entry.select().where(Entry.what == "message.dropped").count() == 3


def test_nobody_releases_what_they_did_not_see(admin: FlaskClient, put: Put, rule: Rule) -> None:
    seen = held(put, rule, 2)
    held(put, rule, 2)
    other = put(state="held", reason="unusual", rule_id=rule.id + 1)
    put(state="planned", rule_id=rule.id)
    admin.post(f"/outbox/unusual/{rule.id}/release", data={"newest": seen[-1].id})
    assert states() == ["planned", "planned", "held", "held", "held", "planned"]
    assert [(pile.rule, pile.held) for pile in unusual.piles()] == [(rule.id, 2), (other.rule_id, 1)]
    assert admin.post(f"/outbox/unusual/{rule.id}/release").status_code == 400


def test_x10_thousands_are_released_in_one_go(admin: FlaskClient, put: Put, rule: Rule) -> None:
    first = put(state="held", reason="unusual", rule_id=rule.id)
    known = {key: value for key, value in first.__data__.items() if key != "id"}
    Message.insert_many([{**known, "occasion": f"n{n}"} for n in range(1500)]).execute()
    [pile] = unusual.piles()
    assert pile.held == unusual.release(rule.id, pile.newest, "user:1") == 1501
    assert Entry.select().where(Entry.what == "message.released").count() == 1501


def test_staff_see_the_task_but_do_not_decide_it(clerk: FlaskClient, put: Put, rule: Rule) -> None:
    held(put, rule)
    page = clerk.get("/").text
    assert "Ein Administrator entscheidet" in page
    assert f"/outbox/unusual/{rule.id}/release" not in page


def test_one_held_message_can_be_released_alone(clerk: FlaskClient, put: Put, rule: Rule) -> None:
    message, other = held(put, rule, 2)
    assert "Freigeben" in clerk.get(f"/outbox/{message.id}").text
    clerk.post(f"/outbox/{message.id}/release", headers=HTMX)
    assert states() == ["planned", "held"]
    assert Message.get_by_id(message.id).reason == "by_hand"
