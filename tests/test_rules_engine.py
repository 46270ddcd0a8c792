"""Rules start, wait, and are asked again before their message goes out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from core import clock, journal, settings
from core.db import database, transaction
from core.journal import Entry
from emails.models import Template
from outbox.models import Message
from records.models import Contact, Kind, Location, Record
from rules import engine, index
from rules import wanted as asked
from rules.builder import saving
from rules.models import Rule, touch
from rules.triggers import TRIGGERS

Make = Callable[..., Any]


@pytest.fixture
def letter(house: Flask) -> Template:
    with transaction():
        text = {"subject": "Fertig", "body": "Fertig."}
        return Template.create(name="Abholbereit", texts={"de": text}, updated_at=clock.now())


@pytest.fixture
def make_rule(letter: Template) -> Make:
    def make(trigger: str = "created", *statuses: str, who: str = "customer", **given: Any) -> Rule:
        options = {"statuses": list(statuses), "also_created": given.pop("also_created", False)} if statuses else {}
        long_ago = clock.now() - timedelta(days=1)
        words = dict(name="Regel", kind="order", since=long_ago, on=True, created_at=long_ago, updated_at=long_ago)
        words["recipients"] = [{"who": who, "address": "", "template": letter.id}]
        return Rule.create(trigger=trigger, options=options, **{**words, **given})

    return make


def read_news() -> list[Message]:
    journal.read([engine.read])
    return list(Message.select().order_by(Message.id))


@contextmanager
def counted() -> Iterator[list[str]]:
    """The queries that run inside."""
    seen: list[str] = []
    execute = database.obj.execute_sql

    def count(sql: str, *args: Any, **kwargs: Any) -> Any:
        seen.append(sql)
        return execute(sql, *args, **kwargs)

    database.obj.execute_sql = count
    try:
        yield seen
    finally:
        del database.obj.execute_sql


def test_a_new_record_starts_the_rule_that_waits_for_one(make_rule: Make, make_record: Make) -> None:
    rule, record = make_rule("created"), make_record("1001")
    [message] = read_news()
    assert (message.rule_id, message.record_id, message.state) == (rule.id, record.id, "planned")
    assert (message.recipient, message.occasion) == ("customer", "created")
    assert message.expires_at - message.due_at == timedelta(days=7)


def test_only_the_chosen_status_starts_a_rule(make_rule: Make, make_record: Make) -> None:
    make_rule("status_changed_to", "ready", "done")
    for status in ("new", "in_progress", "ready", "waiting", "done"):
        make_record("1001", status=status)
    entries = {entry.id: entry.data["to"] for entry in Entry.select().where(Entry.what == "order.status_changed")}
    assert [entries[message.entry_id] for message in read_news()] == ["ready", "done"]


def test_any_new_status_starts_a_rule_but_the_first_one_does_not(make_rule: Make, make_record: Make) -> None:
    make_rule("status_changed")
    make_record("1001")
    make_record("1001", status="accepted")
    make_record("1001", status="ready")
    assert len(read_news()) == 2


@pytest.mark.parametrize(("also", "messages"), [(True, 1), (False, 0)])
def test_a_record_created_with_the_status_counts_only_when_the_box_says_so(
    make_rule: Make, make_record: Make, also: bool, messages: int
) -> None:
    make_rule("status_changed_to", "ready", also_created=also)
    make_record("1001", status="ready")
    assert len(read_news()) == messages


def test_reading_the_same_entries_twice_plans_one_message(make_rule: Make, make_record: Make) -> None:
    make_rule("created")
    make_record("1001")
    read_news()
    with transaction():
        Entry.update(unread=True).execute()
    assert len(read_news()) == 1


def test_a_storno_is_a_cancellation_and_everything_else_a_status(make_rule: Make, make_record: Make) -> None:
    make_rule("status_changed")
    make_record("1001")
    make_record("1001", status="ready")
    make_record("1001", status="cancelled")
    assert [message.sort for message in read_news()] == ["status", "cancellation"]


def test_a_rule_of_another_kind_does_not_start(make_rule: Make, make_record: Make) -> None:
    make_rule("created", kind="booking")
    make_record("1001")
    assert read_news() == []


def test_a_silent_change_and_a_late_one_are_never_announced(make_rule: Make, make_record: Make) -> None:
    make_rule("status_changed")
    make_record("1001")
    make_record("1001", status="accepted", silent=True)
    make_record("1001", status="ready", occurred_at=clock.now() - timedelta(days=2))
    assert read_news() == []


def test_what_happened_before_the_rule_was_switched_on_stays_unannounced(make_rule: Make, make_record: Make) -> None:
    rule = make_rule("created", on=False)
    make_record("1001")
    saving.switch([rule], True, "user:1")
    make_record("1002")
    assert [message.record.number for message in read_news()] == ["1002"]


def test_a_rule_that_is_off_plans_nothing(make_rule: Make, make_record: Make) -> None:
    rule = make_rule("created")
    saving.switch([rule], False, "user:1")
    make_record("1001")
    assert read_news() == []


def test_a_delay_moves_the_moment(make_rule: Make, make_record: Make) -> None:
    make_rule("created", delay=90)
    make_record("1001")
    [message] = read_news()
    assert message.due_at == Entry.get(Entry.what == "order.created").at + timedelta(minutes=90)


def test_only_the_chosen_locations_start_a_rule(make_rule: Make, make_record: Make, shop: dict[str, Location]) -> None:
    make_rule("created", locations=[shop["potsdam"].id])
    make_record("1001", location="berlin")
    make_record("1002", location="potsdam")
    make_record("1003")
    assert [message.record.number for message in read_news()] == ["1002"]


def test_all_conditions_must_hold(make_rule: Make, make_record: Make) -> None:
    make_rule("created", conditions={"match": "all", "of": [
        {"field": "source", "operator": "is", "value": "webshop"},
        {"field": "total", "operator": "at_least", "value": "100"},
    ]})
    make_record("1001", source="webshop", total="99.90")
    make_record("1002", source="telefon", total="150")
    make_record("1003", source="webshop", total="150")
    assert [message.record.number for message in read_news()] == ["1003"]


def test_one_event_tells_several_people_each_with_a_text_of_their_own(
    make_rule: Make, make_record: Make, letter: Template
) -> None:
    with transaction():
        other = Template.create(name="Für die Werkstatt", texts=letter.texts, updated_at=clock.now())
    make_rule("created", recipients=[
        {"who": "customer", "address": "", "template": letter.id},
        {"who": "assignee", "address": "", "template": other.id},
        {"who": "address", "address": "tresen@example.org", "template": other.id},
    ])
    make_record("1001")
    told = {message.recipient: message.template_id for message in read_news()}
    assert told == {"customer": letter.id, "assignee": other.id, "tresen@example.org": other.id}


def test_a_customer_without_address_still_gets_a_row_that_can_say_why(make_rule: Make, make_record: Make) -> None:
    make_rule("created")
    make_record("1001", contact={"name": "Ben Ohnemail"})
    assert [message.recipient for message in read_news()] == ["customer"]


def test_an_unknown_trigger_switches_its_rule_off_and_says_so(make_rule: Make, make_record: Make) -> None:
    strange, sound = make_rule("moon_is_full"), make_rule("created")
    make_record("1001")
    assert [message.rule_id for message in read_news()] == [sound.id]
    strange = Rule.get_by_id(strange.id)
    assert (strange.on, strange.fault) == (False, "trigger:moon_is_full")
    assert Entry.get(Entry.what == "rule.changed").data["fault"] == "trigger:moon_is_full"


def test_an_unknown_condition_switches_its_rule_off_too(make_rule: Make, make_record: Make) -> None:
    rule = make_rule("created", conditions={"match": "all", "of": [{"field": "shoe_size", "operator": "is", "value": "42"}]})
    make_record("1001")
    assert read_news() == []
    assert Rule.get_by_id(rule.id).fault == "condition:shoe_size"


def test_a_rule_changed_elsewhere_is_noticed_without_a_restart(make_rule: Make, make_record: Make) -> None:
    rule = make_rule("created")
    make_record("1001")
    assert len(read_news()) == 1
    rule.trigger = "status_changed"
    rule.save()
    make_record("1002")
    assert len(read_news()) == 1


def test_five_thousand_rules_that_do_not_apply_cost_no_further_query(
    make_rule: Make, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "FRESH", 3600.0)  # on a slow machine a setting read again would count
    make_rule("created")
    make_record("1001")
    read_news()
    make_record("1002")
    with counted() as few:
        read_news()
    row = Rule.select().dicts().get()
    others = [{**row, "id": n, "kind": "booking"} for n in range(1000, 6000)]
    with transaction():
        for start in range(0, 5000, 500):
            Rule.insert_many(others[start:start + 500]).execute()
        touch()
    index.current()
    make_record("1003")
    with counted() as many:
        read_news()
    assert len(many) == len(few)
    assert len(index.current().rules) == 5001


def test_a_batch_of_fifty_costs_as_many_queries_as_one(make_rule: Make, make_record: Make) -> None:
    make_rule("created", conditions={"match": "all", "of": [{"field": "language", "operator": "is", "value": "de"}]})
    index.current()
    make_record("1000")
    with counted() as one:
        read_news()
    for n in range(50):
        make_record(str(2000 + n))
    with counted() as fifty:
        messages = read_news()
    assert len(messages) == 51
    assert len(fifty) == len(one)


def wanted(message: Message) -> str:
    return asked.still_wanted([message]).get(message.id, "")


def test_a_message_is_wanted_as_long_as_its_rule_says_so(make_rule: Make, make_record: Make) -> None:
    rule = make_rule("created")
    make_record("1001")
    [message] = read_news()
    assert wanted(message) == ""
    saving.switch([rule], False, "user:1")
    assert wanted(message) == "rule_off"
    saving.delete([rule], "user:1")
    assert wanted(message) == "rule_gone"


def test_deleting_a_rule_drops_what_it_had_waiting(make_rule: Make, make_record: Make) -> None:
    rule = make_rule("created", delay=60)
    make_record("1001")
    read_news()
    saving.delete([rule], "user:1")
    message = Message.get()
    assert (message.state, message.reason) == ("dropped", "rule_gone")


def test_conditions_and_locations_are_asked_again_before_sending(
    make_rule: Make, make_record: Make, shop: dict[str, Location]
) -> None:
    make_rule("created", conditions={"match": "all", "of": [{"field": "paid", "operator": "unpaid", "value": ""}]})
    make_rule("created", locations=[shop["berlin"].id])
    make_record("1001", location="berlin")
    messages = read_news()
    assert asked.still_wanted(messages) == {}
    make_record("1001", paid_at=clock.now(), location="potsdam")
    assert list(asked.still_wanted(messages).values()) == ["paid", "conditions"]


def test_a_later_status_takes_the_place_of_an_earlier_one_that_still_waits(make_rule: Make, make_record: Make) -> None:
    make_rule("status_changed", delay=10)
    make_rule("created", delay=10)
    make_record("1001")
    make_record("1001", status="accepted")
    make_record("1001", status="ready")
    created, first, second = sorted(read_news(), key=lambda message: message.entry_id)
    assert asked.still_wanted([created, first, second]) == {first.id: "superseded"}


def test_a_delayed_message_is_dropped_when_its_status_is_no_longer_so(make_rule: Make, make_record: Make) -> None:
    make_rule("status_changed_to", "ready", delay=20)
    make_rule("status_changed_to", "ready")
    make_record("1001")
    make_record("1001", status="ready")
    delayed, at_once = sorted(read_news(), key=lambda message: message.rule_id)
    make_record("1001", status="cancelled")
    assert (wanted(delayed), wanted(at_once)) == ("status_left", "")


def test_messages_written_by_no_rule_are_none_of_our_business(make_rule: Make, make_record: Make, letter: Template) -> None:
    record = make_record("1001")
    now = clock.now()
    with transaction():
        times = dict(due_at=now, planned_at=now, expires_at=now)
        message = Message.create(record=record, occasion="link", recipient="customer", template=letter, sort="link", **times)
    assert asked.still_wanted([message]) == {}


def test_asking_for_fifty_costs_as_many_queries_as_for_one(make_rule: Make, make_record: Make) -> None:
    make_rule("created", conditions={"match": "all", "of": [{"field": "language", "operator": "is", "value": "de"}]})
    for n in range(50):
        make_record(str(1000 + n))
    messages = read_news()
    with counted() as one:
        asked.still_wanted(messages[:1])
    with counted() as fifty:
        asked.still_wanted(messages)
    assert len(fifty) == len(one)


def test_the_clock_of_the_entry_counts_not_that_of_the_reader(make_rule: Make, make_record: Make) -> None:
    make_rule("created")
    with time_machine.travel("2026-11-20T09:00:00Z", tick=False):
        Rule.update(since=clock.now()).execute()
        make_record("1001")
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        [message] = read_news()
    assert message.due_at.hour == 9


def test_a_contact_that_is_gone_does_not_stop_the_others(make_rule: Make, make_record: Make) -> None:
    make_rule("created", conditions={"match": "all", "of": [{"field": "language", "operator": "is_not", "value": "en"}]})
    make_record("1001")
    make_record("1002", contact={"name": "Ben", "email": "ben@example.org"})
    with transaction():
        Record.update(contact=None).where(Record.number == "1001").execute()
        Contact.delete().where(Contact.email == "ada@example.org").execute()
    assert len(read_news()) == 2


def test_every_status_of_every_kind_can_be_sorted(house: Flask) -> None:
    for kind in Kind.select():
        for status in kind.statuses:
            entry = Entry(id=1, at=clock.now(), what=f"{kind.key}.status_changed", data={"to": status["key"]})
            assert TRIGGERS["status_changed"].occasion(entry, kind, timedelta()).sort in ("status", "cancellation")
