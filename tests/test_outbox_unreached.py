"""The call list (X7): whom no message reached, who leaves their link unopened, and what came of calling them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from core.journal import Entry
from outbox import today
from outbox.afterwards import calls
from outbox.models import Message
from pages import links
from pages.models import Link
from records.models import Record

HTMX = {"HX-Request": "true"}
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
Make = Callable[..., Record]
Put = Callable[..., Message]


def listed(outcome: str = "", location: int | None = None) -> list[int]:
    return [call.told.message.id for call in calls.find(outcome, location)]


@pytest.fixture
def sent(put: Put, make_record: Make) -> Callable[..., Message]:
    """Puts a message whose mail with a link left so many days ago."""

    def send(number: str = "1001", days: float = 4, **more: Any) -> Message:
        record, at = make_record(number), clock.now() - days * DAY
        link = links.prepare(record.id, "customer", "ada@example.org")
        link.sent_at = at
        with transaction():
            links.save_many([link])
        return put(record, "sent", **{"sent_at": at, "planned_at": at, "link_id": link.id, **more})

    return send


@pytest.mark.parametrize(
    ("state", "reason"),
    [("dropped", "no_address"), ("dropped", "no_consent"), ("dropped", "suppressed"), ("failed", "unknown_address"),
     ("bounced", "unknown_address"), ("bounced", "full")],
)
def test_x7_whom_no_message_reached_stands_on_the_list(clerk: FlaskClient, put: Put, state: str, reason: str) -> None:
    message = put(state=state, reason=reason)
    page = clerk.get("/outbox/unreached").text
    assert f'id="call-{message.id}"' in page and "tel:+4930123456" in page and "Abholbereit melden" in page
    assert [told.message.id for told in today.calls()] == [message.id] and today.open_tasks() == 0


def test_x7_a_link_nobody_opened_within_three_days_is_a_reason_to_call(clerk: FlaskClient, sent: Any) -> None:
    message = sent()
    sent("1002", days=2.9)
    assert listed() == [message.id]
    assert "und niemand hat den Link geöffnet" in clerk.get("/outbox/unreached").text
    assert today.calls() == []


def test_what_came_back_from_a_colleague_is_a_task_that_can_be_settled(clerk: FlaskClient, put: Put) -> None:
    message = put(state="bounced", reason="full", recipient="manager")
    assert listed() == [] and today.open_tasks() == 1
    assert clerk.post(f"/outbox/{message.id}/discard", data={"back": "today"}, headers=HTMX).status_code == 200
    assert today.open_tasks() == 0


def test_any_link_of_the_record_opened_since_ends_it(sent: Any) -> None:
    message = sent()
    other = links.prepare(message.record_id, "customer", "ada@example.org")
    other.opened_at = clock.now() - 5 * DAY
    with transaction():
        links.save_many([other])
    assert listed() == [message.id]
    with transaction():
        Link.update(opened_at=clock.now()).where(Link.id == other.id).execute()
    assert listed() == []


@pytest.mark.parametrize(
    "more", [{"sort": "feedback"}, {"recipient": "manager"}, {"reason": "settled_by_hand"}, {"days": 15}]
)
def test_what_nobody_has_to_read_is_no_reason_to_call(sent: Any, more: dict[str, Any]) -> None:
    sent(**more)
    assert listed() == []


def test_neither_is_a_closed_record_nor_a_message_with_a_younger_one(sent: Any, make_record: Make) -> None:
    sent()
    sent(days=1)
    sent("1002")
    make_record("1002", status="done")
    assert listed() == []


def test_a_later_message_that_arrived_ends_a_bounce(put: Put, make_record: Make) -> None:
    record = make_record()
    put(record, "bounced", reason="unknown_address")
    put(record, "sent")
    assert listed() == []


def test_x7_reached_settles_everything_of_that_record(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    put(record, "dropped", reason="no_address")
    message = put(record, "bounced", reason="unknown_address")
    answer = clerk.post(f"/outbox/unreached/{message.id}", data={"outcome": "reached"}, headers=HTMX)
    assert "Alle sind erreicht" in answer.text and "Notiert: Erreicht." in answer.text
    assert [(row.state, row.reason) for row in Message.select()] == [("dropped", "told")] * 2
    assert (listed(), listed("reached"), today.calls()) == ([], [message.id], [])
    entry = Entry.get(Entry.what == "message.called")
    assert entry.data == {"message": message.id, "rule": None, "outcome": "reached"} and entry.actor == "user:1"
    assert clerk.post(f"/outbox/unreached/{message.id}", data={"outcome": "again"}, headers=HTMX).status_code == 409


def test_reached_about_an_unopened_link_leaves_the_message_as_sent(sent: Any) -> None:
    message = sent()
    calls.answer(message, "reached", "user:1")
    assert listed() == [] and Message.get_by_id(message.id).state == "sent"


@pytest.mark.parametrize("outcome", ["again", "left"])
def test_x7_put_off_until_the_local_day_begins(put: Put, outcome: str) -> None:
    with time_machine.travel(NOON, tick=False) as clock_of_the_house:
        midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)  # in Berlin
        message = put(state="dropped", reason="no_address")
        calls.answer(message, outcome, "user:1")
        assert listed() == [] and today.calls() == [] and listed(outcome) == [message.id]
        back = midnight if outcome == "again" else midnight + DAY
        clock_of_the_house.move_to(back - timedelta(seconds=1))
        assert listed() == []
        clock_of_the_house.move_to(back)
        assert listed() == [message.id] == [told.message.id for told in today.calls()]


def test_a_wrong_number_stays_on_the_list_and_says_so(clerk: FlaskClient, put: Put) -> None:
    message = put(state="dropped", reason="no_address")
    clerk.post(f"/outbox/unreached/{message.id}", data={"outcome": "wrong"})
    assert listed() == listed("wrong") == [message.id]
    assert "Falsche Nummer, Cem Clerk" in clerk.get("/outbox/unreached").text


def test_news_that_did_not_arrive_after_the_call_are_a_new_reason(put: Put, make_record: Make) -> None:
    record = make_record()
    calls.answer(put(record, "dropped", reason="no_address"), "reached", "user:1")
    calls.answer(put(record, "dropped", reason="no_address"), "again", "user:1")
    later = put(record, "dropped", reason="no_address")
    assert listed() == [later.id]


def test_x7_one_location_at_a_time(clerk: FlaskClient, put: Put, make_record: Make, shop: dict[str, Any]) -> None:
    here = put(make_record("1001", location="berlin"), "dropped", reason="no_address")
    there = put(make_record("1002", location="potsdam"), "dropped", reason="no_address")
    page = clerk.get("/outbox/unreached?location=potsdam", headers=HTMX).text
    assert f'id="call-{there.id}"' in page and f'id="call-{here.id}"' not in page
    answer = clerk.post(
        f"/outbox/unreached/{there.id}", data={"outcome": "reached", "location": "potsdam"}, headers=HTMX
    )
    assert "Zu dieser Auswahl steht hier niemand." in answer.text


def test_the_call_is_told_in_the_biography_and_at_the_message(clerk: FlaskClient, put: Put) -> None:
    message = put(state="dropped", reason="no_address")
    clerk.post(f"/outbox/unreached/{message.id}", data={"outcome": "left"})
    assert "Angerufen: <b>Nachricht hinterlassen</b>" in clerk.get(f"/outbox/for/{message.record_id}", headers=HTMX).text
    page = clerk.get(f"/outbox/{message.id}").text
    assert "Angerufen" in page and "Nachricht hinterlassen" in page


def test_without_script_an_answer_leads_back_with_its_filters(clerk: FlaskClient, put: Put) -> None:
    message = put(state="dropped", reason="no_address")
    answer = clerk.post(f"/outbox/unreached/{message.id}", data={"outcome": "again", "shown": "wrong"})
    assert answer.headers["Location"] == "/outbox/unreached?shown=wrong"
    assert clerk.post(f"/outbox/unreached/{message.id}", data={"outcome": "?"}).status_code == 422
