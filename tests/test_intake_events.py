"""Named events over the HTTP API: heard once, told to whom it concerns, refused with the field's name."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from werkzeug.test import TestResponse

from accounts import keys as api_keys
from core import clock
from core.db import transaction
from core.journal import Entry
from records import events
from records.models import Event, Kind, Record

MESSAGE = {"event": "message_received", "data": {"text": "Passt Montag?", "urgent": True, "count": 2}}
PATH = "/api/v1/orders/1001/events"

Report = Callable[..., TestResponse]


@pytest.fixture
def report(house: Flask, make_record: Callable[..., Record]) -> Report:
    """Reports an event of the order 1001: `report(MESSAGE, key="abc", query="silent=1")`."""
    with transaction():
        labels = {"de": "Nachricht eingegangen", "en": "Message received"}
        Kind.update(events=[{"key": "message_received", "labels": labels}]).where(Kind.key == "order").execute()
    make_record()
    bearer, client = {"Authorization": f"Bearer {api_keys.make('shop')}"}, house.test_client()

    def call(said: Any = MESSAGE, key: str | None = None, path: str = PATH, raw: bytes | None = None) -> TestResponse:
        headers = {**bearer, **({"Idempotency-Key": key} if key is not None else {})}
        data = json.dumps(said).encode() if raw is None else raw
        return client.post(path, data=data, headers=headers, content_type="application/json")

    return call


def told(kind: str = "order") -> list[Entry]:
    return list(Entry.select().where(Entry.what == f"{kind}.message_received"))


def test_an_event_is_written_down_and_waits_to_be_read(report: Report) -> None:
    answer = report()
    event = Event.get()
    assert answer.status_code == 201
    assert answer.json == {
        "kind": "order", "number": "1001", "event": "message_received", "id": event.id, "at": event.at.isoformat(),
    }
    assert (event.data, event.person, event.key) == (MESSAGE["data"], None, None)
    assert [(entry.data, entry.unread, entry.actor) for entry in told()] == [({"event": event.id}, True, "api:1")]


def test_whom_it_is_for_is_kept_the_way_contacts_are(report: Report) -> None:
    ben = {"name": "Ben Babbage", "email": "ben@Example.ORG", "phone": "030 23125678", "consent": {"email": True}}
    assert report({**MESSAGE, "to": ben}).status_code == 201
    assert Event.get().person == {
        "name": "Ben Babbage", "email": "ben@example.org", "phone": "+493023125678", "consent": {"email": True},
    }
    assert "Ben" not in json.dumps(told()[0].data)


def test_without_a_key_the_same_thing_may_happen_again(report: Report) -> None:
    assert report().json["id"] != report().json["id"]
    assert len(told()) == 2


def test_under_one_key_it_is_heard_once_and_answered_the_same(report: Report) -> None:
    first, again = report(key="4711"), report(key="4711")
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert (Event.select().count(), len(told())) == (1, 1)


@pytest.mark.parametrize("other", [
    {**MESSAGE, "data": {"text": "Passt Dienstag?"}}, {**MESSAGE, "data": {}},
    {**MESSAGE, "to": {"email": "ben@example.org"}},
])
def test_another_event_under_the_same_key_is_refused(report: Report, other: dict[str, Any]) -> None:
    report(key="4711")
    answer = report(other, key="4711")
    assert (answer.status_code, answer.json["field"]) == (409, "Idempotency-Key")
    assert (Event.select().count(), len(told())) == (1, 1)


def test_silence_belongs_to_what_a_key_stands_for(report: Report) -> None:
    report(key="4711")
    assert report(key="4711", path=f"{PATH}?silent=1").status_code == 409


def test_the_same_key_for_another_record_is_refused(report: Report, make_record: Callable[..., Record]) -> None:
    make_record("1002")
    report(key="4711")
    assert report(key="4711", path="/api/v1/orders/1002/events").status_code == 409


def test_two_callers_do_not_share_their_keys(house: Flask, report: Report) -> None:
    report(key="4711")
    bearer = {"Authorization": f"Bearer {api_keys.make('other')}", "Idempotency-Key": "4711"}
    answer = house.test_client().post(PATH, json={"event": "message_received"}, headers=bearer)
    assert (answer.status_code, Event.select().count()) == (201, 2)


def test_a_refused_event_leaves_its_key_free(report: Report) -> None:
    assert report({"event": "nonsense"}, key="4711").status_code == 422
    assert report(key="4711").status_code == 201


def test_after_ninety_days_it_is_forgotten(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    report(key="4711")
    for days, left in ((89, 1), (91, 0)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        events.forget()
        assert Event.select().count() == left
    assert report(key="4711").status_code == 201


def test_a_silent_event_is_marked(report: Report) -> None:
    assert report(path=f"{PATH}?silent=1").status_code == 201
    assert told()[0].data["silent"] is True


@pytest.mark.parametrize(("said", "field"), [
    ({}, "event"),
    ({"event": "nonsense"}, "event"),
    ({"event": "created"}, "event"),
    ({"event": 7}, "event"),
    ({**MESSAGE, "number": "1001"}, "number"),
    ({**MESSAGE, "data": []}, "data"),
    ({**MESSAGE, "data": {"text": {"deep": 1}}}, "data.text"),
    ({**MESSAGE, "data": {"text": ["a"]}}, "data.text"),
    ({**MESSAGE, "data": {"text": "x" * 10_001}}, "data.text"),
    ({**MESSAGE, "data": {"text": "a\u0000"}}, "data.text"),
    ({**MESSAGE, "data": {"count": 10**30}}, "data.count"),
    ({**MESSAGE, "data": {"first name": "Ben"}}, "data"),
    ({**MESSAGE, "data": {"a" * 65: 1}}, "data"),
    ({**MESSAGE, "data": {f"n{n}": n for n in range(51)}}, "data"),
    ({**MESSAGE, "to": "ben@example.org"}, "to"),
    ({**MESSAGE, "to": {"email": "ben"}}, "to.email"),
    ({**MESSAGE, "to": {"email": "ben@example.org", "role": "admin"}}, "to.role"),
    ({**MESSAGE, "to": {"name": "Ben"}}, "to"),
])
def test_a_wrong_field_is_named_and_nothing_is_stored(report: Report, said: dict[str, Any], field: str) -> None:
    answer = report(said)
    assert (answer.status_code, answer.json["field"]) == (422, field), answer.json
    assert (Event.select().count(), told()) == (0, [])


def test_an_unknown_event_is_answered_with_those_there_are(report: Report) -> None:
    assert report({"event": "call_received"}).json["detail"] == (
        "There is no event “call_received”; there are: message_received."
    )


@pytest.mark.parametrize(("path", "status", "field"), [
    ("/api/v1/orders/1999/events", 404, "number"),
    ("/api/v1/orderz/1001/events", 404, "collection"),
    (f"{PATH}?silent=yes", 422, "silent"),
    (f"{PATH}?loud=1", 422, "loud"),
])
def test_a_wrong_address_is_told(report: Report, path: str, status: int, field: str) -> None:
    answer = report(path=path)
    assert (answer.status_code, answer.json["field"], Event.select().count()) == (status, field, 0)


@pytest.mark.parametrize(("raw", "status"), [
    (b'{"event": ' + b"[" * 100_000, 400),
    (b'{"event": "message_received", "event": "other"}', 400),
    (b'{"event": "message_received", "data": {"text": "' + b"x" * 300_000 + b'"}}', 413),
])
def test_a_malformed_body_is_refused(report: Report, raw: bytes, status: int) -> None:
    assert (report(raw=raw).status_code, Event.select().count()) == (status, 0)


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "\u00fc"])
def test_a_key_that_is_none_is_refused(report: Report, key: str) -> None:
    answer = report(key=key)
    assert (answer.status_code, answer.json["field"]) == (422, "Idempotency-Key")


def test_strangers_report_nothing(house: Flask, report: Report) -> None:
    assert house.test_client().post(PATH, json=MESSAGE).status_code == 401


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_whatever_a_generator_thinks_of_is_answered_as_documented(house: Flask, report: Report, mode: str) -> None:
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", house)["/api/v1/{collection}/{number}/events"]["POST"]
    bearer = f"Bearer {api_keys.make('generator')}"
    beyond_schema = [positive_data_acceptance] + [negative_data_rejection]  # which records and events there are

    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    @settings(
        max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": bearer}, excluded_checks=beyond_schema)

    check()
