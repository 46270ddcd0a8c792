"""R5: a rule names the sender of its messages: the house's own address, or one that whoever writes the rule may use."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import READERS
from core import clock, journal
from core.db import transaction
from emails.models import Template
from outbox.models import Message, Sender
from outbox.senders import senders
from records.models import Record
from rules import lint, words
from rules.lint.house import House
from rules.models import Rule, RuleVersion
from tests.conftest import make_user, sign_in

Make = Callable[..., Record]


@pytest.fixture
def sender(house: Flask) -> Sender:
    with transaction():
        return Sender.create(
            label="Werkstatt", host="127.0.0.1", port=1, tls="none", from_address="w@example.org", created_at=clock.now()
        )


@pytest.fixture
def filled(letter: Template) -> dict[str, Any]:
    return {
        "save": "1", "kind": "order", "trigger": "created", "who-0": "customer", "template-0": str(letter.id), "on": "1",
        "name": "Eingang",
    }


def read() -> None:
    while journal.read(READERS):
        pass


def test_r5_without_a_sender_the_builder_leads_to_one(admin: FlaskClient) -> None:
    page = admin.get("/rules/new").text
    assert 'name="sender"' not in page and 'href="/senders/new"' in page and "Weiteren Absender einrichten" in page


def test_r5_a_rule_keeps_the_sender_chosen_and_its_messages_carry_it(
    admin: FlaskClient, filled: dict[str, Any], sender: Sender, make_record: Make
) -> None:
    assert "von <span" in admin.get("/rules/new").text
    assert admin.post("/rules/new", data={**filled, "sender": str(sender.id)}).status_code == 302
    rule = Rule.get()
    assert rule.sender_id == sender.id
    assert f'<option value="{sender.id}" selected>Werkstatt' in admin.get(f"/rules/{rule.id}").text
    assert "von „Werkstatt“" in words.about(rule, words.names())
    make_record("1001")
    read()
    assert Message.get().sender_id == sender.id
    with transaction():
        Message.delete().execute()
    admin.post(f"/rules/{rule.id}", data={**filled, "sender": ""})
    assert Rule.get().sender_id is None
    make_record("1002")
    read()
    assert Message.get().sender_id is None


@pytest.mark.parametrize("given", ["99", "x", "-1", "²"])
def test_a_sender_that_is_not_there_is_refused(
    admin: FlaskClient, filled: dict[str, Any], sender: Sender, given: str
) -> None:
    answer = admin.post("/rules/new", data={**filled, "sender": given})
    assert (answer.status_code, Rule.select().count()) == (422, 0)
    assert "Bitte wählen Sie einen Absender." in answer.text


def test_whoever_may_not_use_a_sender_can_neither_see_nor_choose_it_but_keeps_what_the_rule_has(
    house: Flask, filled: dict[str, Any], sender: Sender, rule: Rule
) -> None:
    ada, ben = make_user("ada@example.org", "Ada", "admin"), make_user("ben@example.org", "Ben", "admin")
    senders.save(sender, {"users": [ada.id]}, "user:1")
    mine = {**filled, "sender": str(sender.id)}
    client = sign_in(house, ben)
    assert "Werkstatt" not in client.get("/rules/new").text.split('id="rule"')[1].split("</form>")[0]
    assert client.post(f"/rules/{rule.id}", data=mine).status_code == 422
    assert sign_in(house, ada).post(f"/rules/{rule.id}", data=mine).status_code == 302
    assert client.post(f"/rules/{rule.id}", data={**mine, "name": "Anders"}).status_code == 302
    assert (Rule.get().name, Rule.get().sender_id) == ("Anders", sender.id)


def test_a_change_of_the_sender_is_told_in_the_history_and_can_be_put_back(
    admin: FlaskClient, filled: dict[str, Any], sender: Sender, rule: Rule
) -> None:
    admin.post(f"/rules/{rule.id}", data={**filled, "sender": str(sender.id)})
    page = admin.get(f"/rules/{rule.id}/history").text
    assert "Adresse des Betriebs" in page and "Werkstatt" in page
    first = RuleVersion.select().where(RuleVersion.rule_id == rule.id).order_by(RuleVersion.version).get()
    admin.post(f"/rules/{rule.id}/history/{first.version}")
    assert Rule.get().sender_id is None


def test_messages_that_wait_follow_to_another_sender_when_they_are_planned_anew(
    admin: FlaskClient, filled: dict[str, Any], sender: Sender, rule: Rule, make_record: Make
) -> None:
    Rule.update(delay=60).execute()
    make_record("1001")
    rule = Rule.get()
    rule.save()
    read()
    mine = {**filled, "delay": "1", "unit": "hours", "sender": str(sender.id)}
    asked = admin.post(f"/rules/{rule.id}", data=mine).text
    assert "anderer Absender" in asked
    seal = asked.split('name="seal" value="')[1].split('"')[0]
    admin.post(f"/rules/{rule.id}", data={**mine, "seal": seal, "waiting": "replan"})
    message = Message.get()
    assert (message.sender_id, message.state) == (sender.id, "planned")
    assert message.due_at > clock.now() + timedelta(minutes=50)


def test_many_rules_get_another_sender_at_once(admin: FlaskClient, sender: Sender, rule: Rule) -> None:
    asked = {"kind": "order", "rule": [rule.id], "sender": str(sender.id)}
    assert "Werkstatt" in admin.post("/rules/many", data=asked).text
    admin.post("/rules/many", data={**asked, "save": "1"})
    assert Rule.get().sender_id == sender.id
    admin.post("/rules/many", data={**asked, "sender": "0", "save": "1"})
    assert Rule.get().sender_id is None


def test_a_rule_says_that_its_sender_is_off_or_gone(admin: FlaskClient, sender: Sender, rule: Rule) -> None:
    rule.sender_id = sender.id
    rule.save()
    assert "Eingang bestätigen" in admin.post(f"/senders/{sender.id}/delete", follow_redirects=True).text
    assert all("Absender" not in one.sentence for one in lint.of(rule, House()))
    senders.switch(sender, False, "user:1")
    assert any(one.stops and "ausgeschaltet" in one.sentence for one in lint.of(rule, House()))
    with transaction():
        Sender.delete().execute()
    assert any(one.stops and "gibt es nicht mehr" in one.sentence for one in lint.of(rule, House()))
