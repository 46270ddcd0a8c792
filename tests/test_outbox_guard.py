"""X10: a bad rule cannot reach everybody, nobody's mailbox is flooded, and one switch stops everything."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine

from core import clock, rows
from core.db import database, transaction
from core.journal import Entry
from emails.models import Template
from outbox import guard, hand, valve
from outbox.models import Message
from outbox.plan import Planned, plan_many
from records.models import Contact, Record
from tests.mailing import send_due
from tests.postoffice import PostOffice

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = timedelta(days=7)


@pytest.fixture
def template(shop: Any) -> Template:
    with transaction():
        text = {"de": {"subject": "{{ record.number }}", "body": "{{ greeting }}"}}
        return Template.create(name="Status", texts=text, updated_at=clock.now())


@pytest.fixture
def record(shop: Any, make_record: Callable[..., Record]) -> Record:
    return make_record("1001")


@pytest.fixture
def crowd(record: Record) -> Callable[[int], list[int]]:
    """Makes many records, each with a customer of its own; their ids."""

    def crowd(many: int) -> list[int]:
        now, first = clock.now(), Record.select().count()
        consents = {"email": {"given": True}}
        with transaction():
            ben = {"name": "Ben", "language": "de", "consents": consents, "created_at": now}
            rows.insert_many(Contact, [{**ben, "email": f"ben{first + n}@example.org"} for n in range(many)])
            contacts = [row.id for row in Contact.select().order_by(Contact.id.desc()).limit(many)]
            known = {"kind": "order", "status": "new", "occurred_at": now, "created_at": now, "updated_at": now}
            made = [{**known, "number": f"G{first + n}", "contact_id": key} for n, key in enumerate(contacts)]
            rows.insert_many(Record, made)
        return sorted(row.id for row in Record.select(Record.id).order_by(Record.id.desc()).limit(many))

    return crowd


@pytest.fixture
def plan(template: Template) -> Callable[..., list[Message]]:
    """Plans a message about each of these records, due now."""

    def plan(records: Sequence[int], rule: int | None = 1, occasion: str = "status:1", **more: Any) -> list[Message]:
        now, text = clock.now(), template.id
        given: dict[str, Any] = {"recipient": "customer", "sort": "status", "due_at": now, "expires_at": now + WEEK, **more}
        with transaction():
            plan_many([Planned(rule, key, None, occasion, channel="email", template_id=text, **given) for key in records])
        made = Message.select().where(Message.occasion == occasion, Message.record.in_(list(records)))
        return list(made.order_by(Message.id))

    return plan


@pytest.fixture
def sent(template: Template, record: Record) -> Callable[..., None]:
    """Puts messages into the past that a rule has sent."""

    def sent(many: int, ago: timedelta, rule: int = 1, address: str = "", occasion: str = "status", **more: Any) -> None:
        at = clock.now() - ago
        times = dict.fromkeys(("due_at", "planned_at", "expires_at", "sent_at"), at)
        told = {"recipient": "customer", "template_id": template.id, "state": "sent", "address": address}
        known = {"rule_id": rule, "record_id": record.id, **told, **times, **more}
        with transaction():
            past = Message.select().count()
            rows.insert_many(Message, [{**known, "occasion": f"{occasion}:past{past + n}"} for n in range(many)])

    return sent


def states(messages: Sequence[Message]) -> dict[str, int]:
    found = [row.state for row in Message.select(Message.state).where(Message.id.in_([message.id for message in messages]))]
    return {state: found.count(state) for state in set(found)}


def fresh(message: Message) -> Message:
    return Message.get_by_id(message.id)


def test_x10_fifty_messages_of_a_rule_go_out_and_the_rest_waits_for_a_person(crowd, plan):
    messages = plan(crowd(61))
    send_due()
    assert states(messages) == {"sent": 50, "held": 11}
    held = Message.select().where(Message.state == "held")
    assert {(row.reason, row.owner) for row in held} == {("unusual", "")}
    assert Entry.select().where(Entry.what == "message.held").count() == 11
    send_due()
    assert Entry.select().where(Entry.what == "message.held").count() == 11


def test_x10_what_went_out_within_the_hour_counts_and_what_went_before_does_not(crowd, plan, sent):
    sent(48, timedelta(minutes=50))
    sent(500, timedelta(minutes=70))
    messages = plan(crowd(5))
    send_due()
    assert states(messages) == {"sent": 2, "held": 3}


def test_x10_other_rules_are_not_held_with_it(crowd, plan, sent):
    sent(60, timedelta(minutes=5))
    records = crowd(1)
    mine, other = plan(records), plan(records, rule=2, occasion="status:2")
    send_due()
    assert (states(mine), states(other)) == ({"held": 1}, {"sent": 1})


def test_x10_three_times_a_usual_day_is_not_unusual(crowd, plan, sent):
    for day in range(1, 29):
        sent(30 if day % 2 else 20, DAY * day)
    messages = plan(crowd(80))
    send_due()
    assert states(messages) == {"sent": 75, "held": 5}


def test_x10_a_rule_for_every_wednesday_is_measured_by_its_wednesdays(crowd, plan, sent):
    for week in (1, 2, 3):
        sent(24, WEEK * week)
    messages = plan(crowd(73))
    send_due()
    assert states(messages) == {"sent": 72, "held": 1}


def test_x10_one_bad_day_makes_nothing_usual(crowd, plan, sent):
    sent(500, DAY)
    messages = plan(crowd(51))
    send_due()
    assert states(messages) == {"sent": 50, "held": 1}


@pytest.mark.parametrize("given", [{"occasion": "created"}, {"sort": "link"}, {"rule": None}])
def test_x10_answers_to_an_own_order_links_asked_for_and_letters_by_hand_are_not_held(crowd, plan, sent, given):
    sent(60, timedelta(minutes=5))
    messages = plan(crowd(3), **given)
    send_due()
    assert states(messages) == {"sent": 3}


def test_x10_orders_created_do_not_use_up_what_a_rule_may_send(crowd, plan, sent):
    plan(crowd(60), occasion="created")
    send_due()
    messages = plan(crowd(3))
    send_due()
    assert states(messages) == {"sent": 3}


def test_x10_what_a_person_released_goes_out_and_leaves_room_for_what_comes_after_it(crowd, plan):
    messages = plan(crowd(60))
    send_due()
    for message in Message.select().where(Message.state == "held"):
        hand.retry(message, "user:1")
    send_due()
    assert states(messages) == {"sent": 60}
    late = plan(crowd(1), occasion="status:2")
    send_due()
    assert states(late) == {"held": 1}


def test_x10_a_persons_word_outlives_a_server_that_asks_for_patience(crowd, plan, sent):
    sent(60, timedelta(minutes=5))
    [message] = plan(crowd(1))
    send_due()
    hand.retry(fresh(message), "user:1")
    with transaction():
        Message.update(reason="later").where(Message.id == message.id).execute()
    send_due()
    assert fresh(message).state == "sent"


def test_x10_what_is_still_going_out_counts_too(crowd, plan, sent):
    sent(49, timedelta(minutes=5))
    going, waiting = plan(crowd(2))
    later = {"owner": "me", "lease_until": clock.now() + HOUR}
    with transaction():
        Message.update(state="sending_data", **later).where(Message.id == going.id).execute()
        Message.update(state="sending_pre", **later).where(Message.id == waiting.id).execute()
    asked = Message.get_by_id(waiting.id)
    assert guard.Guard("me")._room(1, 1, [asked]) == 0
    assert guard.Guard("another")._room(1, 1, [asked]) == 1


def test_x10_fifty_messages_cost_one_question_per_rule(crowd, plan, sent, monkeypatch):
    sent(30, timedelta(minutes=5), rule=1)
    sent(30, timedelta(minutes=5), rule=2)
    records = crowd(10)
    asked = plan(records), plan(records, rule=2, occasion="status:2")
    claimed = [message for messages in asked for message in messages]
    counted: list[str] = []
    execute = database.obj.execute_sql
    monkeypatch.setattr(database.obj, "execute_sql", lambda sql, *given: counted.append(sql) or execute(sql, *given))
    inspector = guard.Guard("me")
    assert [inspector._room(rule, 10, claimed) for rule in (1, 2)] == [10, 10]
    assert len(counted) == 2
    plans = " ".join(str(row) for sql in counted for row in explained(sql))
    assert "message_by_rule" in plans
    assert "SCAN message" not in plans.replace("SCAN message USING", "")


def explained(sql: str) -> list[Any]:
    marks = [1] * sql.count("?")
    return database.obj.connection().execute(f"EXPLAIN QUERY PLAN {sql}", marks).fetchall()


def test_a_customer_gets_five_mails_a_day_and_the_sixth_when_there_is_room(record, plan):
    messages = [plan([record.id], occasion=f"status:{n}")[0] for n in range(6)]
    send_due()
    assert states(messages) == {"sent": 5, "planned": 1}
    sixth = fresh(messages[-1])
    first = min(fresh(message).sent_at for message in messages[:5])
    assert sixth.reason == "limit"
    assert abs(sixth.due_at - (first + DAY)) < timedelta(seconds=30)
    with time_machine.travel(sixth.due_at + timedelta(seconds=30)):
        send_due()
    assert fresh(sixth).state == "sent"


def test_mails_of_the_same_day_to_one_address_count_together(record, plan, sent):
    sent(4, timedelta(hours=20), address="ada@example.org")
    messages = [plan([record.id], occasion=f"status:{n}")[0] for n in range(3)]
    send_due()
    dues = [fresh(message).due_at - clock.now() for message in messages[1:]]
    assert states(messages) == {"sent": 1, "planned": 2}
    assert all(timedelta(hours=3.9) < due < timedelta(hours=4.1) for due in dues)


def test_the_sixth_mail_is_missed_when_its_time_ends_before_there_is_room(record, plan, sent):
    sent(5, HOUR, address="ada@example.org")
    [message] = plan([record.id], expires_at=clock.now() + HOUR)
    send_due()
    assert (fresh(message).state, fresh(message).reason) == ("dropped", "missed")


@pytest.mark.parametrize("given", [{"sort": "link"}, {"recipient": "lager@example.org"}, {"rule": None}])
def test_links_fixed_addresses_and_letters_by_hand_know_no_daily_limit(record, plan, sent, given):
    sent(5, HOUR, address="ada@example.org")
    sent(5, HOUR, address="lager@example.org", recipient="lager@example.org")
    messages = plan([record.id], **given)
    send_due()
    assert states(messages) == {"sent": 1}


def test_links_do_not_use_up_the_five_mails(record, plan, sent):
    sent(5, HOUR, address="ada@example.org", sort="link")
    messages = plan([record.id])
    send_due()
    assert states(messages) == {"sent": 1}


def test_rules_that_feed_each_other_end_at_the_third_cause(record, plan):
    [third] = plan([record.id], occasion="status:3", depth=3)
    [fourth] = plan([record.id], occasion="status:4", depth=4)
    assert third.state == "planned"
    assert (fourth.state, fourth.reason) == ("dropped", "too_deep")


class Slow(list[tuple[str, bytes]]):
    """Mails that take a moment each; somebody is called when the fifth is in."""

    def __init__(self, called: Callable[[], None]):
        super().__init__()
        self.called = called

    def append(self, mail: tuple[str, bytes]) -> None:
        super().append(mail)
        if len(self) == 5:
            Thread(target=self.called).start()
        time.sleep(0.03)


def test_x10_the_switch_stops_what_is_under_way_within_two_seconds(crowd, plan):
    messages = plan(crowd(40))
    stopped: list[float] = []

    def stop() -> None:
        valve.stop("user:1")
        stopped.append(time.monotonic())

    with PostOffice(mails=Slow(stop)) as office:
        send_due(url=f"smtp://127.0.0.1:{office.port}?connections=2")
        assert time.monotonic() - stopped[0] < 2
        went = len(office.mails)
    assert 5 <= went < 40
    assert states(messages) == {"sent": went, "planned": 40 - went}
