"""The feed of rules and the builder, as a browser meets them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox.models import Message
from rules import engine
from rules.models import Rule, RuleVersion, using

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
    assert Rule.select().count() == 4
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


@pytest.fixture
def short(house: Flask) -> Template:
    with transaction():
        text = {"subject": "Kurz", "body": "{{ greeting }}"}
        return Template.create(name="Kurz gesagt", kind_id="order", texts={"de": text}, updated_at=clock.now())


def copy(rule: Rule, **changes: Any) -> Rule:
    return Rule.create(**{**Rule.select().where(Rule.id == rule.id).dicts().get(), "id": None, **changes})


def test_the_templates_of_many_rules_change_after_a_look(admin: FlaskClient, rule: Rule, short: Template) -> None:
    """R12: a page shows which rules and recipients change, and only the button changes them."""
    other = copy(rule, name="Noch eine")
    asked = {"kind": "order", "rule": [rule.id, other.id], "template": short.id}
    shown = page(admin.post("/rules/many", data=asked))
    assert "2 Regeln ändern" in shown
    assert shown.count('<del><span class="sr">entfernt: </span>Auftragsstatus</del>') == 2
    assert shown.count('<ins><span class="sr">neu: </span>Kurz gesagt</ins>') == 2
    assert RuleVersion.select().count() == 0
    answer = admin.post("/rules/many", data={**asked, "save": "1"})
    assert answer.location == "/rules?kind=order"
    assert {one.recipients[0]["template"] for one in Rule.select()} == {short.id}
    assert [(row.rule_id, row.how) for row in RuleVersion.select().where(RuleVersion.how == "bulk")] == [
        (rule.id, "bulk"), (other.id, "bulk")
    ]
    assert "2 Regeln geändert." in page(admin.get("/rules?kind=order"))


def test_of_several_recipients_the_customer_gets_the_new_text(admin: FlaskClient, rule: Rule, short: Template) -> None:
    mine = rule.recipients[0]
    both = copy(rule, recipients=[{**mine, "who": "assignee"}, mine])
    inside = copy(rule, recipients=[{**mine, "who": "assignee"}, {**mine, "who": "manager"}])
    asked = {"kind": "order", "rule": [both.id, inside.id], "template": short.id}
    shown = page(admin.post("/rules/many", data=asked))
    assert "ändert sich nur der Text des Kunden" in shown
    assert "Bitte ändern Sie diese Regel einzeln" in shown
    admin.post("/rules/many", data={**asked, "save": "1"})
    assert [said["template"] for said in Rule.get_by_id(both.id).recipients] == [mine["template"], short.id]
    assert Rule.get_by_id(inside.id).recipients == inside.recipients
    assert RuleVersion.select().where(RuleVersion.rule_id == inside.id).count() == 0


def test_release_and_working_hours_change_together_and_what_waits_stays(
    admin: FlaskClient, rule: Rule, make_record: Make
) -> None:
    Rule.update(delay=60).execute()
    make_record("1001")
    journal.read([engine.read])
    asked = {"kind": "order", "rule": [rule.id], "release": "hand", "hours": "1"}
    shown = page(admin.post("/rules/many", data=asked))
    assert "1 Nachricht dieser Regeln wartet. Sie geht so hinaus, wie sie geplant ist." in shown
    admin.post("/rules/many", data={**asked, "save": "1"})
    now = Rule.get_by_id(rule.id)
    assert (now.release, now.hours, now.since) == ("hand", True, rule.since)
    assert Message.get().state == "planned"
    feed = page(admin.get("/rules?kind=order"))
    assert "nur in den Arbeitszeiten" in feed and "nach Freigabe von Hand" in feed
    admin.post("/rules/many", data={"kind": "order", "rule": [rule.id], "hours": "0", "save": "1"})
    assert Rule.get_by_id(rule.id).hours is False


def test_only_templates_that_fit_the_kind_are_offered_and_taken(admin: FlaskClient, rule: Rule, short: Template) -> None:
    Template.update(kind_id="booking").where(Template.id == short.id).execute()
    answer = admin.post("/rules/many", data={"kind": "order", "rule": [rule.id], "template": short.id, "save": "1"})
    assert answer.status_code == 422
    assert "Bitte wählen Sie, was sich ändern soll." in page(answer)
    assert "Kurz gesagt" not in page(answer)
    assert Rule.get_by_id(rule.id).recipients == rule.recipients


def test_marked_rules_of_another_kind_are_left_alone(admin: FlaskClient, rule: Rule) -> None:
    asked = {"kind": "booking", "rule": [rule.id], "release": "hand", "save": "1"}
    assert admin.post("/rules/many", data=asked).location == "/rules?kind=booking"
    assert Rule.get_by_id(rule.id).release == "auto"


def test_switching_many_off_says_what_waits(admin: FlaskClient, rule: Rule, make_record: Make) -> None:
    Rule.update(delay=60).execute()
    make_record("1001")
    journal.read([engine.read])
    admin.post("/rules/bulk", data={"kind": "order", "do": "off", "rule": [rule.id]})
    said = page(admin.get("/rules?kind=order"))
    assert "1 Regel ist ausgeschaltet. 1 Nachricht wartet; sie geht nur hinaus, wenn ihre Regel bis dahin wieder" in said
    assert Message.get().state == "planned"


def test_rules_are_found_by_how_they_stand(admin: FlaskClient, rule: Rule) -> None:
    """R12: on, off, or in need of somebody; each tab counts the latter."""
    off = copy(rule, on=False)
    broken = copy(rule, recipients=[{**rule.recipients[0], "template": 4711}])
    copy(rule, kind="booking", recipients=[{**rule.recipients[0], "template": 4711}])

    def found(stand: str) -> set[int]:
        shown = page(admin.get(f"/rules?kind=order&stand={stand}", headers=HTMX))
        return {one.id for one in (rule, off, broken) if f'id="rule-{one.id}"' in shown}

    assert found("") == found("nonsense") == {rule.id, off.id, broken.id}
    assert found("on") == {rule.id, broken.id}
    assert found("off") == {off.id}
    assert found("attention") == {broken.id}
    assert page(admin.get("/rules?kind=order")).count('<span class="sr">1 Regel braucht Sie</span>') == 2


def test_notifications_and_reminders_stand_in_one_feed_and_are_told_apart(admin: FlaskClient, rule: Rule) -> None:
    """R1: one feed of both, and a button for each."""
    day = {"n": 1, "unit": "days", "at": "", "template": 0}
    copy(rule, trigger="before", options={"field": "scheduled_at", "steps": [day]})
    shown = page(admin.get("/rules?kind=order"))
    assert '<span class="sr">Benachrichtigung</span>' in shown
    assert '<span class="sr">Erinnerung</span>' in shown
    assert "/rules/new?kind=order&amp;as=reminder" in shown
    assert page(admin.get("/rules?kind=order&q=erinnerung", headers=HTMX)).count('class="rule"') == 1


def test_a_template_is_in_use_wherever_a_rule_sends_it(
    admin: FlaskClient, rule: Rule, letter: Template, short: Template
) -> None:
    """The templates' page follows bulk changes, and knows the texts that steps of a reminder have of their own."""
    admin.post("/rules/many", data={"kind": "order", "rule": [rule.id], "template": short.id, "save": "1"})
    assert (using(letter.id), using(short.id)) == ([], [rule.name])
    step = {"n": 1, "unit": "days", "at": "", "template": letter.id}
    Rule.update(trigger="before", options={"field": "scheduled_at", "steps": [step]}).execute()
    assert using(letter.id) == [rule.name]
    admin.post(f"/templates/{letter.id}/delete")
    assert Template.get_or_none(Template.id == letter.id)
