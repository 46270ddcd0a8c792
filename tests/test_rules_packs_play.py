"""The packs played through: what a platform or a photographer reports becomes the mails that the documents promise."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

import app
from accounts import keys as api_keys
from core import clock, journal
from core.db import transaction
from outbox import fleeting
from outbox.models import Mail, Message
from pages import publish
from records.models import Event
from rules import jobs, wanted
from rules.packs import reader
from tests.mailing import send_due

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)
ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "phone": "+493023125678", "consent": {"email": True}}
BEN = {"name": "Ben Babbage", "email": "ben@example.org", "consent": {"email": True}}
CEM = {"name": "Cem Clerk", "email": "cem@example.org", "consent": {"email": True}}

Say = Callable[..., dict[str, Any]]


@pytest.fixture
def time(house: Flask) -> Any:
    with time_machine.travel(MONDAY, tick=False) as machine:
        yield machine


@pytest.fixture
def say(time: Any, shop: dict[str, Any], client: FlaskClient) -> Say:
    """Speaks to the API: `say("put", "bookings/7", {…})`, `say("post", "advisors/7/events", {…})`."""
    bearer = {"Authorization": f"Bearer {api_keys.make('platform')}"}

    def call(method: str, path: str, said: dict[str, Any]) -> dict[str, Any]:
        answer = client.open(f"/api/v1/{path}", method=method.upper(), json=said, headers=bearer)
        assert answer.status_code in (200, 201), answer.json
        return answer.json or {}

    return call


def mails() -> list[tuple[str, str]]:
    """What a worker sends now, as recipient and subject, in the order of both."""
    before = {mail.id for mail in Mail.select()}
    while journal.read(app.READERS):
        pass
    for sweep in app.SWEEPS:
        sweep()
    jobs.run_all()
    send_due(wanted.still_wanted)
    return sorted((mail.recipient, mail.subject) for mail in Mail.select() if mail.id not in before)


def text() -> str:
    """The text of the last mail."""
    raw = bytes(Mail.select().order_by(Mail.id.desc()).get().content)
    return message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.fixture
def platform(say: Say) -> Say:
    reader.install("advice-platform")
    return say


@pytest.fixture
def web_shop(say: Say) -> Say:
    reader.install("web-shop")
    return say


@pytest.fixture
def photographer(say: Say) -> Say:
    reader.install("photographer")
    return say


def test_b7_a_booked_appointment_is_told_to_customer_and_advisor_each_with_a_text_of_their_own(platform: Say) -> None:
    """B2 new appointment, B4 appointment confirmation."""
    at = "2026-11-26T09:30:00+01:00"
    platform("put", "bookings/7", {
        "status": "confirmed", "contact": ADA, "assignee": BEN, "scheduled_at": at, "fields": {"topic": "Altersvorsorge"},
    })
    assert mails() == [
        ("ada@example.org", "Ihr Termin ist bestätigt: Donnerstag, 26. November 2026"),
        ("ben@example.org", "Neue Terminvereinbarung: Donnerstag, 26. November 2026"),
    ]
    assert Message.select().where(Message.state == "planned").count() == 1  # the reminder


def test_b4_a_reminder_comes_the_day_before_and_dies_with_the_appointment(platform: Say, time: Any) -> None:
    for number in ("7", "8"):
        booking = {"status": "confirmed", "contact": ADA, "assignee": BEN, "scheduled_at": "2026-11-26T09:30:00+01:00"}
        platform("put", f"bookings/{number}", booking)
    mails()
    platform("put", "bookings/8", {"status": "cancelled"})
    assert mails() == [("ben@example.org", "Termin storniert: Donnerstag, 26. November 2026")]
    time.move_to(MONDAY + timedelta(days=2, hours=-1))
    assert mails() == []
    time.move_to(datetime(2026, 11, 25, 9, 30, tzinfo=BERLIN))
    assert mails() == [("ada@example.org", "Erinnerung an Ihren Termin: Donnerstag, 26. November 2026")]
    assert "Donnerstag, 26. November 2026, 9:30 Uhr" in text().replace("\u00a0", " ")


def test_b4_an_advisor_who_cancels_is_told_to_the_customer(platform: Say) -> None:
    platform("put", "bookings/7", {"status": "requested", "contact": ADA, "assignee": BEN})
    platform("put", "bookings/7", {"status": "cancelled", "fields": {"cancelled_by_advisor": True}})
    assert mails() == [("ada@example.org", "Ihr Termin wurde abgesagt")]


def test_b3_every_wednesday_active_advisors_with_few_open_slots_are_reminded(platform: Say, time: Any) -> None:
    for number, active, slots in (("1", True, 4), ("2", True, 5), ("3", False, 0), ("4", True, None)):
        contact = {**ADA, "name": f"Ada {number}", "email": f"advisor{number}@example.org"}
        platform("put", f"advisors/{number}", {"contact": contact, "fields": {"active": active, "open_slots": slots}})
    assert mails() == []
    time.move_to(datetime(2026, 11, 25, 8, 59, tzinfo=BERLIN))
    assert mails() == []
    time.move_to(datetime(2026, 11, 25, 9, 0, 30, tzinfo=BERLIN))
    assert mails() == [("advisor1@example.org", "Bitte geben Sie neue Termine frei")]
    assert "noch 4 Termine frei" in text()
    time.move_to(datetime(2026, 11, 25, 9, 30, tzinfo=BERLIN))
    assert mails() == []


def test_b2_a_callback_brings_all_that_the_customer_gave(platform: Say) -> None:
    fields = {"wish": "Freitag nach 15 Uhr", "topic": "Baufinanzierung", "message": "Bitte mobil anrufen."}
    platform("put", "callbacks/9", {"contact": ADA, "assignee": BEN, "fields": fields})
    assert mails() == [("ben@example.org", "Neuer Rückrufwunsch von Ada Lovelace")]
    assert all(word in text() for word in (*fields.values(), "Ada Lovelace", "ada@example.org", "+493023125678"))


def test_b2_b4_a_message_is_told_to_one_and_confirmed_to_the_other(platform: Say) -> None:
    platform("put", "conversations/4711", {"contact": ADA, "assignee": BEN})
    said = {"text": "Passt Montag?\nOder Dienstag?", "chat_url": "https://platform.example/chat/4711"}
    platform("post", "conversations/4711/events", {"event": "message_to_advisor", "data": said})
    assert mails() == [
        ("ada@example.org", "Ihre Nachricht ist unterwegs"), ("ben@example.org", "Neue Nachricht von Ada Lovelace"),
    ]
    assert "Passt Montag?" in text() and "https://platform.example/chat/4711" in text()
    platform("post", "conversations/4711/events", {"event": "message_to_customer", "data": said})
    assert mails() == [("ada@example.org", "Neue Nachricht von Ben Babbage")]


def test_b2_what_waits_a_day_for_an_answer_is_brought_to_mind(platform: Say, time: Any) -> None:
    for number in ("1", "2"):
        platform("put", f"conversations/{number}", {"contact": ADA, "assignee": BEN, "status": "waiting"})
    platform("put", "conversations/2", {"status": "open"})
    assert mails() == []
    time.move_to(MONDAY + timedelta(days=1))
    assert mails() == [("ben@example.org", "Eine Nachricht wartet auf Ihre Antwort")]


@pytest.mark.parametrize(("event", "advisor", "customer"), [
    ("appointment_request", "Neuer Terminwunsch", "Ihr Terminwunsch ist angekommen"),
    ("contact_request", "Neue Kontaktanfrage von Cem Clerk", "Ihre Kontaktanfrage ist angekommen"),
])
def test_b2_b4_requests_reach_the_advisor_whole_and_are_confirmed(
    platform: Say, event: str, advisor: str, customer: str
) -> None:
    platform("put", "advisors/1", {"contact": BEN, "status": "member"})
    data = {"name": "Cem Clerk", "email": "cem@example.org", "phone": "030 123", "text": "Bitte um Rat."}
    platform("post", "advisors/1/events", {"event": event, "data": data, "to": CEM})
    assert mails() == [("ben@example.org", advisor), ("cem@example.org", customer)]
    told = Mail.get(Mail.recipient == "ben@example.org")
    body = message_from_bytes(bytes(told.content), policy=policy.default).get_body(("plain",)).get_content()
    assert all(value in body for value in data.values())


def test_b6_an_invitation_s_button_leads_straight_there(platform: Say) -> None:
    platform("put", "advisors/1", {"contact": BEN, "assignee": ADA, "status": "invited"})
    url = {"invitation_url": "https://platform.example/invitation/abc"}
    platform("post", "advisors/1/events", {"event": "invited_by_admin", "data": url})
    assert mails() == [("ben@example.org", "Ihre Einladung als Berater")] and url["invitation_url"] in text()
    platform("post", "advisors/1/events", {"event": "customer_invited", "data": url, "to": CEM})
    assert mails() == [("cem@example.org", "Ihre Einladung")] and url["invitation_url"] in text()


def test_b5_profile_changes_go_to_the_admin_in_charge(platform: Say) -> None:
    platform("put", "advisors/1", {"contact": BEN, "assignee": ADA, "status": "member"})
    data = {"changes": "Neues Foto", "review_url": "https://platform.example/review/1"}
    platform("post", "advisors/1/events", {"event": "profile_changed", "data": data})
    assert mails() == [("ada@example.org", "Profiländerungen von Ben Babbage prüfen")]


def test_x11_kinds_of_a_pack_are_at_home_everywhere(platform: Say, clerk: FlaskClient, client: FlaskClient) -> None:
    platform("put", "advisors/1", {"contact": BEN, "status": "member", "fields": {"active": True, "open_slots": 4}})
    document = client.get("/api/openapi.json").json
    assert document and {"advisors", "conversations", "callbacks"} <= set(
        document["paths"]["/api/v1/{collection}"]["parameters"][0]["schema"]["enum"]
    )
    listed, shown, form = (clerk.get(f"/records/advisors{path}").text for path in ("", "/1", "/1/edit"))
    assert "/records/callbacks" in listed and "Ben Babbage" in listed
    assert "Freie Termine" in shown and "<dd>ja</dd>" in shown and "Profil aktiv" in form
    assert clerk.get("/rules?kind=advisor").status_code == 200


def test_f3_f4_unpaid_orders_are_reminded_until_the_payment_is_in(photographer: Say, time: Any) -> None:
    order = {"contact": ADA, "placed_at": MONDAY.isoformat(), "total": "49.00", "profile": "invoice"}
    photographer("put", "orders/1", order)
    photographer("put", "orders/2", {**order, "fields": {"downloads": True}})
    photographer("put", "orders/3", {**order, "profile": ""})
    assert [subject for _to, subject in mails()] == [f"Ihre Bestellung {n} ist eingegangen" for n in (1, 2, 3)]
    time.move_to(MONDAY + timedelta(days=3))
    assert [subject for _to, subject in mails()] == [
        "Zahlungserinnerung zu Ihren Downloads 2", "Zahlungserinnerung zu Ihrer Bestellung 1",
    ]
    time.move_to(MONDAY + timedelta(days=7))
    assert len(mails()) == 2
    photographer("put", "orders/1", {"paid_at": clock.now().isoformat()})
    time.move_to(MONDAY + timedelta(days=14))
    assert [subject for _to, subject in mails()] == ["Zahlungserinnerung zu Ihren Downloads 2"]


def test_b2_what_an_appointment_request_said_is_not_kept(platform: Say, time: Any) -> None:
    platform("put", "advisors/1", {"contact": BEN, "status": "member"})
    data = {"name": "Cem Clerk", "email": "cem@example.org", "wish": "Freitag"}
    for event in ("appointment_request", "contact_request"):
        platform("post", "advisors/1/events", {"event": event, "data": data, "to": CEM})
    fleeting.forget()
    assert [event.data for event in Event.select()] == [data, data]
    assert len(mails()) == 4
    fleeting.forget()
    request, contact = Event.select().order_by(Event.id)
    assert (request.data, request.person, contact.data) == ({}, None, data)
    assert contact.person["email"] == "cem@example.org"


def test_b2_what_has_not_left_yet_is_not_forgotten_until_nobody_can_send_it_any_more(platform: Say, time: Any) -> None:
    platform("put", "advisors/1", {"contact": BEN, "status": "member"})
    platform("post", "advisors/1/events", {"event": "appointment_request", "data": {"wish": "Freitag"}})
    mails()
    with transaction():
        Message.update(state="failed").execute()
    for days, data in ((6, {"wish": "Freitag"}), (8, {})):
        time.move_to(MONDAY + timedelta(days=days))
        fleeting.forget()
        assert Event.get().data == data


@pytest.mark.parametrize(("said", "subject", "on_page"), [
    ({"status": "invoiced"}, "Rechnung zu Ihrer Bestellung 1", [
        "Wir haben Ihnen die Rechnung gestellt.", "Bitte bezahlen Sie den noch offenen Betrag.", "Noch offen 30,00 €",
    ]),
    ({"status": "part_delivered", "items": [{"name": "Akku", "quantity": 3, "price": "10.00", "delivered": 1}]},
     "Ein Teil Ihrer Bestellung 1 ist geliefert", [
        "Ein Teil Ihrer Bestellung ist geliefert, der Rest folgt.", "1 von 3 geliefert, 2 noch ausstehend", "Summe 30,00 €",
    ]),
    ({"status": "invoice_credited", "paid_at": MONDAY.isoformat()}, "Ihre Rechnung zur Bestellung 1 ist gutgeschrieben", [
        "Wir haben Ihnen die Rechnung gutgeschrieben.", "Wir erstatten Ihnen 30,00 € auf dem Weg,",
    ]),
    ({"status": "credit_note", "total": "25.00", "items": [
        {"name": "Akku", "quantity": 3, "price": "10.00"}, {"name": "Kratzer", "quantity": 1, "price": "-5.00"},
    ]}, "Gutschrift zu Ihrer Bestellung 1", [
        "Sie haben eine Gutschrift von uns.", "Kratzer -5,00 €", "Summe 25,00 €", "Eine Gutschrift von 5,00 € ist",
    ]),
    ({"status": "cancelled"}, "Ihre Bestellung 1 wurde storniert", [
        "Ihre Bestellung wurde storniert.", "Sie müssen nichts mehr bezahlen.",
    ]),
])
def test_m5_each_business_event_of_a_web_shop_has_its_mail_and_its_page(
    web_shop: Say, said: dict[str, Any], subject: str, on_page: list[str]
) -> None:
    items = [{"name": "Akku", "quantity": 3, "price": "10.00"}]
    web_shop("put", "orders/1", {"contact": ADA, "status": "in_progress", "total": "30.00", "items": items})
    assert [subject for _to, subject in mails()] == ["Ihre Bestellung 1 ist eingegangen"]
    web_shop("put", "orders/1", said)
    assert mails() == [("ada@example.org", subject)]
    kept = publish.newest(1)
    plain = re.sub(r"<style>.*?</style>|<[^>]+>", " ", kept.text() if kept else "", flags=re.DOTALL)
    shown = re.sub(r"\s+([.,])", r"\1", re.sub(r"\s+", " ", plain.replace("\u00a0", " ")))
    assert [words for words in on_page if words not in shown] == [], shown
    assert ("Noch offen" in shown) == (said["status"] in ("invoiced", "part_delivered", "credit_note"))
