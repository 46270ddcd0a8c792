"""Fields that a kind adds have a type: forms ask for it, other systems must keep to it, people read it in their words."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts import keys as api_keys
from core import i18n
from core.db import transaction
from core.journal import Entry
from records import change, further, kinds
from records.contacts import Refused
from records.models import Kind, Record

FIELDS = [
    {"key": "serial", "labels": {"de": "Seriennummer", "en": "Serial number"}, "type": "text"},
    {"key": "slots", "labels": {"de": "Offene Termine", "en": "Open slots"}, "type": "number"},
    {"key": "since", "labels": {"de": "Dabei seit", "en": "Member since"}, "type": "date"},
    {"key": "active", "labels": {"de": "Aktiv", "en": "Active"}, "type": "yesno"},
    {"key": "note", "labels": {"de": "Notiz", "en": "Note"}},
]
VALUES = {"serial": "C39Q", "slots": 4, "since": "2026-11-20", "active": True, "note": "x"}


@pytest.fixture
def kind(house: Any) -> Kind:
    with transaction():
        Kind.update(fields=FIELDS).where(Kind.key == "order").execute()
    return Kind.get(Kind.key == "order")


def order() -> Record:
    return Record.get(Record.kind == "order", Record.number == "1001")


@pytest.mark.parametrize(("key", "said", "kept"), [
    ("slots", 4, 4), ("slots", 2.5, 2.5), ("slots", "4", 4), ("slots", "-2.50", -2.5), ("slots", None, None),
    ("since", "2026-11-20", "2026-11-20"), ("since", "", ""), ("active", False, False), ("active", None, None),
    ("serial", 39, 39), ("serial", "C39Q", "C39Q"), ("unheard", True, True), ("note", "x", "x"),
])
def test_what_fits_the_type_is_kept(kind: Kind, key: str, said: Any, kept: Any) -> None:
    assert change.apply(kind, "1001", {"fields": {key: said}}, "api:1").record.fields == {key: kept}


@pytest.mark.parametrize(("key", "said"), [
    ("slots", "abc"), ("slots", "4,5"), ("slots", "1e3"), ("slots", "NaN"), ("slots", "9" * 16), ("slots", True),
    ("slots", "٤"), ("since", "20.11.2026"), ("since", "2026-02-30"), ("since", 20261120), ("since", "2026-11-20T10:00:00Z"),
    ("since", "1066-10-14"), ("active", "perhaps"), ("active", 1), ("active", "true"),
])
def test_what_does_not_is_refused_with_the_field_s_name(kind: Kind, key: str, said: Any) -> None:
    with pytest.raises(Refused) as refusal:
        change.apply(kind, "1001", {"fields": {"serial": "C39Q", key: said}}, "api:1")
    assert refusal.value.field == f"fields.{key}" and refusal.value.sentence
    assert Record.select().count() == 0


def test_the_api_names_the_field(kind: Kind, client: FlaskClient) -> None:
    bearer = {"Authorization": f"Bearer {api_keys.make('shop')}"}
    answer = client.put("/api/v1/orders/1001", json={"fields": {"slots": "abc"}}, headers=bearer)
    said = "A number is expected here."
    assert (answer.status_code, answer.json["field"], answer.json["detail"]) == (422, "fields.slots", said)
    assert client.put("/api/v1/orders/1001", json={"fields": {"slots": "5"}}, headers=bearer).status_code == 201


def test_the_form_asks_by_type(kind: Kind, clerk: FlaskClient) -> None:
    page = clerk.get("/records/orders/new").text
    assert 'type="date" id="field-fields.since"' in page and 'type="checkbox" id="field-fields.active"' in page
    assert 'name="fields.slots" value="" inputmode="decimal"' in page


def test_what_is_typed_is_kept_by_type(kind: Kind, clerk: FlaskClient) -> None:
    clerk.post("/records/orders/new", data={
        "number": "1001", "fields.serial": "C39Q", "fields.slots": "4,5", "fields.since": "2026-11-20", "fields.active": "1",
    })
    assert order().fields == {"serial": "C39Q", "slots": 4.5, "since": "2026-11-20", "active": True}


def test_a_box_nobody_ticked_says_no_of_a_new_record(kind: Kind, clerk: FlaskClient) -> None:
    clerk.post("/records/orders/new", data={"number": "1001"})
    assert order().fields == {"active": False}


@pytest.mark.parametrize(("key", "typed"), [("slots", "viele"), ("since", "gestern")])
def test_a_sentence_stands_at_a_field_that_cannot_be(kind: Kind, clerk: FlaskClient, key: str, typed: str) -> None:
    answer = clerk.post("/records/orders/new", data={"number": "1001", f"fields.{key}": typed})
    assert answer.status_code == 422 and f'id="field-fields.{key}-error"' in answer.text and typed in answer.text
    assert Record.select().count() == 0


def test_opening_and_saving_changes_nothing(kind: Kind, clerk: FlaskClient, make_record: Callable[..., Record]) -> None:
    record = make_record(fields=VALUES | {"serial": 39, "unheard": 7})
    given = {"seen": record.updated_at.isoformat(), **further.shown(order()), "contact.name": "Ada Lovelace"}
    given |= {"contact.email": "ada@example.org", "contact.phone": "+4930123456", "contact.language": "de"}
    clerk.post("/records/orders/1001/edit", data=given)
    assert order().fields == VALUES | {"serial": 39, "unheard": 7}
    assert Entry.select().where(Entry.what == "order.changed").count() == 0


def test_only_what_somebody_touched_is_changed(kind: Kind, clerk: FlaskClient, make_record: Callable[..., Record]) -> None:
    record = make_record(fields=VALUES)
    given = {**further.shown(order()), "fields.slots": "", "seen": record.updated_at.isoformat()}
    del given["fields.active"]
    clerk.post("/records/orders/1001/edit", data=given)
    assert order().fields == VALUES | {"slots": None, "active": False}
    assert Entry.get(Entry.what == "order.changed").data["fields"] == ["contact", "fields.slots", "fields.active"]


@pytest.mark.parametrize(("language", "said"), [
    ("de", ["Seriennummer: C39Q", "Offene Termine: 4,5", "Dabei seit: 20. November 2026", "Aktiv: ja", "unheard: 7"]),
    ("en", ["Serial number: C39Q", "Open slots: 4.5", "Member since: 20 November 2026", "Active: yes", "unheard: 7"]),
])
def test_people_read_it_in_their_own_words(
    kind: Kind, make_record: Callable[..., Record], language: str, said: list[str]
) -> None:
    values = {**VALUES, "slots": 4.5, "unheard": 7, "note": None}
    make_record(fields=values)
    with i18n.speaking(language):
        assert [f"{label}: {text}" for label, text in further.told(order())] == said


def test_a_type_of_another_time_is_text(kind: Kind, make_record: Callable[..., Record]) -> None:
    strange = {"key": "slots", "labels": {"de": "Plätze"}, "type": "matrix"}
    with transaction():
        Kind.update(fields=[strange]).where(Kind.key == "order").execute()
    other = kinds.of_collection("orders")
    assert other and further.say(other, "slots", "viele") == "viele"
