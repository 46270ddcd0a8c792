"""A record's page says what a status sets in motion, lets a click be taken back, and explains every rule in a sentence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from core import clock, journal
from core.journal import Entry
from emails.models import Template
from outbox.models import Message
from records.models import Location, Record
from rules import engine
from rules.models import Rule
from rules.record import explain

Make = Callable[..., Any]
WEBSHOP = {"match": "all", "of": [{"field": "source", "operator": "is", "value": "webshop"}]}
UNPAID = {"match": "all", "of": [{"field": "paid", "operator": "unpaid", "value": ""}]}
REMINDER = {"field": "scheduled_at", "steps": [{"n": 1, "unit": "days", "at": "", "template": 0}]}
LADDER = {"field": "placed_at", "steps": [{"n": n, "unit": "days", "at": "", "template": 0} for n in (3, 7)]}


@pytest.fixture
def make_rule(letter: Template) -> Make:
    def make(name: str, trigger: str = "status_changed_to", **given: Any) -> Rule:
        ago, mail = clock.now() - timedelta(days=9), {"who": "customer", "address": "", "template": letter.id}
        words = dict(kind="order", since=ago, on=True, created_at=ago, updated_at=ago, recipients=[mail])
        if trigger == "status_changed_to":
            words["options"] = {"statuses": ["ready"]}
        return Rule.create(name=name, trigger=trigger, **{**words, **given})

    return make


def read_news() -> list[Message]:
    while journal.read((engine.read,)):
        pass
    return list(Message.select().order_by(Message.id))


def told(record: Record) -> dict[str, str]:
    """What is said of each rule, by its name."""
    return {verdict.rule.name: str(verdict.sentence) for verdict in explain.verdicts(record.id)}


def test_x1_ten_rules_are_explained_in_ten_sentences(
    house: Any, make_rule: Make, make_record: Make, shop: dict[str, Location]
) -> None:
    make_rule("Fertig")
    make_rule("Später", delay=60)
    make_rule("Webshop", conditions=WEBSHOP)
    make_rule("Potsdam", locations=[shop["potsdam"].id])
    make_rule("Profil", profile="premium")
    make_rule("Aus", on=False)
    make_rule("Storno", options={"statuses": ["cancelled"]})
    make_rule("Termin", "before", options=REMINDER)
    make_rule("Mahnung", "after", options=LADDER, conditions=UNPAID)
    make_rule("Neu", since=clock.now() + timedelta(hours=1))
    record = make_record("1001", location="berlin", paid_at=clock.now(), placed_at=clock.now())
    make_record("1001", status="ready")
    first = read_news()[0]
    Message.update(state="sent", sent_at=clock.now()).where(Message.id == first.id).execute()
    said = told(record)
    assert len(said) == 10
    assert said["Fertig"].startswith("Gesendet an Ada Lovelace um ")
    assert said["Später"].startswith("Geht um ")
    assert said["Webshop"] == "Gilt nur, wenn die Quelle „webshop“ ist."
    assert said["Potsdam"] == "Gilt nicht an diesem Standort (Werkstatt Kreuzberg)."
    assert said["Profil"] == "Gilt nur für das Profil „premium“; hier ist es: kein Profil."
    assert said["Aus"] == "Ausgeschaltet."
    assert said["Storno"] == "Worauf sie wartet, ist noch nicht geschehen."
    assert said["Termin"] == "Der Vorgang hat keine solche Zeit: der Termin."
    assert said["Mahnung"] == "Gilt nur, wenn die Zahlung noch aussteht."
    assert said["Neu"].startswith("Sie gilt seit ")


def test_x1_a_dropped_message_says_why(house: Any, make_rule: Make, make_record: Make, ada: dict[str, Any]) -> None:
    make_rule("Fertig")
    record = make_record("1001", contact={**ada, "consent": {"email": False}})
    make_record("1001", status="ready")
    Message.update(state="dropped", reason="no_consent").where(Message.id == read_news()[0].id).execute()
    assert "nicht zugestimmt" in told(record)["Fertig"]


def test_x1_the_page_shows_it(clerk: FlaskClient, make_rule: Make, make_record: Make) -> None:
    make_rule("Fertig")
    record = make_record("1001")
    page = clerk.get(f"/rules/record/{record.id}/why").text
    assert "Fertig" in page and "noch nicht geschehen" in page


def test_x4_a_status_says_beforehand_who_will_hear_of_it(
    clerk: FlaskClient, make_rule: Make, make_record: Make, ada: dict[str, Any]
) -> None:
    make_rule("Fertig")
    make_rule("Ohne", options={"statuses": ["done"]})
    record = make_record("1001")
    make_record("1002", contact={"name": "Ben", "email": "ben@example.org", "consent": {"email": False}})
    said = clerk.get(f"/rules/record/{record.id}/status?status=ready").text
    assert "Ada Lovelace" in said and "in 30 Sekunden" in said
    assert "Niemand wird" in clerk.get(f"/rules/record/{record.id}/status?status=waiting").text
    silent = Record.get(Record.number == "1002")
    assert "ginge nicht hinaus" in clerk.get(f"/rules/record/{silent.id}/status?status=ready").text
    assert (Message.select().count(), Record.get_by_id(record.id).status) == (0, "new")


def test_x4_it_also_says_which_reminder_would_be_dropped(clerk: FlaskClient, make_rule: Make, make_record: Make) -> None:
    make_rule("Termin", "before", options=REMINDER)
    record = make_record("1001", scheduled_at=clock.now() + timedelta(days=5))
    read_news()
    assert "geht dann nicht mehr hinaus" in clerk.get(f"/rules/record/{record.id}/status?status=cancelled").text


def test_x3_a_click_can_be_taken_back_while_its_message_rests(
    clerk: FlaskClient, make_rule: Make, make_record: Make
) -> None:
    make_rule("Fertig")
    make_rule("Immer", "status_changed")
    record = make_record("1001")
    read_news()
    answer = clerk.post("/records/orders/1001/status", data={"status": "ready"}, headers={"HX-Request": "true"}).text
    assert f"/outbox/undo/{record.id}" in answer
    assert [message.reason for message in read_news()] == ["resting", "resting"]
    entry = Entry.get(Entry.what == "order.status_changed")
    assert f"/outbox/undo/{entry.id}" in clerk.get(f"/outbox/undo/{record.id}").text
    page = clerk.post(f"/outbox/undo/{entry.id}", follow_redirects=True).text
    assert "Zurückgenommen" in page
    assert Record.get_by_id(record.id).status == "new"
    assert [(message.state, message.reason) for message in read_news()] == [("dropped", "recalled")] * 2


def test_x3_what_nobody_has_read_yet_is_taken_back_too(clerk: FlaskClient, make_rule: Make, make_record: Make) -> None:
    make_rule("Immer", "status_changed")
    make_record("1001")
    clerk.post("/records/orders/1001/status", data={"status": "ready"})
    clerk.post(f"/outbox/undo/{Entry.get(Entry.what == 'order.status_changed').id}")
    assert read_news() == []


def test_x3_after_its_moment_or_by_somebody_else_nothing_is_taken_back(
    clerk: FlaskClient, admin: FlaskClient, make_rule: Make, make_record: Make
) -> None:
    make_rule("Fertig")
    record = make_record("1001")
    clerk.post("/records/orders/1001/status", data={"status": "ready"})
    read_news()
    entry = Entry.get(Entry.what == "order.status_changed")
    assert admin.get(f"/outbox/undo/{record.id}").text.strip() == ""
    assert "nicht mehr zurücknehmen" in admin.post(f"/outbox/undo/{entry.id}", follow_redirects=True).text
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        assert clerk.get(f"/outbox/undo/{record.id}").text.strip() == ""
        clerk.post(f"/outbox/undo/{entry.id}")
    assert Record.get_by_id(record.id).status == "ready"


def test_a_silent_click_sets_nothing_in_motion(clerk: FlaskClient, make_rule: Make, make_record: Make) -> None:
    make_rule("Fertig")
    record = make_record("1001")
    clerk.post("/records/orders/1001/status", data={"status": "ready", "silent": "1"})
    assert (read_news(), told(record)["Fertig"]) == ([], "Wurde ohne Nachricht geändert.")
