"""The HTTP API tells what was sent, what waits and why, page by page, and a record's biography; it tells no addresses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from peewee import OperationalError
from schemathesis.specs.openapi.checks import positive_data_acceptance
from werkzeug.test import TestResponse

from accounts import keys
from core import clock, journal
from core.db import database, transaction
from emails.models import Template
from outbox.api import page
from outbox.models import Message
from records.models import Record
from rules import engine
from rules.models import Rule

Put = Callable[..., Message]
Make = Callable[..., Record]
Ask = Callable[..., TestResponse]
PROBLEM = "application/problem+json"
CHEF = "chef@radhaus-lindner.example"
KEYS = {
    "id", "record", "rule", "template", "channel", "recipient", "state", "reason", "why", "planned_at", "due_at", "sent_at",
    "message_id", "attempts",
}


@pytest.fixture
def bearer(house: Flask) -> dict[str, str]:
    return {"Authorization": f"Bearer {keys.make('shop')}"}


@pytest.fixture
def ask(house: Flask, bearer: dict[str, str]) -> Ask:
    """Asks the API, in German if so wanted: `ask("messages", state="sent")`."""
    client = house.test_client()
    return lambda path, language="en", **query: client.get(
        f"/api/v1/{path}", query_string=query or None, headers={**bearer, "Accept-Language": language}
    )


def ids(answer: TestResponse) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [message["id"] for message in answer.json["messages"]]


def pages(ask: Ask, path: str, **query: Any) -> list[list[int]]:
    """The ids of every page to the end."""
    found, cursor = [], {}
    while True:
        answer = ask(path, **query, **cursor)
        found.append(ids(answer))
        if answer.json["next"] is None:
            return found
        cursor = {"cursor": answer.json["next"]}


# messages

def test_a_message_is_told_with_its_reason_in_the_callers_language(ask: Ask, put: Put, rule: Rule) -> None:
    message = put(state="dropped", reason="no_consent", rule_id=rule.id, attempts=2)
    said = ask("orders/1001/messages").json
    assert said["next"] is None and len(said["messages"]) == 1
    told = said["messages"][0]
    assert set(told) == KEYS
    assert (told["id"], told["record"], told["rule"]) == (message.id, {"kind": "order", "number": "1001"}, rule.name)
    assert (told["template"], told["channel"], told["recipient"]) == ("Abholbereit melden", "email", "customer")
    assert (told["state"], told["reason"], told["attempts"]) == ("dropped", "no_consent", 2)
    assert told["why"] == "The contact has not agreed to receive e-mails."
    assert (told["due_at"], told["sent_at"], told["message_id"]) == (message.due_at.isoformat(), None, None)
    german = ask("orders/1001/messages", language="de").json["messages"][0]["why"]
    assert german == "Der Kontakt hat dem Empfang von E‑Mails nicht zugestimmt."


def test_what_waits_says_when_it_goes_out_and_what_went_out_its_message_id(ask: Ask, put: Put) -> None:
    put(due=timedelta(days=400))
    put(state="sent", message_id="<1@localhost>")
    sent, waits = ask("messages").json["messages"]
    assert waits["why"].startswith("Goes out on ") and waits["reason"] is None and waits["rule"] is None
    assert (sent["message_id"], sent["why"]) == ("<1@localhost>", "") and sent["sent_at"]


def test_no_address_is_told(ask: Ask, put: Put, letter: Template, make_record: Make) -> None:
    put(recipient="customer", address="ada@example.org", state="sent")
    put(recipient=CHEF, address=CHEF, state="sent")
    said = ask("orders/1001/messages")
    assert [message["recipient"] for message in said.json["messages"]] == ["address", "customer"]
    story = ask("orders/1001/biography")
    assert "@" not in said.text and "@" not in story.text
    whats = [line["what"] for line in story.json["biography"]]
    assert "Abholbereit melden sent by e‑mail to Ada Lovelace" in whats
    assert "Abholbereit melden sent by e‑mail to a fixed address" in whats


def test_only_messages_of_the_record_are_told(ask: Ask, put: Put, make_record: Make) -> None:
    other = put(make_record("1002"))
    mine = put(make_record("1001"))
    assert ids(ask("orders/1001/messages")) == [mine.id]
    assert ids(ask("orders/1002/messages")) == [other.id]
    assert ids(ask("messages")) == [mine.id, other.id]


@pytest.mark.parametrize("path", ["messages", "orders/1001/messages"])
def test_pages_follow_each_other_and_new_messages_do_not_shift_them(ask: Ask, put: Put, path: str) -> None:
    there = [put().id for _ in range(5)]
    first = ask(path, limit=2)
    late = put().id
    second = ask(path, limit=2, cursor=first.json["next"])
    third = ask(path, limit=2, cursor=second.json["next"])
    assert ids(first) + ids(second) + ids(third) == there[::-1]
    assert third.json["next"] is None
    assert pages(ask, path, limit=3) == [[late, *there[:2:-1]], there[2::-1]]


@pytest.mark.parametrize("state", [
    "planned", "sending_pre", "sending_data", "sent", "bounced", "awaiting", "held", "unclear", "dropped", "failed",
])
def test_messages_of_a_state_are_found(ask: Ask, put: Put, state: str) -> None:
    wanted, others = [], {"sent": "dropped"}.get(state, "sent")
    for _ in range(3):
        wanted.append(put(state=state).id)
        put(state=others)
    assert pages(ask, "messages", state=state, limit=2) == [wanted[:0:-1], wanted[:1]]


def test_since_leaves_out_what_was_planned_before(ask: Ask, put: Put) -> None:
    now = clock.now()
    rows = [put(planned_at=now - timedelta(days=9 - n)).id for n in range(9)]
    at = (now - timedelta(days=4)).isoformat()
    assert pages(ask, "messages", since=at, limit=2) == [rows[:6:-1], rows[6:4:-1]]  # days 8, 7 and 6, 5
    assert ids(ask("messages", since=(now + timedelta(days=1)).isoformat())) == []
    assert ids(ask("messages", since="1999-01-01T00:00:00Z")) == rows[::-1]


def test_since_counts_the_moment_itself_and_takes_a_plus_sign_left_as_it_is(
    put: Put, house: Flask, bearer: dict[str, str]
) -> None:
    moment = clock.now().replace(microsecond=0)
    message = put(planned_at=moment)
    at = moment.isoformat()
    assert at.endswith("+00:00")
    answer = house.test_client().get(f"/api/v1/messages?since={at}", headers=bearer)
    assert ids(answer) == [message.id]


def test_a_page_of_what_was_sent_looks_only_so_far_and_then_goes_on(
    ask: Ask, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "LOOK", 4)
    old = put(state="sent").id
    for _ in range(9):
        put(state="dropped")
    found = pages(ask, "messages", state="sent")
    assert found == [[], [], [old]]


@pytest.mark.parametrize(("query", "field"), [
    ({"state": "lost"}, "state"),
    ({"state": ""}, "state"),
    ({"since": "2026-11-20"}, "since"),
    ({"since": "2026-11-20T10:00:00"}, "since"),
    ({"since": "2026-02-30T10:00:00Z"}, "since"),
    ({"since": "yesterday"}, "since"),
    ({"limit": "0"}, "limit"),
    ({"limit": "201"}, "limit"),
    ({"limit": "ten"}, "limit"),
    ({"limit": "-1"}, "limit"),
    ({"limit": "9" * 5000}, "limit"),
    ({"limit": "٣"}, "limit"),
    ({"cursor": "2"}, "cursor"),
    ({"cursor": ""}, "cursor"),
    ({"cursor": "ä"}, "cursor"),
    ({"cursor": "bQ"}, "cursor"),
    ({"cursor": "A" * 4000}, "cursor"),
    ({"page": "2"}, "page"),
    ({"state": ["sent", "held"]}, "state"),
])
def test_a_wrong_question_is_answered_with_the_field(ask: Ask, put: Put, query: dict[str, Any], field: str) -> None:
    put()
    answer = ask("messages", **query)
    assert (answer.status_code, answer.mimetype) == (422, PROBLEM), answer.text
    assert answer.json["field"] == field and answer.json["detail"].endswith(".")
    german = ask("messages", language="de", **query).json["detail"]
    assert german != answer.json["detail"]


@pytest.mark.parametrize(("path", "status", "field"), [
    ("orderz/1001/messages", 404, "collection"),
    ("orders/9/messages", 404, "number"),
    ("orders/9/biography", 404, "number"),
    ("orders/1001/messages?state=sent", 422, "state"),
    ("orders/1001/biography?limit=2", 422, "limit"),
    ("orders/1001/letters", 404, None),
])
def test_a_wrong_address_is_told_as_a_problem(
    ask: Ask, make_record: Make, path: str, status: int, field: str | None
) -> None:
    make_record()
    answer = ask(path)
    assert (answer.status_code, answer.mimetype, answer.json.get("field")) == (status, PROBLEM, field)


@pytest.mark.parametrize("path", ["messages", "orders/1001/messages", "orders/1001/biography"])
def test_without_a_key_nothing_is_told(house: Flask, put: Put, path: str) -> None:
    put()
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = house.test_client().get(f"/api/v1/{path}", headers=headers)
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM)


def test_trouble_with_the_database_is_never_a_success(ask: Ask, put: Put, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> None:
        raise OperationalError("database is locked")

    put()
    monkeypatch.setattr(page, "_page", full)
    assert ask("messages").status_code == ask("orders/1001/messages").status_code == 503


def test_every_state_is_found_through_an_index(house: Flask) -> None:
    """A million messages are never searched for a handful."""
    for state, index in {
        "planned": "message_due", "sending_pre": "message_before_dot", "sending_data": "message_at_dot",
        "dropped": "message_dropped", "held": "message_troubled", "failed": "message_troubled",
    }.items():
        sql = page.query(1, 10**6, state, None).limit(50).sql()
        plan = " ".join(row[-1] for row in database.execute_sql(f"EXPLAIN QUERY PLAN {sql[0]}", sql[1]).fetchall())
        assert index in plan, (state, plan)


# the biography

def test_the_biography_tells_what_happened_and_what_is_to_come(ask: Ask, put: Put, make_record: Make) -> None:
    record = make_record(actor="worker", status="new")
    make_record(actor="worker", status="ready")
    put(record, due=timedelta(days=2))
    put(record, state="dropped", reason="no_consent")
    said = ask("orders/1001/biography").json
    assert (said["kind"], said["number"], said["rules"]) == ("order", "1001", [])
    assert all(set(line) == {"at", "what", "why", "tone"} for line in said["biography"])
    assert [line["tone"] for line in said["biography"]] == ["ahead", "dropped", "moved", "moved"]
    ahead, dropped, moved, made = said["biography"]
    assert ahead["what"] == "Abholbereit melden by e‑mail to Ada Lovelace" and ahead["why"].startswith("Goes out")
    assert dropped["why"] == "The contact has not agreed to receive e-mails."
    assert moved["what"] == "Status from New to Ready, Statusbote"
    assert "<" not in moved["what"] + made["what"]
    german = ask("orders/1001/biography", language="de").json["biography"]
    assert german[2]["what"].startswith("Status von ")


def test_names_that_look_like_markup_stay_as_they_are(ask: Ask, put: Put, make_record: Make) -> None:
    put(make_record(contact={"name": "<b>Ada</b> & Ben", "email": "ada@example.org"}), state="sent")
    assert ask("orders/1001/biography").json["biography"][0]["what"].endswith(" to <b>Ada</b> & Ben")


def test_the_biography_says_what_each_rule_did(ask: Ask, rule: Rule, letter: Template, make_record: Make) -> None:
    with transaction():
        rule.recipients = [{"who": "address", "address": CHEF, "template": letter.id}]
        rule.save()
        Rule.create(
            name="Aus", kind="order", trigger="created", recipients=[], created_at=clock.now(), updated_at=clock.now(),
        )
    make_record()
    while journal.read((engine.read,)):
        pass
    Message.update(state="sent", sent_at=clock.now(), address=CHEF).execute()
    answer = ask("orders/1001/biography")
    told = {said["name"]: said for said in answer.json["rules"]}
    assert told["Eingang bestätigen"]["tone"] == "sent"
    assert told["Eingang bestätigen"]["sentence"].startswith("Sent to a fixed address at ")
    assert told["Aus"] == {"name": "Aus", "tone": "", "sentence": "Switched off."}
    assert "@" not in answer.text


# the document

def test_the_document_describes_what_can_be_asked(house: Flask) -> None:
    document = house.test_client().get("/api/openapi.json").json
    asked = document["paths"]["/api/v1/messages"]["get"]["parameters"]
    assert [parameter["name"] for parameter in asked] == ["limit", "cursor", "state", "since"]
    assert asked[2]["schema"]["enum"][0] == "planned" and "null" not in str(asked)
    assert set(document["components"]["schemas"]["MessageTold"]["properties"]) == KEYS


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize("path", [
    "/api/v1/messages", "/api/v1/{collection}/{number}/messages", "/api/v1/{collection}/{number}/biography",
])
def test_whatever_a_generator_thinks_of_is_answered_as_documented(
    house: Flask, bearer: dict[str, str], put: Put, path: str, mode: str
) -> None:
    put(state="sent")
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", house)[path]["GET"]

    # A schema cannot say which cursors and records there are.
    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    @settings(
        max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=bearer, excluded_checks=[positive_data_acceptance])

    check()
