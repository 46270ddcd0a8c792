"""R5: messages go out through the sender chosen for them, and none of the senders holds up another."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes
from email import policy as email_policy
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from core import clock, secrets
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox import breaker, hand
from outbox.channels import smtp as smtp_channel
from outbox.models import Message, Sender, SenderState
from outbox.plan import Planned, plan_many
from outbox.senders import senders
from tests.conftest import make_user
from tests.mailing import send_due
from tests.postoffice import HANG, PostOffice
from tests.test_outbox_smtp import self_signed

HOUR = timedelta(hours=1)
RIGHT = b64encode(b"\0ada\0right").decode()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_channel, "REPLY", 1.0)
    monkeypatch.setattr(smtp_channel, "FINAL", 1.0)


@pytest.fixture
def own(house: Any) -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@pytest.fixture
def office(house: Any) -> Iterator[PostOffice]:
    with PostOffice(auth=RIGHT) as office:
        yield office


@pytest.fixture
def template(house: Any) -> Template:
    with transaction():
        text = {"subject": "{{ record.number }}", "body": "{{ greeting }}"}
        return Template.create(name="Status", texts={"de": text}, updated_at=clock.now())


@pytest.fixture
def make_sender() -> Callable[..., Sender]:
    def make(office: PostOffice, password: str = "right", **given: Any) -> Sender:
        usual = {
            "label": "Werkstatt", "host": "127.0.0.1", "port": office.port, "tls": "none", "login": "ada", "from_name": "",
            "from_address": "werkstatt@example.org", "reply_to": "", "quota": 0, "users": [],
        }
        sender = Sender()
        senders.save(sender, {**usual, **given}, "user:1", password)
        return sender

    return make


@pytest.fixture
def plan(shop: Any, template: Template, make_record: Any) -> Callable[..., Message]:
    def make(number: str, sender: Sender | None = None, after: timedelta = timedelta(0)) -> Message:
        contact = {"name": "Ada", "email": f"ada{number}@example.org", "consent": {"email": True}}
        record = make_record(number, contact=contact)
        due = clock.now() + after
        planned = Planned(
            1, record.id, None, f"o{number}", "customer", "email", template.id, "status", due, due + timedelta(days=7),
            sender_id=sender.id if sender else None,
        )
        with transaction():
            plan_many([planned])
        return Message.get(Message.record == record)

    return make


@pytest.fixture
def deliver(own: PostOffice) -> Callable[[], None]:
    def run() -> None:
        url = f"smtp://127.0.0.1:{own.port}?connections=2"
        send_due(url=url)

    return run


def fresh(message: Message) -> tuple[str, str]:
    message = Message.get_by_id(message.id)
    return message.state, message.reason


def test_r5_each_message_goes_out_through_its_sender(plan, deliver, make_sender, own, office):
    sender = make_sender(office, from_name="Werkstatt Mitte", reply_to="fragen@example.org")
    plan("1"), plan("2", sender)
    deliver()
    assert [to for to, raw in own.mails] == ["ada1@example.org"]
    [(to, raw)] = office.mails
    mail = message_from_bytes(raw, policy=email_policy.default)
    assert (to, mail["From"], mail["Reply-To"]) == (
        "ada2@example.org", "Werkstatt Mitte <werkstatt@example.org>", "Werkstatt Mitte <fragen@example.org>",
    )
    assert "Reply-To" not in message_from_bytes(own.mails[0][1])


def test_a_sender_with_a_wrong_password_rests_and_the_others_go_on(plan, deliver, make_sender, own, office):
    wrong = make_sender(office, password="wrong")
    stuck = [plan(f"1{n}", wrong) for n in range(8)]
    fine = [plan(f"2{n}") for n in range(30)]
    deliver()
    assert {fresh(message) for message in fine} == {("sent", "")}
    assert {Message.get_by_id(message.id).state for message in stuck} == {"planned"}
    [state] = SenderState.select()
    assert (state.sender, state.reason) == (f"sender:{wrong.id}", "sender")
    senders.save(wrong, {}, "user:1", "right")
    deliver()
    assert {fresh(message) for message in stuck} == {("sent", "")}
    assert len(office.mails) == 8


def test_a_resting_house_address_does_not_hold_up_a_sender(plan, deliver, make_sender, own, office):
    own.faults["MAIL"] = "550 5.7.1 no"
    ours, theirs = plan("1"), plan("2", make_sender(office))
    deliver()
    assert (fresh(ours), fresh(theirs)) == (("planned", "sender"), ("sent", ""))


def test_a_silent_server_holds_up_only_its_own(plan, deliver, make_sender, own, office):
    office.faults["DOT"] = HANG
    slow = make_sender(office)
    for n in range(12):
        plan(f"1{n}", slow)
    quick = [plan(f"2{n}") for n in range(20)]
    deliver()
    assert {fresh(message) for message in quick} == {("sent", "")}
    went = max(message.sent_at for message in Message.select().where(Message.state == "sent"))
    assert went - min(message.planned_at for message in quick) < timedelta(seconds=5)


def test_the_quota_of_an_hour_is_kept_and_the_rest_follows(plan, deliver, make_sender, own, office):
    sender = make_sender(office, quota=3)
    messages = [plan(str(n), sender) for n in range(5)]
    deliver()
    assert len(office.mails) == 3
    with time_machine.travel(clock.now() + HOUR - timedelta(minutes=1)):
        deliver()
        assert len(office.mails) == 3
    with time_machine.travel(clock.now() + HOUR + timedelta(seconds=1)):
        deliver()
    assert {fresh(message) for message in messages} == {("sent", "")}


def test_what_is_meant_for_a_sender_switched_off_is_held_and_goes_out_later(plan, deliver, make_sender, own, office):
    sender = make_sender(office)
    message, ours = plan("1", sender), plan("2")
    senders.switch(sender, False, "user:1")
    deliver()
    assert (fresh(message), fresh(ours)) == (("held", "sender_off"), ("sent", ""))
    assert Entry.get(Entry.what == "message.held").data["reason"] == "sender_off"
    assert senders.switch(sender, True, "user:1") == 1
    deliver()
    assert (fresh(message), len(office.mails)) == (("sent", ""), 1)


def test_what_was_meant_for_a_deleted_sender_waits_for_a_person_and_then_comes_from_the_house(
    plan, deliver, make_sender, own, office
):
    sender = make_sender(office)
    message = plan("1", sender)
    senders.delete(sender, "user:1")
    deliver()
    assert (fresh(message), own.mails) == (("held", "sender_gone"), [])
    hand.let_go(Message.get_by_id(message.id), "user:1")
    deliver()
    assert (fresh(message)[0], len(own.mails), office.mails) == ("sent", 1, [])


def test_a_sender_that_a_rule_uses_is_not_deleted(admin: FlaskClient, make_sender, office, monkeypatch):
    sender = make_sender(office)
    monkeypatch.setattr(senders, "in_use", [lambda id: ["Abholbereit melden"] if id == sender.id else []])
    page = admin.post(f"/senders/{sender.id}/delete", follow_redirects=True).text
    assert "Abholbereit melden" in page and Sender.select().count() == 1


def test_the_password_is_kept_sealed_and_never_shown(admin: FlaskClient, office):
    given = {
        "label": "Werkstatt", "host": "127.0.0.1", "port": str(office.port), "tls": "none", "login": "ada",
        "password": "right", "from_address": "W@Example.org", "quota": "0",
    }
    page = admin.post("/senders/new", data=given, follow_redirects=True).text
    sender = Sender.get()
    assert secrets.open_(sender.password) == "right" and "right" not in page and sender.password not in page
    admin.post(f"/senders/{sender.id}", data={**given, "password": "", "label": "Büro"})
    assert (Sender.get().label, secrets.open_(Sender.get().password)) == ("Büro", "right")
    assert all("right" not in str(entry.data) for entry in Entry.select())


@pytest.mark.parametrize(
    ("field", "value"),
    [("host", "mail server"), ("port", "99999"), ("port", "x"), ("quota", "-1"), ("from_address", "x"), ("tls", "some"),
     ("label", ""), ("from_name", "a\r\nBcc: x@example.org")],
)
def test_what_makes_no_sense_is_refused_and_kept_for_correction(admin: FlaskClient, field, value):
    given = {
        "label": "Amt", "host": "m.example.org", "port": "587", "tls": "tls", "from_address": "a@example.org", "quota": "0",
    }
    answer = admin.post("/senders/new", data={**given, field: value})
    assert (answer.status_code, Sender.select().count()) == (422, 0)
    assert f'id="field-{field}-error"' in answer.text


def test_a_test_mail_arrives_and_the_sender_goes_on_at_once(admin: FlaskClient, make_sender, office):
    sender = make_sender(office, from_name='Rad "Haus" Müller')
    with transaction():
        now, name = clock.now(), f"sender:{sender.id}"
        SenderState.create(sender=name, rests_until=now + HOUR, open_since=now, reason="sender")
    page = admin.post(f"/senders/{sender.id}/test", follow_redirects=True).text
    assert "Testnachricht" in page
    [(to, raw)] = office.mails
    mail = message_from_bytes(raw, policy=email_policy.default)
    assert mail["From"].addresses[0].display_name == 'Rad "Haus" Müller'
    assert mail["To"].addresses[0].addr_spec == to
    assert SenderState.select().count() == 0


FAULTS = [
    ({"password": "wrong"}, {}, "Benutzername oder Passwort"),
    ({}, {"MAIL": "550 5.7.1 no"}, "werkstatt@example.org"),
    ({}, {"RCPT": "550 5.1.1 who"}, "550 5.1.1"),
    ({}, {"CONNECT": "554 go away"}, "554"),
    ({"tls": "starttls"}, {}, "STARTTLS"),
    ({"tls": "tls"}, {}, "TLS"),
    ({"host": "mail.invalid"}, {}, "mail.invalid"),
    ({"host": "169.254.169.254"}, {}, "niemals"),
    ({"port": 1}, {}, "Port 1"),
]


@pytest.mark.parametrize(("given", "faults", "said"), FAULTS)
def test_the_test_says_honestly_what_is_wrong(admin: FlaskClient, make_sender, office, given, faults, said):
    office.faults.update(faults)
    sender = make_sender(office, **given)
    page = admin.post(f"/senders/{sender.id}/test", follow_redirects=True).text
    assert said in page.split('id="trial"')[1].split("<form")[0] and office.mails == []


def test_the_test_names_a_certificate_that_nobody_vouches_for(admin: FlaskClient, make_sender, tmp_path):
    with PostOffice(tls=self_signed(tmp_path)) as office:
        sender = make_sender(office, tls="starttls")
        assert "Zertifikat" in admin.post(f"/senders/{sender.id}/test", follow_redirects=True).text


def test_the_list_says_how_each_sender_fares(admin: FlaskClient, plan, deliver, make_sender, own, office):
    good, wrong = make_sender(office, quota=20), make_sender(office, password="wrong", label="Büro")
    plan("1", good), plan("2", wrong)
    deliver()
    page = admin.get("/senders").text
    assert "1 von 20" in page and "ruht bis" in page and "bereit" in page
    assert "Büro" in admin.get("/").text


def test_a_message_says_whose_it_is(admin: FlaskClient, plan, make_sender, office):
    sender = make_sender(office)
    message = plan("1", sender)
    assert "Werkstatt" in admin.get(f"/outbox/{message.id}").text
    senders.delete(sender, "user:1")
    assert "(gelöschter Absender)" in admin.get(f"/outbox/{message.id}").text


def test_only_those_named_may_use_a_sender(house, make_sender, office):
    ada, ben = make_user("ada@example.org", "Ada", "admin"), make_user("ben@example.org", "Ben", "admin")
    make_sender(office, label="Alle"), make_sender(office, label="Ada", users=[ada.id])
    senders.switch(make_sender(office, label="Aus"), False, "user:1")
    assert [row.label for row in senders.usable(ada.id)] == ["Ada", "Alle"]
    assert [row.label for row in senders.usable(ben.id)] == ["Alle"]


def test_the_messages_of_one_sender_probe_only_that_one(plan, deliver, make_sender, own, office):
    office.faults["RCPT"] = "451 4.7.1 later"
    sender = make_sender(office)
    messages = [plan(str(n), sender) for n in range(30)]
    deliver()
    office.faults.clear()
    with time_machine.travel(clock.now() + timedelta(seconds=breaker.PROBES[0] + 1)):
        deliver()
        deliver()
        assert {fresh(message) for message in messages} == {("sent", "")}
