"""R4, R5: SMS go out through their gateway, once, to allowed countries, within the day's money."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from core.keys import fingerprint
from emails.models import Template
from outbox import claim, fresh, hand
from outbox.channels import web
from outbox.models import Mail, Message, Sender, SenderState, Suppression
from outbox.plan import Planned, plan_many
from outbox.senders import gateways, prices, senders
from pages import fresh as renewal
from pages import links
from pages.models import Link
from records.models import Contact
from tests.gateways import (
    DROP_AFTER,
    HANG,
    Far,
    far_side,
    refused_by_seven,
    refused_by_twilio,
    taken_by_seven,
    taken_by_twilio,
)
from tests.mailing import send_due

NUMBER = "+4915112345678"
MONEY = {"price": "0.075", "currency": "EUR", "cap": "", "countries": ["DE"]}
PLAN = {
    "method": "POST", "format": "json", "headers": "Authorization: Bearer {key}", "path": "", "values": [],
    "body": '{"to": "{to}", "text": "{text}", "ref": "{id}"}', "statuses": [200],
}


@pytest.fixture
def far(house: Any) -> Iterator[Far]:
    with far_side() as far:
        yield far


@pytest.fixture
def template(house: Any) -> Template:
    with transaction():
        text = {"subject": "{{ record.number }}", "body": "{{ greeting }}", "sms": "Auftrag {{ record.number }} ist fertig."}
        return Template.create(name="Fertig", texts={"de": text}, updated_at=clock.now())


@pytest.fixture
def make_gateway(far: Far) -> Callable[..., Sender]:
    """A gateway of a type whose far side is the one of the test."""

    def make(type: str = "seven", **more: Any) -> Sender:
        own: dict[str, Any] = {
            "seven": {"url": far.url + "/api/sms"}, "twilio": {"url": far.url, "sid": "AC" + "1" * 32},
            "http": {**PLAN, "url": far.url + "/send"}, "mailbox": {},
        }[type]
        sender, quota = Sender(type=type), more.pop("quota", 0)
        given = {"label": "SMS", "host": "", "port": 0, "tls": "", "from_address": "Radhaus", "quota": quota}
        settings = {**own, **MONEY, **more}
        senders.save(sender, {**given, "settings": settings}, "user:1", hidden={"key": "secret-key", "token": "secret-key"})
        return sender

    return make


@pytest.fixture
def plan(shop: Any, template: Template, make_record: Any) -> Callable[..., Message]:
    def make(number: str, sender: Sender | None, phone: str = NUMBER, sort: str = "status") -> Message:
        contact = {"name": "Ada", "phone": phone, "email": "ada@example.org", "consent": {"sms": True, "email": True}}
        record, due = make_record(number, contact=contact), clock.now()
        planned = Planned(
            None, record.id, None, f"o{number}", "customer", "sms", template.id, sort, due, due + timedelta(days=7),
            sender_id=sender.id if sender else None,
        )
        with transaction():
            plan_many([planned])
        return Message.get(Message.record == record)

    return make


def standing(message: Message) -> tuple[str, str]:
    message = Message.get_by_id(message.id)
    return message.state, message.reason


def numbers() -> Iterator[str]:
    return (f"+4915112345{n}" for n in range(100, 999))


def test_r4_an_sms_goes_out_and_says_what_it_took(plan, make_gateway, far):
    far.answer = taken_by_seven("4711")
    message = plan("1", make_gateway())
    send_due()
    [asked] = far.asked
    message = Message.get_by_id(message.id)
    assert (asked.path, asked.headers["X-Api-Key"]) == ("/api/sms", "secret-key")
    text = "Auftrag 1 ist fertig."
    assert asked.form == {"to": NUMBER, "text": text, "from": "Radhaus", "foreign_id": message.message_id}
    assert (message.state, message.address, message.subject) == ("sent", NUMBER, text)
    assert (message.parts, message.cost, message.currency, message.remote_id) == (1, Decimal("0.0750"), "EUR", "4711")
    assert "secret-key" not in repr(list(Sender.select().dicts()))


def test_the_link_of_an_sms_is_sent_and_never_kept(plan, make_gateway, far, template):
    far.answer = taken_by_seven()
    template.texts = {"de": {**template.texts["de"], "sms": "{{ record.number }}: {{ link }}"}}
    template.save()
    message = plan("1", make_gateway())
    send_due()
    token = far.asked[0].form["text"].rpartition("/s/")[2]
    kept = Message.get_by_id(message.id)
    assert len(token) == 22 and kept.subject.endswith("/s/…") and token not in repr(kept.__data__)
    assert Link.get().id == kept.link_id


def test_an_sms_without_a_link_leaves_none_that_nobody_opens(plan, make_gateway, far):
    far.answer = taken_by_seven()
    message = plan("1", make_gateway())
    send_due()
    assert (Message.get_by_id(message.id).link_id, Link.select().count()) == (None, 0)


def test_twilio_is_asked_as_it_wants(plan, make_gateway, far, monkeypatch):
    monkeypatch.setattr(gateways, "is_seen", lambda: True)
    far.answer = taken_by_twilio("SM42")
    sender = make_gateway("twilio")
    message = plan("1", sender)
    send_due()
    [asked], message = far.asked, Message.get_by_id(message.id)
    assert asked.path == f"/2010-04-01/Accounts/AC{'1' * 32}/Messages.json"
    assert asked.headers["Authorization"].startswith("Basic ")
    report = f"{gateways.report_url(sender)}?id={message.message_id}"
    assert asked.form == {"To": NUMBER, "From": "Radhaus", "Body": "Auftrag 1 ist fertig.", "StatusCallback": report}
    assert (message.state, message.remote_id) == ("sent", "SM42")


def test_any_gateway_gets_values_that_stay_values(plan, make_gateway, far, template):
    hostile = 'x", "to": "+1900", {to} \\ & ü'
    template.texts = {"de": {**template.texts["de"], "sms": hostile}}
    template.save()
    plan("1", make_gateway("http"))
    send_due()
    [asked] = far.asked
    said = json.loads(asked.body)
    assert said["to"] == NUMBER and said["text"] == hostile and set(said) == {"to", "text", "ref"}
    assert asked.headers["Authorization"] == "Bearer secret-key"


def test_a_gateway_asked_by_its_address_alone_gets_everything_encoded(plan, make_gateway, far):
    far.answer = (200, {"messages": [{"status": 0}]})
    sender = make_gateway(
        "http", method="GET", format="none", url=far.url + "/s?to={to}&m={text}", path="messages.0.status", values=["0"]
    )
    message = plan("1", sender)
    send_due()
    assert far.asked[0].path == "/s?to=%2B4915112345678&m=Auftrag%201%20ist%20fertig."
    assert standing(message) == ("sent", "")


SEVEN = [
    (refused_by_seven(202), "failed", "unknown_address"), (refused_by_seven(305), "failed", "refused"),
    (refused_by_seven(401), "failed", "refused"), (refused_by_seven(402), "planned", "later"),
    (refused_by_seven(403), "planned", "later"), (refused_by_seven(500), "planned", "credit"),
    (refused_by_seven(600), "planned", "later"), (refused_by_seven(900), "planned", "sender"),
    (refused_by_seven(903), "planned", "sender"), ((401, "900"), "planned", "sender"), ((429, ""), "planned", "rest"),
    ((503, "busy"), "planned", "rest"), ((502, "<html>"), "unclear", "silent"), ((200, "hello"), "unclear", "silent"),
    ((200, {"success": "100", "messages": [{"success": False, "error": 202}]}), "failed", "unknown_address"),
    ((302, ""), "planned", "sender"),
]
TWILIO = [
    (refused_by_twilio(400, 21211), "failed", "unknown_address"),
    (refused_by_twilio(400, 21614), "failed", "unknown_address"),
    (refused_by_twilio(400, 21610), "failed", "unknown_address"), (refused_by_twilio(400, 21408), "failed", "refused"),
    (refused_by_twilio(401, 20003), "planned", "sender"), (refused_by_twilio(429, 20429), "planned", "rest"),
    (refused_by_twilio(400, 21606), "planned", "sender"), ((500, "oops"), "unclear", "silent"),
]


@pytest.mark.parametrize(
    ("type", "answer", "state", "reason"), [("seven", *row) for row in SEVEN] + [("twilio", *row) for row in TWILIO]
)
def test_each_answer_of_a_gateway_has_its_meaning(plan, make_gateway, far, type, answer, state, reason):
    far.answer = answer
    sender = make_gateway(type)
    message = plan("1", sender)
    send_due()
    assert standing(message) == (state, reason) and len(far.asked) == 1
    broken = SenderState.get_or_none(SenderState.sender == f"sender:{sender.id}")
    assert (broken.reason if broken else "") == (reason if reason in ("sender", "rest", "credit") else "")


@pytest.mark.parametrize(("code", "reason"), [(21211, "unknown_address"), (21610, "wish")])
def test_a_number_that_takes_no_sms_is_not_written_to_again(plan, make_gateway, far, code, reason):
    far.answer = refused_by_twilio(400, code)
    sender = make_gateway("twilio")
    plan("1", sender)
    send_due()
    assert [(row.fingerprint, row.reason) for row in Suppression.select()] == [(fingerprint(NUMBER), reason)]
    again = plan("2", sender)
    send_due()
    assert standing(again) == ("dropped", "suppressed") and len(far.asked) == 1


def test_without_credit_everything_waits_and_goes_out_once_there_is_some(plan, make_gateway, far):
    far.answer, sender = refused_by_seven(500), make_gateway()
    messages = [plan(str(n), sender, phone) for n, phone in zip(range(6), numbers(), strict=False)]
    send_due()
    assert {Message.get_by_id(message.id).state for message in messages} == {"planned"}
    asked, far.answer = len(far.asked), taken_by_seven()
    send_due()
    assert len(far.asked) == asked
    senders.works(sender, "user:1")
    send_due()
    assert {standing(message) for message in messages} == {("sent", "")}


def test_a_gateway_that_falls_silent_after_the_request_is_asked_once(plan, make_gateway, far, monkeypatch):
    monkeypatch.setattr(web, "LONGEST", 0.5)
    for number, fault in (("1", DROP_AFTER), ("2", HANG)):
        far.answer = fault
        message = plan(number, make_gateway(), next(numbers()) if fault == HANG else NUMBER)
        send_due()
        assert standing(message) == ("unclear", "silent")
    with time_machine.travel(clock.now() + timedelta(hours=1)):
        claim.repeat_unclear()
        send_due()
    assert len(far.asked) == 2


def test_a_crash_at_the_last_moment_leaves_an_sms_to_a_person(plan, make_gateway):
    message = plan("1", make_gateway())
    changes = {"state": "sending_data", "owner": "dead:1", "lease_until": clock.now() - timedelta(minutes=1)}
    Message.update(**changes).where(Message.id == message.id).execute()
    claim.release()
    assert standing(message) == ("unclear", "crashed")


def test_before_the_request_nothing_is_unclear(plan, make_gateway, far):
    gone = make_gateway(url="http://127.0.0.1:1/api")
    message = plan("1", gone)
    send_due()
    assert standing(message) == ("planned", "cut")


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://[fe80::1]/"])
def test_a_gateway_is_never_an_address_of_the_machine_room(plan, make_gateway, url):
    message = plan("1", make_gateway("http", url=url + "{to}{text}"))
    send_due()
    assert standing(message) == ("planned", "sender")


def test_an_sms_to_another_country_is_held_until_an_admin_allows_it(plan, make_gateway, far):
    far.answer, sender = taken_by_seven(), make_gateway()
    message = plan("1", sender, "+436601234567")
    send_due()
    assert (standing(message), far.asked) == (("held", "country"), [])
    senders.save(sender, {"settings": {**sender.settings, "countries": ["DE", "AT"]}}, "user:1")
    send_due()
    assert (standing(message), len(far.asked)) == (("sent", ""), 1)


def test_the_money_of_a_day_is_kept_and_the_rest_follows(plan, make_gateway, far):
    far.answer, sender = taken_by_seven(), make_gateway(cap="0.20")
    messages = [plan(str(n), sender, phone) for n, phone in zip(range(5), numbers(), strict=False)]
    send_due()
    assert len(far.asked) == 2 and prices.spent(sender) == Decimal("0.15")
    waiting = [message for message in messages if standing(message) == ("planned", "money_cap")]
    assert len(waiting) == 3 and {Message.get_by_id(row.id).due_at for row in waiting} == {prices.midnight(1)}
    send_due()
    assert len(far.asked) == 2
    senders.save(sender, {"settings": {**sender.settings, "cap": "0.30"}}, "user:1")
    send_due()
    assert len(far.asked) == 4
    with time_machine.travel(prices.midnight(1) + timedelta(minutes=1)):
        assert prices.spent(sender) == 0
        send_due()
    assert {standing(message) for message in messages} == {("sent", "")}


def test_what_nobody_knows_costs_money_too(plan, make_gateway, far):
    far.answer, sender = (502, ""), make_gateway(cap="0.10")
    plan("1", sender)
    send_due()
    assert prices.spent(sender) == Decimal("0.075")


def test_an_sms_without_a_gateway_is_held_and_goes_through_the_first_when_let_go(plan, make_gateway, far):
    far.answer = taken_by_seven()
    message = plan("1", None)
    send_due()
    assert standing(message) == ("held", "wrong_sender")
    make_gateway(label="Erstes")
    hand.let_go(Message.get_by_id(message.id), "user:1")
    send_due()
    assert (standing(message)[0], len(far.asked)) == ("sent", 1)


def test_a_deleted_gateway_leaves_its_sms_to_the_next_one(plan, make_gateway, far):
    far.answer, first = taken_by_seven(), make_gateway()
    message = plan("1", first)
    senders.delete(first, "user:1")
    send_due()
    assert standing(message) == ("held", "sender_gone")
    second = make_gateway()
    hand.let_go(Message.get_by_id(message.id), "user:1")
    send_due()
    assert (standing(message)[0], Message.get_by_id(message.id).sender_id) == ("sent", second.id)


def test_the_built_in_mailbox_keeps_sms_and_nothing_leaves_the_machine(plan, make_gateway, far, admin):
    message = plan("1", make_gateway("mailbox"))
    send_due()
    mail = Mail.get(Mail.channel == "sms")
    assert (standing(message), far.asked, bytes(mail.content)) == (("sent", ""), [], b"Auftrag 1 ist fertig.")
    assert 'class="bubble"' in admin.get(f"/mailbox/{mail.id}").text
    page = admin.get(f"/outbox/{message.id}").text
    assert "Auftrag 1 ist fertig." in page and "0,075\xa0€" in page


def test_mails_never_go_to_a_gateway_and_sms_are_offered_gateways_only(make_gateway):
    gateway = make_gateway()
    mail = Sender()
    given = {"label": "Post", "host": "h", "port": 1, "tls": "none", "from_address": "a@example.org"}
    senders.save(mail, given, "user:1")
    assert [row.id for row in senders.usable(1)] == [mail.id]
    assert [row.id for row in senders.usable(1, "sms")] == [gateway.id]


def test_the_biography_says_what_the_sms_said_and_took(plan, make_gateway, far, admin):
    far.answer = taken_by_seven()
    message = plan("1", make_gateway())
    send_due()
    page = admin.get(f"/outbox/for/{message.record_id}", headers={"HX-Request": "true"}).text
    assert "Auftrag 1 ist fertig." in page and "0,075\xa0€" in page and NUMBER in page
    assert Entry.get(Entry.what == "message.sent").data["code"] == "100"


def test_a_link_that_came_by_sms_lives_as_long_as_the_number_and_is_renewed_by_sms(
    plan, make_gateway, far, template
):
    far.answer = taken_by_seven()
    template.texts = {"de": {**template.texts["de"], "sms": "{{ link }}"}}
    template.save()
    plan("1", make_gateway())
    send_due()
    link = Link.get()
    assert links.standing(link, clock.now()) == "issued"
    renewal.ask(link)
    journal.read([fresh.read])
    send_due()
    said, asked = far.asked[-1].form["text"], Message.get(Message.sort == "link")
    assert (asked.channel, asked.state, renewal.masked(links.address_of(link))) == ("sms", "sent", "+49•••78")
    assert said.startswith("Radhaus") and links.standing(Link.get(Link.id == asked.link_id), clock.now()) == "issued"
    Contact.update(phone="+4915112345679").execute()
    assert links.standing(Link.get(Link.id == asked.link_id), clock.now()) == "revoked"


def test_the_page_of_a_message_shows_the_sms_once_and_what_the_gateway_said(plan, make_gateway, far, admin):
    far.answer = taken_by_seven("4711")
    message = plan("1", make_gateway())
    send_due()
    page = admin.get(f"/outbox/{message.id}").text
    assert page.count('class="bubble"') == 1 and page.count("Auftrag 1 ist fertig.") == 1
    assert "1 Teil, 0,075\xa0€" in page and "<code>100</code>" in page and "<code>4711</code>" in page
