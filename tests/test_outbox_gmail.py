"""R5: a Gmail account sends with its owner's consent, and says so when that is over."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email import policy as email_policy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from outbox.channels.smtp import Smtp, SmtpConnection
from outbox.models import Message, Sender, SenderState
from outbox.plan import Planned, plan_many
from outbox.senders import consent, reach, senders
from tests.conftest import make_user, sign_in
from tests.google import CLIENT, Google
from tests.mailing import everything_kept, send_due

FORM = {"type": "gmail", "label": "Werkstatt", "quota": "0", "from_name": "Werkstatt Mitte", **CLIENT}


@pytest.fixture
def google() -> Iterator[Google]:
    with Google() as google:
        yield google


@pytest.fixture
def sender(google: Google, admin: FlaskClient) -> Sender:
    """Saved by an admin and led to this Google, not yet connected."""
    assert admin.post("/senders/new", data=FORM).status_code == 303
    made = Sender.get()
    given = {"host": "127.0.0.1", "port": google.port, "tls": "none", "settings": {**made.settings, **google.settings}}
    senders.save(made, given, "user:1")
    return made


@pytest.fixture
def connect(google: Google, admin: FlaskClient) -> Callable[[Sender], str]:
    def there_and_back(sender: Sender) -> str:
        """The page an admin sees in the end."""
        asked = admin.get(f"/senders/{sender.id}/google").headers["Location"]
        back = urlsplit(google.consent(asked))
        assert admin.get(f"{back.path}?{back.query}").status_code == 200
        given = {name: values[0] for name, values in parse_qs(back.query).items()}
        return admin.post("/senders/google", data=given, follow_redirects=True).text

    return there_and_back


@pytest.fixture
def plan(shop: Any, make_record: Any) -> Callable[..., Message]:
    with transaction():
        texts = {"de": {"subject": "{{ record.number }}", "body": "{{ greeting }}"}}
        template = Template.create(name="Status", texts=texts, updated_at=clock.now())

    def make(number: str, sender: Sender) -> Message:
        record, due = make_record(number), clock.now()
        with transaction():
            plan_many([Planned(
                1, record.id, None, f"o{number}", "customer", "email", template.id, "status", due, due + timedelta(days=7),
                sender_id=sender.id,
            )])
        return Message.get(Message.record == record)

    return make


def fresh(message: Message) -> tuple[str, str]:
    row = Message.get_by_id(message.id)
    return row.state, row.reason


def connection(sender: Sender) -> SmtpConnection:
    return Smtp(reach.account(Sender.get_by_id(sender.id), 5), "test").connect()


def test_r5_after_consent_mails_go_out_as_the_address_google_confirms(google, sender, connect, plan):
    assert "Google lässt uns als werkstatt@gmail.example senden" in connect(sender)
    message = plan("1001", sender)
    send_due()
    assert fresh(message) == ("sent", "")
    [(envelope, to, raw)] = google.mails
    mail = message_from_bytes(raw, policy=email_policy.default)
    assert (envelope, to, mail["From"]) == (google.email, "ada@example.org", f"Werkstatt Mitte <{google.email}>")


def test_the_question_names_us_and_binds_the_answer_to_this_browser(google, sender, admin):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(
        admin.get(f"/senders/{sender.id}/google").headers["Location"]).query).items()}
    assert asked["scope"] == "https://mail.google.com/ openid email"
    assert (asked["access_type"], asked["prompt"], asked["code_challenge_method"]) == ("offline", "consent", "S256")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/senders/google"
    assert asked["redirect_uri"] in admin.get(f"/senders/{sender.id}").text


def test_secrets_of_the_account_are_sealed_and_never_shown(google, sender, connect, admin):
    connect(sender)
    kept, page = everything_kept(), admin.get(f"/senders/{sender.id}").text
    for secret in (CLIENT["client_secret"], "1//lasting", "ya29"):
        assert secret not in kept and secret not in page
    assert senders.hidden_of(Sender.get()) == {"client_secret": CLIENT["client_secret"], "refresh_token": "1//lasting"}
    admin.post(f"/senders/{sender.id}", data={**FORM, "client_secret": "", "label": "Büro"})
    assert senders.hidden_of(Sender.get())["refresh_token"] == "1//lasting" and not senders.wants_consent(Sender.get())


def test_looking_at_googles_answer_changes_nothing_and_it_is_taken_once(google, sender, admin):
    back = urlsplit(google.consent(admin.get(f"/senders/{sender.id}/google").headers["Location"]))
    for _look in range(2):
        assert "Verbindung abschließen" in admin.get(f"{back.path}?{back.query}").text
    assert google.asked == [] and senders.wants_consent(Sender.get())
    given = {name: values[0] for name, values in parse_qs(back.query).items()}
    admin.post("/senders/google", data=given)
    assert "gehört zu keiner Frage" in admin.post("/senders/google", data=given, follow_redirects=True).text
    assert len(google.asked) == 1


def test_an_answer_meant_for_another_browser_is_worth_nothing(google, sender, admin, house):
    back = urlsplit(google.consent(admin.get(f"/senders/{sender.id}/google").headers["Location"]))
    ben = sign_in(house, make_user("ben.admin@example.org", "Ben Admin", "admin"))
    assert "gehört zu keiner Frage" in ben.get(f"{back.path}?{back.query}").text
    given = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert "gehört zu keiner Frage" in ben.post("/senders/google", data=given, follow_redirects=True).text
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert "gehört zu keiner Frage" in admin.get(f"{back.path}?{back.query}").text
    assert google.asked == [] and senders.wants_consent(Sender.get())


WRONG = [
    ({"claims": {"email_verified": False}}, "keine Adresse bestätigt"),
    ({"claims": {"aud": "another.apps.googleusercontent.com"}}, "keine Adresse bestätigt"),
    ({"claims": {"iss": "https://evil.example"}}, "keine Adresse bestätigt"),
    ({"claims": {"nonce": "of another question"}}, "keine Adresse bestätigt"),
    ({"claims": {"exp": 1}}, "keine Adresse bestätigt"),
    ({"scope": "openid email"}, "setzen Sie bei Google das Häkchen"),
    ({"offline": False}, "myaccount.google.com/connections"),
    ({"token_fault": (400, "invalid_grant")}, "Bitte verbinden Sie das Konto erneut"),
    ({"token_fault": (401, "invalid_client")}, "prüfen Sie Client-ID"),
    ({"token_fault": (503, "")}, "gerade nicht zu erreichen (503)"),
]


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_google_does_not_grant_is_said_and_nothing_is_kept(google, sender, connect, given, said):
    for name, value in given.items():
        setattr(google, name, value)
    assert said in connect(sender)
    row = Sender.get()
    assert senders.wants_consent(row) and row.from_address == "" and "refresh_token" not in senders.hidden_of(row)


def test_whoever_does_not_agree_is_led_back(google, sender, admin):
    google.agrees = False
    back = urlsplit(google.consent(admin.get(f"/senders/{sender.id}/google").headers["Location"]))
    assert "dass niemand zugestimmt hat" in admin.get(f"{back.path}?{back.query}").text


def test_another_account_does_not_slip_into_a_known_sender(google, sender, connect):
    connect(sender)
    google.email = "privat@gmail.example"
    assert "dieser Absender ist aber werkstatt@gmail.example" in connect(sender)
    assert Sender.get().from_address == "werkstatt@gmail.example"


def test_one_access_token_serves_many_connections_and_is_renewed_before_it_is_over(google, sender, connect):
    connect(sender)
    way = Smtp(reach.account(Sender.get(), 5), "test")

    def come_and_go(_number: int) -> None:
        one = way.connect()
        one.open()
        one.close()

    with ThreadPoolExecutor(4) as together:
        list(together.map(come_and_go, range(8)))
    assert google.refreshed == 1
    with time_machine.travel(clock.now() + timedelta(seconds=google.lifetime - 60)):
        way.connect().open()
        assert google.refreshed == 2


def test_a_token_that_is_not_taken_is_replaced_once(google, sender, connect):
    connect(sender)
    one = connection(sender)
    one.open()
    one.close()
    google.good.clear()
    one.open()
    assert google.refreshed == 2
    one.close()


def test_an_account_that_is_never_let_in_opens_its_breaker(google, sender, connect, plan, admin):
    connect(sender)
    google.email = "somebody@gmail.example"  # the mail server knows no werkstatt@
    message = plan("1001", sender)
    send_due()
    assert fresh(message) == ("planned", "sender") and google.refreshed == 2
    assert SenderState.get().reason == "sender"


def test_r5_when_the_consent_is_over_its_messages_are_held_until_it_is_given_again(
    google, sender, connect, plan, admin
):
    connect(sender)
    message = plan("1001", sender)
    google.token_fault = (400, "invalid_grant")
    send_due()
    send_due()
    assert fresh(message) == ("held", "sender_consent") and google.refreshed == 1
    assert [entry.data["sender"] for entry in Entry.select().where(Entry.what == "sender.consent_lost")] == [sender.id]
    assert "Zustimmung erneut nötig" in admin.get("/senders").text
    assert "Absender mit Google verbinden" in admin.get(f"/outbox/{message.id}").text
    assert f'<a href="/senders/{sender.id}">Zustimmung erneut nötig</a>' in admin.get("/").text
    assert f'href="/senders/{sender.id}/google"' in admin.get(f"/senders/{sender.id}").text
    google.token_fault = None
    assert "1 angehaltene Nachricht geht hinaus" in connect(sender)
    send_due()
    assert fresh(message) == ("sent", "") and SenderState.select().count() == 0


def test_a_consent_given_meanwhile_is_not_taken_away_by_an_older_no(google, sender, connect):
    connect(sender)
    before = Sender.get()
    senders.save(Sender.get(), {}, "user:1", hidden={"refresh_token": "1//newer"})
    with transaction():
        consent.lost(before)
    assert not senders.wants_consent(Sender.get())


@pytest.mark.parametrize("fault", [(429, "rate_limit_exceeded"), (503, "")])
def test_while_google_is_busy_the_sender_rests_and_nothing_is_lost(google, sender, connect, plan, fault):
    connect(sender)
    messages = [plan(str(number), sender) for number in range(5)]
    google.token_fault = fault
    send_due()
    assert {fresh(message) for message in messages} == {("planned", "rest")}
    assert (SenderState.get().reason, google.refreshed) == ("rest", 1)
    google.token_fault = None
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        send_due()
        send_due()
        assert {fresh(message) for message in messages} == {("sent", "")}


def test_a_secret_that_is_wrong_opens_the_breaker_and_asks_nobody_for_consent(google, sender, connect, plan):
    connect(sender)
    google.token_fault = (401, "invalid_client")
    message = plan("1001", sender)
    send_due()
    assert fresh(message) == ("planned", "sender") and not senders.wants_consent(Sender.get())


TRIED = [
    (None, "angenommen"), ((400, "invalid_grant"), "Zustimmung gilt nicht mehr"),
    ((401, "invalid_client"), "invalid_client"), ((429, "x"), "nicht zu erreichen"),
]


@pytest.mark.parametrize(("fault", "said"), TRIED)
def test_the_test_says_honestly_how_the_account_stands(google, sender, connect, admin, fault, said):
    connect(sender)
    google.token_fault = fault
    page = admin.post(f"/senders/{sender.id}/test").text
    assert said in page.split('id="trial"')[1].split("<form")[0] and len(google.mails) == (fault is None)
    assert senders.wants_consent(Sender.get()) == (said == "Zustimmung gilt nicht mehr")


def test_an_account_that_is_not_connected_is_offered_to_nobody(sender, admin):
    assert senders.usable(1) == [] and "noch nicht verbunden" in admin.get("/senders").text
    assert "zuerst mit Google" in admin.post(f"/senders/{sender.id}/test", follow_redirects=True).text


def test_no_form_makes_another_address_the_senders(google, sender, connect, admin):
    connect(sender)
    admin.post(f"/senders/{sender.id}", data={**FORM, "from_address": "chefin@example.org", "host": "evil.example"})
    assert (Sender.get().from_address, Sender.get().host) == (google.email, "127.0.0.1")


def test_another_client_needs_another_consent(google, sender, connect, admin):
    connect(sender)
    admin.post(f"/senders/{sender.id}", data={**FORM, "client_id": "0815.apps.googleusercontent.com"})
    assert senders.wants_consent(Sender.get())


NO_CLIENT = [("client_id", "4711"), ("client_id", ""), ("client_secret", ""), ("client_secret", "{}")]


@pytest.mark.parametrize(("field", "value"), NO_CLIENT)
def test_what_is_no_access_at_google_is_refused(admin: FlaskClient, field, value):
    answer = admin.post("/senders/new", data={**FORM, field: value})
    assert (answer.status_code, Sender.select().count()) == (422, 0)
    assert f'id="field-{field}-error"' in answer.text
