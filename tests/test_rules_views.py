"""The feed of rules and the builder, as a browser meets them."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox.models import Message
from rules import engine
from rules.models import Rule

Make = Callable[..., Any]
HTMX = {"HX-Request": "true"}


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_the_feed_shows_each_rule_as_a_sentence_under_its_kind(admin: FlaskClient, rule: Rule) -> None:
    shown = page(admin.get("/rules?kind=order"))
    sentence = "Sobald ein Auftrag <b>angelegt wird</b>, erhält <b>der Kunde</b> sofort die E‑Mail <b>Auftragsstatus</b>."
    assert sentence in shown
    assert f'id="rule-{rule.id}"' not in page(admin.get("/rules?kind=booking"))


def test_the_feed_speaks_english_too(admin: FlaskClient, rule: Rule) -> None:
    with admin.session_transaction() as session:
        session["language"] = "en"
    assert "<b>the customer</b> receives the e‑mail <b>Auftragsstatus</b> at once." in page(admin.get("/rules?kind=order"))


def test_without_a_kind_the_first_tab_opens(admin: FlaskClient) -> None:
    assert admin.get("/rules").location == "/rules?kind=order"


def test_an_empty_feed_says_what_a_first_rule_might_say_and_offers_the_pack(admin: FlaskClient) -> None:
    shown = page(admin.get("/rules?kind=order"))
    assert "Die erste Regel schreiben" in shown
    assert "Diese Regeln einspielen" in shown
    assert admin.post("/rules/packs/repair-shop").location == "/rules?kind=order"
    assert Rule.select().count() == 3
    assert admin.post("/rules/packs/moon-base").status_code == 404


def test_searching_finds_rules_by_any_word_of_their_sentence(admin: FlaskClient, rule: Rule) -> None:
    found = page(admin.get("/rules?kind=order&q=auftragsstatus kunde", headers=HTMX))
    assert f'id="rule-{rule.id}"' in found
    assert "<html" not in found
    assert "Keine Regel spricht von „Storno“" in page(admin.get("/rules?kind=order&q=Storno", headers=HTMX))


def test_a_switch_gives_back_its_row(admin: FlaskClient, rule: Rule) -> None:
    answer = admin.post(f"/rules/{rule.id}/switch", data={"on": "0"}, headers=HTMX)
    assert page(answer).lstrip().startswith(f'<li class="rule off" id="rule-{rule.id}"')
    assert Rule.get_by_id(rule.id).on is False
    assert Entry.get(Entry.what == "rule.changed").data == {"rule": rule.id, "on": False}


def test_a_switch_works_without_script(admin: FlaskClient, rule: Rule) -> None:
    assert admin.post(f"/rules/{rule.id}/switch", data={"on": "0"}).location == "/rules?kind=order"


def test_switching_on_never_reaches_back(admin: FlaskClient, rule: Rule) -> None:
    admin.post(f"/rules/{rule.id}/switch", data={"on": "0"})
    before = clock.now()
    admin.post(f"/rules/{rule.id}/switch", data={"on": "1"})
    assert Rule.get_by_id(rule.id).since >= before


def test_a_broken_rule_cannot_be_switched_on(admin: FlaskClient, rule: Rule) -> None:
    Rule.update(trigger="moon_is_full", on=False, fault="trigger:moon_is_full").execute()
    answer = admin.post(f"/rules/{rule.id}/switch", data={"on": "1"}, headers=HTMX)
    assert answer.status_code == 422
    assert "kennt den Auslöser „moon_is_full“ nicht" in page(answer)
    assert Rule.get_by_id(rule.id).on is False


def test_many_rules_are_switched_in_one_go(admin: FlaskClient, rule: Rule) -> None:
    copy = Rule.create(**{**Rule.select().where(Rule.id == rule.id).dicts().get(), "id": None})
    admin.post("/rules/bulk", data={"kind": "order", "do": "off", "rule": [rule.id, copy.id]})
    assert not Rule.select().where(Rule.on).exists()
    admin.post("/rules/bulk", data={"kind": "order", "do": "on", "rule": [rule.id, copy.id, "x", "99999999999999"]})
    assert Rule.select().where(Rule.on).count() == 2


def test_deleting_asks_first_and_says_what_will_not_go_out(admin: FlaskClient, rule: Rule, make_record: Make) -> None:
    Rule.update(delay=60).execute()
    make_record("1001")
    journal.read([engine.read])
    question = page(admin.post("/rules/bulk", data={"kind": "order", "do": "delete", "rule": rule.id}))
    assert "Diese Regel löschen?" in question
    assert "1 wartende Nachricht geht dann nicht mehr hinaus" in question
    assert page(admin.get(f"/rules/{rule.id}/delete")).count("Endgültig löschen") == 1
    assert Rule.select().count() == 1
    admin.post("/rules/delete", data={"kind": "order", "rule": rule.id})
    assert Rule.select().count() == 0
    assert (Message.get().state, Message.get().reason) == ("dropped", "rule_gone")


def test_the_feed_shows_what_a_rule_has_sent_lately(admin: FlaskClient, rule: Rule, make_record: Make) -> None:
    record, now = make_record("1001"), clock.now()
    with transaction():
        for n in range(3):
            Message.create(
                rule_id=rule.id, record=record, occasion=str(n), recipient="customer", template=1, state="sent", due_at=now,
                planned_at=now, expires_at=now, sent_at=now,
            )
    assert "<b>3</b> in 30" in page(admin.get(f"/rules/counted?rule={rule.id}"))


def test_staff_read_rules_and_do_not_change_them(clerk: FlaskClient, rule: Rule) -> None:
    assert "Regeln ändern nur Administratoren" in page(clerk.get(f"/rules/{rule.id}"))
    feed = page(clerk.get("/rules?kind=order"))
    assert 'class="switch"' not in feed
    for path in (f"{rule.id}", f"{rule.id}/switch", "bulk", "delete", "new", "preview", "packs/repair-shop"):
        assert clerk.post(f"/rules/{path}", data={"rule": rule.id, "do": "delete"}).status_code == 403
    assert clerk.get("/rules/new").status_code == 403
    assert Rule.get_by_id(rule.id).on


def test_strangers_are_sent_to_the_door(client: FlaskClient, admin: FlaskClient, rule: Rule) -> None:
    assert client.get("/rules?kind=order").status_code == 302
    assert client.post("/rules/bulk").status_code == 302


def test_a_template_that_a_rule_sends_cannot_be_deleted(admin: FlaskClient, rule: Rule, letter: Template) -> None:
    admin.post(f"/templates/{letter.id}/delete")
    assert Template.get_or_none(Template.id == letter.id)
    assert "Eingang bestätigen" in page(admin.get("/templates"))
