"""What customers answer on their status page: once each, only by them, told to staff and to rules, taken back if need be."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.limits import limiter
from core import clock, journal, settings
from core.db import transaction
from core.journal import Entry
from outbox.models import Message
from pages import endings, links, publish
from pages.models import Link, Page
from pages.replies import kept
from pages.replies.models import Reply
from pages.settings import store
from records.models import Record
from rules import engine
from rules.ladder import pauses, reader
from rules.models import Rule, touch

BANK = {"account_holder": "Radhaus Lindner GmbH", "iban": "DE89370400440532013000", "payment_reference": "1047"}


@pytest.fixture
def step(house: Flask) -> Callable[[str], None]:
    """Sets the next step of all orders."""


    def set_(key: str) -> None:
        store.save("order", "", {"action": {"key": key}}, store.setting("order", "").version, "user:1")

    return set_


@pytest.fixture
def order(shop: Any, make_record: Callable[..., Record]) -> Record:
    limiter.reset()
    return make_record("1047", status="accepted", location="berlin", total=Decimal("129.90"))


@pytest.fixture
def ada_opens(house: Flask, order: Record) -> Callable[..., tuple[FlaskClient, str]]:
    """Lets somebody open their link to the order; their browser, and the page's address."""

    def open_(recipient: str = "customer", to: str = "ada@example.org") -> tuple[FlaskClient, str]:
        journal.read([publish.read, endings.read, kept.read])
        link = links.prepare(order.id, recipient, to)
        with transaction():
            links.save_many([link])
        browser, door = house.test_client(), f"/s/{links.token_of(link.id)}"
        found = re.search(r'name="nonce" value="(\w+)"', browser.get(door).text)
        assert found
        return browser, browser.post(door, data={"nonce": found[1]}).location

    return open_


def say(browser: FlaskClient, page: str, key: str, words: str = "", **how: Any) -> TestResponse:
    found = re.search(r'name="proof" value="(\w+)"', browser.get(f"{page}?reply={key}").text)
    return browser.post(f"{page}?reply={key}", data={"proof": found[1] if found else "", "words": words}, **how)


def work() -> None:
    journal.read([publish.read, endings.read, kept.read])


def test_a_quote_is_approved_once_and_staff_rules_and_the_page_know(
    order: Record, ada_opens: Any, step: Any, clerk: FlaskClient
) -> None:
    step("approve")
    browser, page = ada_opens()
    assert 'href="?reply=quote_approved"' in browser.get(page).text
    asked = browser.get(f"{page}?reply=quote_approved").text
    assert "Nehmen Sie unser Angebot an?" in asked and "129,90" in asked and "<script" not in asked
    said = say(browser, page, "quote_approved", "Bitte mit Rechnung.")
    assert (said.status_code, said.location) == (303, f"{page}?reply=quote_approved&received=1")
    assert "Danke, das ist bei uns angekommen." in browser.get(said.location).text
    work()
    shown = browser.get(page).text
    assert "Sie haben unser Angebot am" in shown and "?reply=" not in shown
    for key in ("quote_approved", "quote_declined"):
        assert "Das wissen wir schon." in browser.get(f"{page}?reply={key}").text
        assert browser.post(f"{page}?reply={key}", data={}).status_code == 403
    (entry,) = Entry.select().where(Entry.what == "order.quote_approved")
    reply = Reply.get()
    assert entry.data == {"link": page.rpartition("/")[2], "reply": reply.id} and entry.actor == "customer"
    assert reply.words == "Bitte mit Rechnung."


def test_asking_changes_nothing(order: Record, ada_opens: Any, step: Any) -> None:
    step("approve")
    browser, page = ada_opens()
    before = (Entry.select().count(), Reply.select().count(), Page.select().count())
    for _ in range(3):
        assert browser.get(f"{page}?reply=quote_approved").status_code == 200
        assert browser.head(f"{page}?reply=quote_approved").status_code == 200
    assert (Entry.select().count(), Reply.select().count(), Page.select().count()) == before


def test_only_the_browser_that_was_let_in_can_answer(house: Flask, order: Record, ada_opens: Any, step: Any) -> None:
    step("approve")
    browser, page = ada_opens()
    other, _ = ada_opens()
    assert say(other, page, "quote_approved").status_code == 404
    assert browser.post(f"{page}?reply=quote_approved", data={"proof": "x" * 22}).status_code == 403
    assert say(browser, page, "quote_approved", headers={"Origin": "https://evil.example"}).status_code == 403
    assert say(browser, page, "quote_approved", headers={"Origin": "null"}).status_code == 403
    assert Reply.select().count() == 0
    assert say(browser, page, "quote_approved", headers={"Origin": "http://localhost"}).status_code == 303


def test_whoever_is_not_the_customer_sees_the_question_and_cannot_answer(
    order: Record, ada_opens: Any, step: Any, clerk: FlaskClient
) -> None:
    step("approve")
    browser, page = ada_opens("chef@example.org", "chef@example.org")
    assert "Nur der Kunde kann hier antworten" in browser.get(f"{page}?reply=quote_approved").text
    assert say(browser, page, "quote_approved").status_code == 403
    assert "Nur der Kunde kann hier antworten" in clerk.get(f"/pages/for/{order.id}?reply=quote_approved").text


def test_what_the_page_does_not_ask_is_not_answered(order: Record, ada_opens: Any, step: Any) -> None:
    browser, page = ada_opens()
    assert browser.get(f"{page}?reply=quote_approved").status_code == 404
    assert browser.get(f"{page}?reply=nonsense").status_code == 404
    step("confirm")
    assert browser.get(f"{page}?reply=appointment_confirmed").status_code == 404


def test_another_quote_is_asked_for_anew(
    order: Record, ada_opens: Any, step: Any, make_record: Callable[..., Record]
) -> None:
    step("approve")
    browser, page = ada_opens()
    say(browser, page, "quote_declined", "Zu teuer.")
    make_record("1047", total=Decimal("99.00"))
    work()
    assert "?reply=quote_approved" in browser.get(page).text
    assert say(browser, page, "quote_approved").status_code == 303
    assert [reply.said for reply in Reply.select().order_by(Reply.id)] == ["quote_declined", "quote_approved"]


def test_a_wish_for_another_appointment_needs_words_and_keeps_what_was_typed(
    order: Record, ada_opens: Any, step: Any, make_record: Callable[..., Record]
) -> None:
    step("confirm")
    make_record("1047", scheduled_at=clock.now() + timedelta(days=3))
    browser, page = ada_opens()
    empty = say(browser, page, "appointment_wished")
    assert empty.status_code == 422 and "Bitte schreiben Sie, welche Tage oder Zeiten Ihnen passen." in empty.text
    long = say(browser, page, "appointment_wished", "so lang " * 80)
    assert long.status_code == 422 and "so lang so lang" in long.text
    assert say(browser, page, "appointment_wished", "<b>Montag</b>\nab 9").status_code == 303
    assert "&lt;b&gt;Montag&lt;/b&gt; ab 9" in browser.get(f"{page}?reply=appointment_wished").text
    work()
    assert "Sie haben am" in browser.get(page).text


def test_an_appointment_that_has_passed_is_confirmed_no_more(
    order: Record, ada_opens: Any, step: Any, make_record: Callable[..., Record]
) -> None:
    step("confirm")
    make_record("1047", scheduled_at=clock.now() + timedelta(seconds=1))
    browser, page = ada_opens()
    Record.update(scheduled_at=clock.now()).where(Record.id == order.id).execute()
    assert browser.get(f"{page}?reply=appointment_confirmed").status_code == 404


def test_x6_already_paid_is_offered_where_payment_was_asked_for(
    order: Record, ada_opens: Any, step: Any, make_record: Callable[..., Record]
) -> None:
    browser, page = ada_opens()
    assert "?reply=said_paid" not in browser.get(page).text
    settings.put("company", {**settings.get("company"), **BANK})
    make_record("1047", due_at=clock.now())
    work()
    assert browser.get(page).text.count("?reply=said_paid") == 1
    step("pay")
    assert browser.get(page).text.count("?reply=said_paid") == 1
    say(browser, page, "said_paid")
    work()
    assert browser.get(page).text.count("?reply=said_paid") == 0
    assert "dass Sie bezahlt haben" in browser.get(page).text


def test_erasure_reaches_what_was_said(order: Record, ada_opens: Any, step: Any) -> None:
    step("approve")
    browser, page = ada_opens()
    say(browser, page, "quote_approved", "Ada")
    with transaction():
        endings.erase([order.id])
    assert Reply.select().count() == 0 and Link.select().where(Link.state != "erased").count() == 0


def test_somebody_who_keeps_pressing_is_asked_to_wait(order: Record, ada_opens: Any, step: Any) -> None:
    step("confirm")
    Record.update(scheduled_at=clock.now() + timedelta(days=3)).where(Record.id == order.id).execute()
    browser, page = ada_opens()
    codes = [say(browser, page, "appointment_wished").status_code for _ in range(22)]
    assert set(codes[:20]) == {422} and codes[20:] == [429, 429]


def test_the_page_is_the_same_for_everybody_and_for_the_same_input(order: Record, ada_opens: Any, step: Any) -> None:
    step("approve")
    pages = {browser.get(page).data for browser, page in (ada_opens(), ada_opens("chef@example.org", "chef@example.org"))}
    assert pages == {page.html.encode() for page in publish.print_pages([order.id])}


def test_staff_see_an_answer_on_the_record_and_as_a_task_and_deal_with_it(
    order: Record, ada_opens: Any, step: Any, clerk: FlaskClient
) -> None:
    step("call")
    browser, page = ada_opens()
    assert "Ihre Nummer bei uns: +49•••56" in browser.get(f"{page}?reply=call_wished").text
    say(browser, page, "call_wished", "Nach 17 Uhr")
    today = clerk.get("/").text
    assert "Rückruf erbeten" in today and 'href="tel:+4930123456"' in today and "Nach 17 Uhr" in today
    record = clerk.get(f"/pages/slot/{order.id}").text
    assert "Rückruf erbeten" in record and "Nach 17 Uhr" in record
    assert "Rückruf erbeten" in clerk.get("/records/orders/1047").text
    done = clerk.post(f"/pages/replies/{Reply.get().id}/done", data={"back": "today"})
    assert done.location == "/" and "Rückruf erbeten" not in clerk.get("/").text
    work()
    assert "?reply=call_wished" in browser.get(page).text, "another call may be asked for"
    assert say(browser, page, "call_wished").status_code == 303
    assert clerk.post(f"/pages/replies/{Reply.get().id}/nonsense").status_code == 404


def test_what_staff_take_back_is_asked_anew(order: Record, ada_opens: Any, step: Any, clerk: FlaskClient) -> None:
    step("approve")
    browser, page = ada_opens()
    say(browser, page, "quote_declined")
    work()
    shown = clerk.post(f"/pages/replies/{Reply.get().id}/undone", headers={"HX-Request": "true"}).text
    assert "zurückgenommen" in shown
    work()
    assert "?reply=quote_approved" in browser.get(page).text
    assert say(browser, page, "quote_approved").status_code == 303
    assert "Inzwischen" in clerk.post(f"/pages/replies/{Reply.get().id}/done", follow_redirects=True).text


def test_a_new_status_by_staff_answers_what_was_said_before(
    order: Record, ada_opens: Any, step: Any, make_record: Callable[..., Record], clerk: FlaskClient
) -> None:
    step("approve")
    browser, page = ada_opens()
    say(browser, page, "quote_approved")
    work()
    assert "Angebot angenommen" in clerk.get("/").text
    make_record("1047", status="in_progress", actor="user:1")
    work()
    assert Reply.get().state == "done" and "Angebot angenommen" not in clerk.get("/").text
    assert "Sie haben unser Angebot am" in browser.get(page).text


def test_x6_taking_back_that_it_is_paid_lets_the_reminders_go_on_and_the_other_way_round(
    order: Record, ada_opens: Any, step: Any, clerk: FlaskClient
) -> None:
    step("pay")
    browser, page = ada_opens()
    for way in ("/pages/replies/1/undone", f"/rules/ladder/{order.id}/resume"):
        assert say(browser, page, "said_paid").status_code == 303
        journal.read([publish.read, reader.read])
        pause = pauses.of(order.id)
        assert pause and pause.sort == "said_paid"
        today = clerk.get("/").text
        assert today.count("Ist die Zahlung eingegangen?") == 1 and "Als bezahlt gemeldet" not in today
        assert clerk.post(way).status_code == 302
        journal.read([publish.read, reader.read])
        assert pauses.of(order.id) is None and not kept.of([order.id])


def test_a_rule_answers_what_the_customer_said(
    order: Record, ada_opens: Any, step: Any, rule: Rule, make_record: Callable[..., Record], admin: FlaskClient
) -> None:
    make_record("1047", assignee={"name": "Mira Aydın", "email": "mira@radhaus-lindner.example"})
    journal.read([publish.read])
    said = {**rule.recipients[0], "who": "assignee"}
    Rule.update(trigger="event", options={"event": "quote_approved"}, recipients=[said]).where(Rule.id == rule.id).execute()
    touch()
    assert "Angebot angenommen" in admin.get(f"/rules/{rule.id}").text
    step("approve")
    browser, page = ada_opens()
    say(browser, page, "quote_approved")
    journal.read([publish.read, engine.read])
    (message,) = Message.select()
    assert (message.recipient, message.state, message.rule_id) == ("assignee", "planned", rule.id)
