"""What changed is named field by field, so that rules can listen to one of them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.db import transaction
from core.journal import Entry
from records import biography, change, kinds
from records.models import Contact, Kind, Record

BEN = {"name": "Ben Babbage", "email": "ben@example.org"}


def news(record: Record) -> list[tuple[str, Any]]:
    """The Entries of a record after the first, with the fields they name."""
    entries = Entry.select().where(Entry.record_id == record.id).order_by(Entry.id).offset(1)
    return [(entry.what, entry.data.get("fields")) for entry in entries]


def test_each_further_field_that_differs_is_named(make_record: Callable[..., Record]) -> None:
    make_record(fields={"serial": "C39Q", "colour": "red", "open": 3})
    record = make_record(fields={"serial": "C39Q", "colour": "blue", "open": 4, "keys": True})
    assert news(record) == [("order.changed", ["fields.colour", "fields.open", "fields.keys"])]


def test_the_same_fields_again_are_no_news(make_record: Callable[..., Record]) -> None:
    make_record(fields={"open": 3, "colour": "red"})
    record = make_record(fields={"colour": "red"})
    assert news(record) == []


def test_taking_all_further_fields_away_names_them_all(make_record: Callable[..., Record]) -> None:
    make_record(fields={"open": 3, "colour": "red"})
    record = make_record(fields={}, total=None)
    assert news(record) == [("order.changed", ["fields.open", "fields.colour"])]
    assert record.fields == {}


def test_a_new_assignee_is_news(make_record: Callable[..., Record]) -> None:
    make_record(assignee={"name": "Cem Clerk", "email": "cem@example.org"})
    record = make_record(assignee=BEN)
    assert news(record) == [("order.changed", ["assignee"])]
    assert Entry.get(Entry.what == "order.changed").unread
    assert news(make_record(assignee=None)) == [("order.changed", ["assignee"])] * 2


def test_another_customer_is_news_and_stands_beside_what_else_changed(make_record: Callable[..., Record]) -> None:
    make_record()
    record = make_record(contact=BEN, source="webshop", status="ready")
    assert news(record) == [("order.status_changed", None), ("order.changed", ["source", "contact"])]


def test_a_correction_of_the_same_customer_is_none(make_record: Callable[..., Record], ada: dict[str, Any]) -> None:
    before = make_record()
    record = make_record(contact={**ada, "phone": "+493023125678"})
    assert (news(record), record.updated_at) == ([], before.updated_at)
    assert Contact.get().phone == "+493023125678"
    assert Entry.select().where(Entry.what == "contact.changed").count() == 1


def test_the_caller_hears_that_something_changed(house: Flask, make_record: Callable[..., Record]) -> None:
    make_record()
    kind = kinds.of_collection("orders")
    assert kind and change.apply(kind, "1001", {"assignee": BEN}, "api:1").changes == ["changed"]


@pytest.mark.parametrize(("field", "label"), [("open", "Offene Termine"), ("colour", "colour")])
def test_the_biography_says_the_field_s_own_name(make_record: Callable[..., Record], field: str, label: str) -> None:
    kind = Kind.get(Kind.key == "order")
    kind.fields = [{"key": "open", "labels": {"de": "Offene Termine", "en": "Open slots"}, "type": "number"}]
    with transaction():
        kind.save()
    make_record()
    record = Record.get_by_id(make_record(fields={field: 4}, assignee=BEN).id)
    told = [line.what for day, lines in biography.told(record).days for line in lines]
    assert any(f"Zuständig, {label}" in line for line in told), told
