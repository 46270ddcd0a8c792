"""The HTTP API believes what is well said, names the field of what is not, and stores nothing of that."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from peewee import OperationalError
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from werkzeug.test import TestResponse

from accounts.models import ApiKey
from core import clock, keys
from core.db import transaction
from core.journal import Entry
from records import change
from records.intake import memory
from records.models import Contact, Location, Record

KEY = "sb_test_key"
JSON = "application/json"
PROBLEM = "application/problem+json"

Call = Callable[..., TestResponse]


@pytest.fixture
def api(house: Flask) -> Call:
    """Calls the API with a key: `api("put", "orders/1001", {…})`; `raw` sends bytes as they are."""
    with transaction():
        ApiKey.create(name="shop", fingerprint=keys.fingerprint(KEY), created_at=clock.now())
    client = house.test_client()

    def call(method: str, path: str, said: Any = None, raw: bytes | None = None, **given: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": JSON, **given.pop("headers", {})}
        data = json.dumps(said).encode() if raw is None else raw
        return client.open(f"/api/v1/{path}", method=method.upper(), data=data, headers=headers, **given)

    return call


@pytest.fixture
def everything(shop: dict[str, Location], ada: dict[str, Any]) -> dict[str, Any]:
    """A state that says all there is to say."""
    return {
        "status": "ready", "contact": {**ada, "phone": "+493023125678", "postcode": "10119"}, "location": "berlin",
        "assignee": {"name": "Mira Aydın", "email": "mira@radhaus-lindner.example"},
        "profile": "standard", "source": "webshop",
        "placed_at": "2026-11-20T10:00:00+01:00", "scheduled_at": "2026-11-25T09:30:00+01:00",
        "due_at": "2026-12-04T00:00:00Z", "paid_at": "2026-11-20T10:05:00+01:00",
        "total": "129.90", "currency": "EUR", "items": [{"name": "Display", "quantity": 1, "price": "129.90"}],
        "tracking": {"carrier": "DHL", "number": "00340434161094042557"}, "fields": {"serial": "C39Q"},
        "occurred_at": "2026-11-20T10:06:00+01:00",
    }


def problem(response: TestResponse, status: int, field: str | None = None) -> str:
    """Checks that this is a problem about that field and that nothing was stored; its sentence."""
    assert response.status_code == status, response.text
    assert response.mimetype == PROBLEM
    said = json.loads(response.data)
    assert said["status"] == status and said["title"] and said["detail"]
    assert said.get("field") == field, said
    assert Record.select().count() == Contact.select().where(Contact.email == "ada@example.org").count() == 0
    assert Entry.select().where(Entry.record_id.is_null(False)).count() == 0
    return said["detail"]


# what is well said

def test_a_state_is_stored_and_can_be_read_back(api: Call, everything: dict[str, Any]):
    answer = api("put", "orders/1001", everything)
    assert (answer.status_code, answer.json) == (
        201, {"kind": "order", "number": "1001", "status": "ready", "changes": ["created"]},
    )
    told = api("get", "orders/1001").json
    assert told.pop("created_at") and told.pop("updated_at")
    assert told.pop("kind") == "order" and told.pop("number") == "1001"
    assert told["assignee"] == {**everything["assignee"], "phone": None, "language": "de", "postcode": "", "consent": {}}
    for name, value in everything.items():
        if name.endswith("_at"):
            assert datetime.fromisoformat(told[name]) == datetime.fromisoformat(value)
        elif name != "assignee":
            assert told[name] == value, name


def test_what_is_told_can_be_sent_back_and_changes_nothing(api: Call, everything: dict[str, Any]):
    api("put", "orders/1001", everything)
    told = api("get", "orders/1001").json
    for name in ("kind", "number", "created_at", "updated_at"):
        del told[name]
    answer = api("put", "orders/1001", told)
    assert (answer.status_code, answer.json["changes"]) == (200, [])


def test_saying_the_same_twice_changes_nothing(api: Call, everything: dict[str, Any]):
    assert api("put", "orders/1001", everything).status_code == 201
    entries = Entry.select().count()
    again = api("put", "orders/1001", everything)
    assert (again.status_code, again.json["changes"]) == (200, [])
    assert Entry.select().count() == entries


def test_a_part_changes_only_what_it_names(api: Call, everything: dict[str, Any]):
    api("put", "orders/1001", everything)
    answer = api("put", "orders/1001", {"status": "done"})
    assert answer.json == {"kind": "order", "number": "1001", "status": "done", "changes": ["status_changed"]}
    record = Record.get()
    assert (record.total, record.currency, record.contact.name) == (Decimal("129.90"), "EUR", "Ada Lovelace")
    assert len(record.items) == 1


def test_null_takes_back_what_can_be_taken_back(api: Call, everything: dict[str, Any]):
    api("put", "orders/1001", everything)
    api("put", "orders/1001", dict.fromkeys(("scheduled_at", "paid_at", "location", "total", "assignee"), None))
    record = Record.get()
    assert [record.scheduled_at, record.paid_at, record.location, record.total, record.assignee] == [None] * 5
    assert record.contact


def test_an_empty_state_makes_a_record_in_its_first_status(api: Call):
    answer = api("put", "inquiries/A-1", {})
    assert answer.json == {"kind": "inquiry", "number": "A-1", "status": "new", "changes": ["created"]}


def test_the_caller_is_on_record(api: Call):
    api("put", "orders/1001", {})
    assert Entry.get(Entry.what == "order.created").actor == ApiKey.get().actor


def test_silence_is_kept_on_record(api: Call):
    api("put", "orders/1001?silent=1", {"status": "new"})
    assert Entry.get(Entry.what == "order.created").data["silent"] is True
    assert "silent" not in _data_of(api("put", "orders/1002?silent=0", {}))


def _data_of(answer: TestResponse) -> dict[str, Any]:
    return Entry.select().where(Entry.what == "order.created").order_by(Entry.id.desc()).get().data


def test_numbers_may_hold_what_shops_put_into_them(api: Call):
    assert api("put", "orders/RE%202026-%C3%9F%231", {}).json["number"] == "RE 2026-ß#1"
    assert api("get", "orders/RE%202026-%C3%9F%231").status_code == 200


def test_quantities_stay_whole_where_they_are(api: Call):
    items = [{"name": "Kabel", "quantity": 2.0}, {"name": "Stunde", "quantity": 1.5}, {"name": "Rabatt", "price": "-5"}]
    api("put", "orders/1001", {"items": items})
    assert json.dumps([item["quantity"] for item in Record.get().items]) == "[2, 1.5, 1]"


# who may speak

@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Basic {KEY}", KEY, "Bearer \u00e4"])
@pytest.mark.parametrize(("method", "path"), [
    ("put", "orders/1"), ("get", "orders/1"), ("post", "orders"), ("get", "nothing/1"),
])
def test_without_a_known_key_nothing_is_heard_and_nothing_told(api: Call, header: str | None, method: str, path: str):
    answer = api(method, path, {}, headers={"Authorization": header or ""})
    problem(answer, 401, "Authorization")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_that_was_switched_off_opens_nothing_a_second_later(api: Call, monkeypatch: pytest.MonkeyPatch):
    assert api("get", "orders/1").status_code == 404
    with transaction():
        ApiKey.update(active=False).execute()
    later = memory.time.monotonic() + memory.SECONDS
    monkeypatch.setattr(memory.time, "monotonic", lambda: later)
    problem(api("get", "orders/1"), 401, "Authorization")


# what is not well said

@pytest.mark.parametrize(("said", "field"), [
    ({"status": "nonsense"}, "status"),
    ({"status": 3}, "status"),
    ({"status": "re\u0000ady"}, "status"),
    ({"colour": "red"}, "colour"),
    ({"number": "1001"}, "number"),
    ({"location": "atlantis"}, "location"),
    ({"location": 7}, "location"),
    ({"contact": "Ada"}, "contact"),
    ({"contact": {"e-mail": "ada@example.org"}}, "contact.e-mail"),
    ({"contact": {"email": "ada@example.org, ben@example.org"}}, "contact.email"),
    ({"contact": {"email": "ada@example.org;ben@example.org"}}, "contact.email"),
    ({"contact": {"email": "Ada <ada@example.org>"}}, "contact.email"),
    ({"contact": {"email": "ada@example.org\r\nBcc: ben@example.org"}}, "contact.email"),
    ({"contact": {"email": "ada"}}, "contact.email"),
    ({"contact": {"email": ["ada@example.org"]}}, "contact.email"),
    ({"contact": {"phone": "+49"}}, "contact.phone"),
    ({"contact": {"phone": "ring me"}}, "contact.phone"),
    ({"contact": {"phone": 4930123456}}, "contact.phone"),
    ({"contact": {"name": "Ada\nLovelace"}}, "contact.name"),
    ({"contact": {"name": "Ada \u202eecalevoL"}}, "contact.name"),
    ({"contact": {"name": "A" * 201}}, "contact.name"),
    ({"contact": {"language": "Deutsch, bitte"}}, "contact.language"),
    ({"contact": {"consent": {"email": "yes"}}}, "contact.consent.email"),
    ({"contact": {"consent": {"email": 1}}}, "contact.consent.email"),
    ({"contact": {"consent": {"fax": True}}}, "contact.consent.fax"),
    ({"assignee": {"email": "nobody"}}, "assignee.email"),
    ({"placed_at": "2026-11-20T10:00:00"}, "placed_at"),
    ({"placed_at": "2026-11-20"}, "placed_at"),
    ({"placed_at": "20. November"}, "placed_at"),
    ({"placed_at": "1700000000"}, "placed_at"),
    ({"placed_at": 0}, "placed_at"),
    ({"placed_at": "2026-02-30T10:00:00Z"}, "placed_at"),
    ({"placed_at": "2026-11-20T25:00:00Z"}, "placed_at"),
    ({"scheduled_at": "0001-01-01T00:00:00+14:00"}, "scheduled_at"),
    ({"scheduled_at": "9999-12-31T23:59:59-14:00"}, "scheduled_at"),
    ({"occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
    ({"paid_at": True}, "paid_at"),
    ({"total": 129.9}, "total"),
    ({"total": 129}, "total"),
    ({"total": "129,90"}, "total"),
    ({"total": "1e3"}, "total"),
    ({"total": "NaN"}, "total"),
    ({"total": "1.999"}, "total"),
    ({"total": "9" * 13}, "total"),
    ({"currency": "euro"}, "currency"),
    ({"currency": None}, "currency"),
    ({"items": {}}, "items"),
    ({"items": [{"quantity": 1}]}, "items.0.name"),
    ({"items": [{"name": "Display", "quantity": 1}, {"name": "Hülle", "quantity": -1}]}, "items.1.quantity"),
    ({"items": [{"name": "Display", "quantity": "1"}]}, "items.0.quantity"),
    ({"items": [{"name": "Display", "quantity": 1e9}]}, "items.0.quantity"),
    ({"items": [{"name": "Display", "price": 5}]}, "items.0.price"),
    ({"items": [{"name": "x"}] * 501}, "items"),
    ({"tracking": "00340434"}, "tracking"),
    ({"tracking": {"carrier": "DHL\t"}}, "tracking.carrier"),
    ({"fields": []}, "fields"),
    ({"fields": {"serial": {"deep": 1}}}, "fields.serial"),
    ({"fields": {"serial": ["C39Q"]}}, "fields.serial"),
    ({"fields": {"ser\nial": 1}}, "fields.ser\nial"),
    ({"fields": {"note": "\u0000"}}, "fields.note"),
    ({"fields": {"note": "x" * 2001}}, "fields.note"),
    ({"fields": {"count": 10**30}}, "fields.count"),
    ({"fields": {str(n): n for n in range(101)}}, "fields"),
    ({"source": "web\u2028shop"}, "source"),
    ({"profile": 1}, "profile"),
    ([], "body"),
    ("ready", "body"),
    (None, "body"),
])
def test_a_wrong_field_is_named_and_nothing_is_stored(api: Call, said: Any, field: str):
    if isinstance(said, dict) and "contact" not in said:
        said = {**said, "contact": {"name": "Ada", "email": "ada@example.org"}}
    assert problem(api("put", "orders/1001", said), 422, field).endswith(("." , "\"."))


@pytest.mark.parametrize(("raw", "status", "field"), [
    (b"", 400, None),
    (b"{", 400, None),
    (b'{"status": ready}', 400, None),
    (b"{'status': 'ready'}", 400, None),
    (b'{"status": "ready",}', 400, None),
    (b'{"status": "re\xffady"}', 400, None),
    ('{"status": "ready"}'.encode("utf-16"), 400, None),
    (b'\xef\xbb\xbf{"status": "ready"}', 400, None),
    (b'{"items": [{"name": "x", "quantity": NaN}]}', 400, None),
    (b'{"items": [{"name": "x", "quantity": -Infinity}]}', 400, None),
    (b'{"items": [{"name": "x", "quantity": 1e999}]}', 422, "items.0.quantity"),
    (b'{"status": "ready", "status": "done"}', 400, "status"),
    (b'{"contact": {"email": "a@example.org", "email": "b@example.org"}}', 400, "email"),
    (b'{"contact": {"name": "Ada \\ud800"}}', 400, "contact.name"),
    (b'{"items": [{"name": "\\udfff"}]}', 400, "items.0.name"),
    (b'{"fields": ' + b'{"a":' * 5000 + b"1" + b"}" * 5001, 400, None),
    (b"[" * 100_000, 400, None),
    (b'{"fields": {"n": ' + b"9" * 5000 + b"}}", 400, None),
    (b'{"source": "' + b"x" * 300_000 + b'"}', 413, None),
])
def test_a_malformed_body_is_refused_before_it_is_believed(api: Call, raw: bytes, status: int, field: str | None):
    problem(api("put", "orders/1001", raw=raw), status, field)


@pytest.mark.parametrize("mimetype", [
    "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
])
def test_only_json_is_taken(api: Call, mimetype: str):
    problem(api("put", "orders/1001", {"status": "ready"}, headers={"Content-Type": mimetype}), 415)


def test_a_charset_beside_json_disturbs_nobody(api: Call):
    assert api("put", "orders/1", {}, headers={"Content-Type": "application/json; charset=utf-8"}).status_code == 201


@pytest.mark.parametrize(("method", "path", "status", "field"), [
    ("put", "orderz/1001", 404, "collection"),
    ("get", "orderz/1001", 404, "collection"),
    ("post", "orderz", 404, "collection"),
    ("get", "orders/1001", 404, "number"),
    ("put", "orders/%00", 422, "number"),
    ("put", "orders/%20", 422, "number"),
    ("put", f"orders/{'1' * 65}", 422, "number"),
    ("put", "orders/1001?silent=yes", 422, "silent"),
    ("put", "orders/1001?silnet=1", 422, "silnet"),
    ("post", "orders?=1", 422, "query"),
    ("put", "orders/1001/items", 404, None),
    ("put", "orders", 405, None),
    ("delete", "orders/1001", 405, None),
    ("get", "", 404, None),
])
def test_a_wrong_address_is_told_as_a_problem_too(api: Call, method: str, path: str, status: int, field: str | None):
    problem(api(method, path, {}), status, field)


def test_the_sentences_are_spoken_in_the_caller_s_language(api: Call):
    english = problem(api("put", "orders/1", {"total": 1}), 422, "total")
    german = problem(api("put", "orders/1", {"total": 1}, headers={"Accept-Language": "de"}), 422, "total")
    assert english.startswith("An amount is") and german != english


@pytest.mark.parametrize(("method", "path"), [("put", "orders/1001"), ("post", "orders"), ("get", "orders/1001")])
def test_trouble_with_the_database_is_never_a_success(api: Call, monkeypatch: pytest.MonkeyPatch, method: str, path: str):
    def full(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("database or disk is full")

    assert api("get", "orders/1001").status_code == 404
    monkeypatch.setattr(change, "apply", full)
    monkeypatch.setattr(change, "apply_many", full)
    monkeypatch.setattr(Record, "get_or_none", full)
    answer = api(method, path, {"records": [{"number": "1"}]} if method == "post" else {})
    problem(answer, 503)
    assert answer.headers["Retry-After"] == "1"


# many at once

def test_many_records_are_stored_at_once_and_answered_one_by_one(api: Call):
    answer = api("post", "orders", {"records": [{"number": str(n), "status": "new"} for n in range(250)]})
    assert answer.status_code == 207
    assert answer.json["results"][249] == {
        "kind": "order", "number": "249", "status": "new", "changes": ["created"], "code": 201,
    }
    assert Record.select().count() == 250
    again = api("post", "orders?silent=1", {"records": [{"number": "7", "status": "done"}, {"number": "8"}]}).json["results"]
    assert [(result["code"], result["changes"]) for result in again] == [(200, ["status_changed"]), (200, [])]
    assert Entry.get(Entry.what == "order.status_changed").data["silent"] is True


def test_a_bad_record_does_not_stop_the_others(api: Call):
    said = b"""{"records": [
        {"number": "1", "status": "ready"}, {"number": "2", "status": "nonsense"}, {"number": "3", "total": 5},
        {"status": "new"}, {"number": 6}, "seven", {"number": "8", "contact": {"name": "\\ud800"}},
        {"number": "9", "contact": {"email": "a@b.de, c@d.de"}},
        {"number": "10", "placed_at": "2026-11-20T10:00:00Z", "total": "5.00"}, {"number": "\\ud800"}
    ]}"""
    results = api("post", "orders", raw=said).json["results"]
    assert [(result["number"], result["code"]) for result in results] == [
        ("1", 201), ("2", 422), ("3", 422), (None, 422), (None, 422), (None, 422), ("8", 400), ("9", 422),
        ("10", 201), ("\ud800", 400),
    ]
    assert [result["problem"]["field"] for result in results if "problem" in result] == [
        "status", "total", "number", "number", "body", "contact.name", "contact.email", "number",
    ]
    assert {record.number for record in Record.select()} == {"1", "10"}
    assert Record.get(Record.number == "10").placed_at == datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(("said", "field"), [
    ({}, "records"), ({"records": []}, "records"), ({"records": {}}, "records"), ([], "body"),
    ({"records": [{"number": "1"}], "silent": True}, "silent"), ({"records": [{"number": "1"}] * 1001}, "records"),
])
def test_a_batch_that_is_none_is_refused_as_a_whole(api: Call, said: Any, field: str):
    problem(api("post", "orders", said), 422, field)


def test_a_batch_with_one_key_twice_is_refused_as_a_whole(api: Call):
    problem(api("post", "orders", raw=b'{"records": [{"number": "1"}, {"number": "2", "number": "3"}]}'), 400, "number")


# the document

def test_the_document_lists_what_there_is(house: Flask):
    document = house.test_client().get("/api/openapi.json").json
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/{collection}/{number}", "/api/v1/{collection}/{number}/events", "/api/v1/{collection}", "/hooks/{source}",
        "/api/v1/{collection}/{number}/messages", "/api/v1/{collection}/{number}/biography", "/api/v1/messages",
        "/api/v1/payments_as_of",
    }
    collection = document["paths"]["/api/v1/{collection}"]["parameters"][0]["schema"]["enum"]
    assert collection == ["orders", "inquiries", "bookings"]
    assert set(document["components"]["schemas"]["State"]["properties"]) >= {"status", "contact", "items", "occurred_at"}


@pytest.mark.parametrize("mode", ["positive", "negative"])
@pytest.mark.parametrize(("path", "method"), [
    ("/api/v1/{collection}/{number}", "put"), ("/api/v1/{collection}/{number}", "get"),
    ("/api/v1/{collection}", "post"), ("/hooks/{source}", "post"),
])
def test_whatever_a_generator_thinks_of_is_answered_as_documented(
    house: Flask, api: Call, path: str, method: str, mode: str
):
    operation = schemathesis.openapi.from_wsgi("/api/openapi.json", house)[path][method.upper()]

    # A schema cannot say which statuses, locations and addresses there are; a batch answers 207 and refuses inside.
    beyond_schema = [positive_data_acceptance] + [negative_data_rejection] * (method == "post")

    @given(case=operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode)))
    @settings(
        max_examples=20, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    def check(case: schemathesis.Case) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, excluded_checks=beyond_schema)

    check()
