"""Advertising (R4, X8): only with a consent of its own and its proof, and with one click to end it (RFC 8058)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock, keys
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox import said
from outbox.channels import open_channel
from outbox.delivery import Delivery
from outbox.models import Mail, Message, Sender
from outbox.plan import Planned, plan_many
from pages import strangers, unsubscribe
from records.models import Contact, Location, Record
from rules.models import Rule
from rules.replay.world import World

AGREED = "Ja, fragen Sie mich gern, ob ich zufrieden war."
YES = {"email": True, "sms": True, "advertising": True, "advertising_text": AGREED}
TEXT = {
    "subject": "Waren Sie zufrieden?", "body": "{{ greeting }}\n\nSagen Sie es uns.",
    "sms": "Zufrieden? Abmelden: {{ abmelden.link }}",
}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def feedback(house: Flask) -> Template:
    with transaction():
        return Template.create(name="Feedback", texts={"de": TEXT}, advertising=True, updated_at=clock.now())


@pytest.fixture
def send(shop: dict[str, Location], feedback: Template, make_record: Any, ada: dict[str, Any]) -> Callable[..., Message]:
    """Sends what a template says about a record to its customer, and gives back the message as it stands then."""

    def send(consent: dict[str, Any], number: str = "1001", template: Template = feedback, **more: Any) -> Message:
        record = make_record(number, contact={**ada, "consent": consent})
        due = clock.now()
        planned = {"rule_id": None, "recipient": "customer", "channel": "email", "sort": "status", **more}
        plan_many([Planned(
            record_id=record.id, entry_id=None, occasion=f"o{number}", template_id=template.id, due_at=due,
            expires_at=due + timedelta(days=1), **planned,
        )])
        delivery = Delivery(open_channel("", "test"), (), f"test.0:{keys.random62(6)}", "test")
        delivery.run()
        delivery.close(10)
        return Message.get(Message.record == record)

    return send


def mail() -> EmailMessage:
    return message_from_bytes(bytes(Mail.get().content), policy=policy.default)  # type: ignore[return-value]


def of_ada() -> Contact:
    return Contact.get(Contact.name == "Ada Lovelace")


def way_out() -> str:
    """Where Ada unsubscribes."""
    return f"/u/{unsubscribe.token_of(of_ada().id)}"


def agrees() -> bool:
    return of_ada().consents_to("advertising")


def test_x8_without_a_consent_of_its_own_no_advertising_goes_out(send: Any, admin: FlaskClient) -> None:
    message = send({"email": True})
    assert (message.state, message.reason, Mail.select().count()) == ("dropped", "no_advertising", 0)
    assert "Es ist Werbung, und in die hat der Kontakt nicht eingewilligt." in admin.get(f"/outbox/{message.id}").text


def test_advertising_needs_the_consent_to_its_channel_too(send: Any) -> None:
    assert send({**YES, "email": False}).reason == "no_consent"


def test_a_person_cannot_send_advertising_all_the_same(send: Any) -> None:
    assert send({"email": True}, anyway=True, actor="user:1", text={"de": TEXT}).reason == "no_advertising"


def test_advertising_is_not_written_by_hand_to_who_has_not_agreed(
    clerk: FlaskClient, shop: Any, feedback: Template, make_record: Any, ada: dict[str, Any]
) -> None:
    ben = {**ada, "email": "ben@example.org", "name": "Ben", "consent": YES}
    refused, agreed = make_record("1001"), make_record("1002", contact=ben)
    said = "Es ist Werbung, und in die hat der Kontakt nicht eingewilligt."
    assert said in clerk.get(f"/outbox/write/{refused.id}?template={feedback.id}").text
    assert said not in clerk.get(f"/outbox/write/{agreed.id}?template={feedback.id}").text
    both = {"record": [str(refused.id), str(agreed.id)], "template": str(feedback.id), "do": "check"}
    form = {"subject-de": TEXT["subject"], "body-de": TEXT["body"], "token": "x" * 22, "do": "check"}
    page = clerk.post("/outbox/write/many", data=both | form | {"records": both["record"]}).text
    assert said in page and page.count('name="go"') == 1


def test_x8_a_trial_and_the_outlook_count_who_has_not_agreed(
    shop: Any, feedback: Template, make_record: Any, clerk: FlaskClient
) -> None:
    record, now = make_record("1001"), clock.now()
    rule = Rule.create(
        name="Feedback", kind="order", trigger="status_changed_to", options={"statuses": ["ready"]}, on=True, since=now,
        recipients=[{"who": "customer", "address": "", "template": feedback.id}], created_at=now, updated_at=now,
    )
    assert "Es ist Werbung" in clerk.get(f"/rules/record/{record.id}/status?status=ready").text
    due = Planned(rule.id, record.id, None, "o", "customer", "email", feedback.id, "status", now, now)
    world = World(rule)
    [known] = world.records([record.id]).values()
    assert world.foresee(known, due, None).reason == "no_advertising"
    assert world.foresee(known, replace(due, template_id=0), None).reason == ""


def test_advertising_carries_a_way_out_in_its_head_and_at_its_foot(send: Any) -> None:
    assert send(YES).state == "sent"
    url = f"http://127.0.0.1:8000{way_out()}"
    head = f"\r\nList-Unsubscribe: <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    assert head.encode() in bytes(Mail.get().content)
    text, html = mail().get_body(("plain",)), mail().get_body(("html",))
    assert text and f"\r\nVon Werbung abmelden:\r\n{url}\r\n" in text.get_content()
    assert html and f'<a href="{url}">Von Werbung abmelden</a>' in html.get_content()


def test_what_is_no_advertising_carries_no_way_out(send: Any, feedback: Template) -> None:
    plain = Template.create(name="Status", texts={"de": {**TEXT, "body": "{{ unsubscribe.url }}"}}, updated_at=clock.now())
    assert send({"email": True}, template=plain).state == "sent"
    assert "List-Unsubscribe" not in mail() and b"/u/" not in bytes(Mail.get().content)


def test_people_of_the_business_have_no_consent_to_end(send: Any, shop: dict[str, Location], make_record: Any) -> None:
    make_record("1001", location="berlin")
    assert send({"email": False}, recipient="manager").state == "sent"
    assert "List-Unsubscribe" not in mail() and b"/u/" not in bytes(Mail.get().content)


def test_an_sms_says_how_to_unsubscribe_where_its_template_does(send: Any, feedback: Template) -> None:
    sender = Sender.create(
        type="mailbox", label="SMS", host="", port=0, tls="none", from_address="", created_at=clock.now(),
        settings={"price": "0.075", "currency": "EUR", "countries": ["DE"]},
    )
    message = send(YES, channel="sms", sender_id=sender.id)
    token = unsubscribe.token_of(of_ada().id)
    assert bytes(Mail.get().content).decode() == f"Zufrieden? Abmelden: http://127.0.0.1:8000/u/{token}"
    assert (message.state, message.link_id) == ("sent", None)
    assert message.subject == "Zufrieden? Abmelden: http://127.0.0.1:8000/u/…"


def test_who_looks_on_sees_no_way_out_that_works(send: Any) -> None:
    message = send({"email": True})
    shown = said.of(message)
    assert "http://127.0.0.1:8000/u/…" in shown.text and "List-Unsubscribe" not in dict(shown.headers)


def test_one_click_ends_the_consent_and_says_the_same_every_time(send: Any, client: FlaskClient, house: Flask) -> None:
    house.config["WTF_CSRF_ENABLED"] = True
    send(YES)
    url = way_out()
    first, again = client.post(url, data=ONE_CLICK), client.post(url)
    assert (first.status_code, again.status_code, first.text) == (200, 200, again.text)
    assert "Sie sind abgemeldet." in first.text and "Set-Cookie" not in first.headers and "Lovelace" not in first.text
    proof = of_ada().consents["advertising"]
    assert (proof["given"], proof["how"], proof["before"]["text"]) == (False, "customer", AGREED)
    [entry] = Entry.select().where(Entry.what == "contact.unsubscribed")
    assert (entry.actor, entry.data) == ("customer", {"contact": of_ada().id, "how": "one_click"})
    assert "ada@" not in first.text
    assert send(YES, "1002").reason == "no_advertising"


def test_looking_at_the_page_ends_nothing(send: Any, client: FlaskClient) -> None:
    send(YES)
    shown = client.get(way_out())
    assert shown.status_code == 200 and '<form method="post">' in shown.text and agrees()
    assert shown.headers["Cache-Control"] == "no-store" and "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "No more advertising?" in client.get(way_out() + "?l=en").text


def test_it_ends_for_everybody_who_reads_at_that_address(
    send: Any, client: FlaskClient, make_record: Any, ada: dict[str, Any]
) -> None:
    send(YES)
    make_record("1002", contact={**ada, "name": "Ada King", "consent": YES})
    client.post(way_out(), data=ONE_CLICK)
    assert not any(contact.consents_to("advertising") for contact in Contact.select())
    assert all(contact.consents_to("email") for contact in Contact.select().where(Contact.email == ada["email"]))


def test_who_is_gone_by_now_is_answered_the_same(client: FlaskClient, house: Flask) -> None:
    gone = client.post(f"/u/{unsubscribe.token_of(4711)}", data=ONE_CLICK)
    assert gone.status_code == 200 and "Sie sind abgemeldet." in gone.text


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_token_of_somebody_else_opens_nothing(send: Any, client: FlaskClient, method: str) -> None:
    send(YES)
    ada, ours = of_ada().id, unsubscribe.token_of(4711)
    for wrong in (ours.replace("4711", str(ada)), f"{ada}-{'0' * 22}", f"{ada}", f"0{ada}{ours[4:]}", f"{ada}{ours[4:]}x"):
        assert getattr(client, method)(f"/u/{wrong}").status_code == 404
    assert agrees()


def test_whoever_tries_tokens_has_to_wait_but_nobody_who_has_one(send: Any, client: FlaskClient) -> None:
    send(YES)
    tried = [client.post(f"/u/1-{n:022d}").status_code for n in range(strangers.UNKNOWN.amount + 1)]
    assert tried[0] == 404 and tried[-1] == 429
    assert client.post(way_out(), data=ONE_CLICK).status_code == 200 and not agrees()


def test_who_unsubscribed_stays_so_until_they_agree_anew(make_record: Any, ada: dict[str, Any], client: FlaskClient) -> None:
    def told(**more: Any) -> bool:
        make_record(f"{Record.select().count()}", contact={**ada, "consent": {**YES, **more}})
        return agrees()

    assert told()
    client.post(way_out(), data=ONE_CLICK)
    assert not told() and not told(advertising_at=clock.now() - timedelta(days=1))
    assert told(advertising_at=clock.now() + timedelta(seconds=2))


def test_staff_write_down_what_was_agreed_to_and_see_it(clerk: FlaskClient, make_record: Any, ada: dict[str, Any]) -> None:
    contact = make_record("1001").contact
    typed = {f"contact.{name}": ada[name] for name in ("name", "email", "phone", "language")} | {"consent.email": "1"}
    place = f"/contacts/{contact.id}"
    assert "ob ich zufrieden war, und von Angeboten erfahren" in clerk.get(f"{place}/edit").text
    refused = clerk.post(f"{place}/edit", data={**typed, "consent.advertising": "1", "consent.advertising_text": " "})
    assert refused.status_code == 422 and "worin diese Person eingewilligt hat" in refused.text and not agrees()
    clerk.post(f"{place}/edit", data={**typed, "consent.advertising": "1", "consent.advertising_text": AGREED})
    assert agrees() and f"<q>{AGREED}</q>" in clerk.get(place).text
    assert "Werbung erlaubt" in clerk.get("/records/orders/1001").text
    clerk.post(f"/u/{unsubscribe.token_of(contact.id)}")
    shown = clerk.get(place).text
    assert "Werbung abgelehnt" in shown and "der Kunde" in shown and "Davor Werbung erlaubt" in shown
    assert "ob ich zufrieden" not in clerk.get(f"{place}/edit").text
    clerk.post(f"{place}/edit", data=typed)
    assert not agrees()


def test_the_api_tells_what_was_agreed_to(make_record: Any, ada: dict[str, Any]) -> None:
    make_record("1001", contact={**ada, "consent": {**YES, "advertising_at": clock.now() - timedelta(days=3)}})
    proof = Contact.get().consents["advertising"]
    assert (proof["text"], proof["how"], proof["given"]) == (AGREED, "api:1", True)
    assert proof["at"] < (clock.now() - timedelta(days=2)).isoformat()


def test_a_template_is_marked_and_its_history_says_so(admin: FlaskClient, feedback: Template) -> None:
    shown = admin.get(f"/templates/{feedback.id}").text
    assert 'name="advertising" value="1" checked' in shown and "Geht nur an Personen, die in Werbung eingewi" in shown
    form = {"name": "Feedback", "version": "1", **{f"{part}.de": text for part, text in TEXT.items()}}
    assert admin.post(f"/templates/{feedback.id}", data=form).status_code == 303
    assert not Template.get_by_id(feedback.id).advertising
    history = admin.get(f"/templates/{feedback.id}/history").text
    assert "<dt>Werbung</dt>" in history
    form |= {"version": "2", "body.de": "Geben Sie uns eine Bewertung."}
    assert "Das sieht nach Werbung aus" in admin.post("/templates/preview", data=form).text
    assert "Das sieht nach Werbung aus" not in admin.post("/templates/preview", data={**form, "advertising": "1"}).text
    form |= {"body.de": "Abmelden: {{ abmelden.link }}"}
    assert "Nur Werbung sagt, wie man sich abmeldet" in admin.post("/templates/preview", data=form).text


def test_what_statusbote_itself_sends_is_never_advertising(admin: FlaskClient) -> None:
    ours = Template.get(Template.system == "fresh_link")
    assert 'name="advertising"' not in admin.get(f"/templates/{ours.id}").text
    texts = {f"{part}.{key}": words for key, text in ours.texts.items() for part, words in text.items()}
    admin.post(f"/templates/{ours.id}", data={"name": ours.name, "version": str(ours.version), **texts, "advertising": "1"})
    assert not Template.get_by_id(ours.id).advertising
