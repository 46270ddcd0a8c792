"""R5: SMS gateways are set up by an admin, tried with an SMS to oneself, and keep their secrets to themselves."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import secrets
from core.journal import Entry
from outbox.channels.gateways import seven as seven_gateway
from outbox.channels.gateways import twilio as twilio_gateway
from outbox.models import Mail, Sender
from outbox.senders import gateways, senders
from tests.gateways import DROP_AFTER, Far, far_side, refused_by_seven, refused_by_twilio, taken_by_seven

COMMON = {
    "label": "SMS", "quota": "0", "from_address": "Radhaus", "price": "0,075", "currency": "EUR", "cap": "5",
    "countries": "de, at CH",
}
FORMS = {
    "seven": {"key": "geheim-7"},
    "twilio": {"sid": "AC" + "1a" * 16, "token": "geheim-7"},
    "http": {
        "url": "https://sms.example.org/send", "method": "POST", "format": "json", "headers": "X-Key: {key}",
        "key": "geheim-7", "body": '{"to": "{to}", "text": "{text}"}', "statuses": "200, 202", "path": "messages.0.status",
        "accepted": "ok, queued",
    },
    "mailbox": {},
}


@pytest.fixture
def far(house: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Far]:
    with far_side() as far:
        for gateway in (seven_gateway, twilio_gateway):
            monkeypatch.setattr(gateway, "URL", far.url)
        monkeypatch.setattr("outbox.channels.gateways.SEVEN", far.url + "/api/sms")
        monkeypatch.setattr("outbox.channels.gateways.TWILIO", far.url)
        yield far


def save(admin: FlaskClient, type: str, **more: str) -> Any:
    return admin.post("/senders/new", data={"type": type, **COMMON, **FORMS[type], **more})


@pytest.mark.parametrize("type", FORMS)
def test_a_gateway_is_set_up_and_shown_as_it_was_typed(admin, type):
    answer = save(admin, type)
    sender = Sender.get()
    page = admin.get(answer.headers["Location"]).text
    assert (sender.type, sender.from_address) == (type, "Radhaus")
    money = {name: sender.settings[name] for name in ("price", "currency", "cap", "countries")}
    assert money == {"price": "0.075", "currency": "EUR", "cap": "5", "countries": ["DE", "AT", "CH"]}
    assert 'value="0,075"' in page and 'value="5,00"' in page and 'value="DE, AT, CH"' in page
    assert "geheim-7" not in page and sender.secrets not in page or not sender.secrets
    assert "geheim-7" not in repr(list(Sender.select().dicts())) + repr(list(Entry.select().dicts()))
    before = sender.secrets
    admin.post(f"/senders/{sender.id}", data={**COMMON, **FORMS[type], "key": "", "token": "", "label": "Neu"})
    sender = Sender.get()
    assert (sender.label, sender.secrets) == ("Neu", before)


def test_the_types_are_offered_by_what_they_send(admin):
    page = admin.get("/senders/new").text
    for type in (*FORMS, "smtp", "gmail"):
        assert f'href="/senders/new?type={type}"' in page and admin.get(f"/senders/new?type={type}").status_code == 200
    assert admin.post("/senders/new", data={"type": "pigeon"}).status_code == 404


WRONG = [
    ("seven", "key", ""), ("seven", "from_address", "Radhaus Lindner"), ("seven", "price", "viel"), ("seven", "price", "-1"),
    ("seven", "cap", "1.2.3"), ("seven", "countries", ""), ("seven", "countries", "DE, XX"), ("seven", "currency", "BTC"),
    ("twilio", "sid", "AC1"), ("twilio", "token", ""), ("http", "url", "ftp://x"), ("http", "url", "https://{to}.example.org/"),
    ("http", "body", "{to} {text}"), ("http", "body", '{"to": "{to}"}'), ("http", "headers", "no header"),
    ("http", "statuses", "500"), ("http", "accepted", ""), ("http", "method", "BREW"),
]


@pytest.mark.parametrize(("type", "field", "value"), WRONG)
def test_what_no_gateway_could_take_is_refused_at_its_field(admin, type, field, value):
    answer = save(admin, type, **{field: value})
    assert (answer.status_code, Sender.select().count()) == (422, 0)
    assert f'id="field-{field}-error"' in answer.text and "geheim-7" not in answer.text


def test_an_sms_to_oneself_arrives(admin, far):
    far.answer = taken_by_seven()
    save(admin, "seven")
    page = admin.post(f"/senders/{Sender.get().id}/test", data={"to": "0151 12345678"}).text
    assert "hat eine SMS an +4915112345678 angenommen" in page
    assert far.asked[0].form["to"] == "+4915112345678" and "funktioniert" in far.asked[0].form["text"]


TRIALS = [
    ("seven", refused_by_seven(900), "weist das Konto ab"), ("seven", refused_by_seven(500), "kein Guthaben"),
    ("seven", refused_by_seven(202), "keine SMS"), ("seven", (429, ""), "Pause"), ("seven", DROP_AFTER, "nicht klar"),
    ("twilio", refused_by_twilio(401, 20003), "weist das Konto ab"),
    ("twilio", refused_by_twilio(400, 21610), "möchte niemand"),
]


@pytest.mark.parametrize(("type", "answer", "said"), TRIALS)
def test_the_test_says_honestly_what_is_wrong(admin, far, type, answer, said):
    far.answer = answer
    save(admin, type)
    page = admin.post(f"/senders/{Sender.get().id}/test", data={"to": "+4915112345678"}).text
    assert said in page.split('id="trial"')[1].split('class="form"')[0]


def test_the_test_goes_to_no_country_that_is_not_allowed(admin, far):
    save(admin, "seven")
    page = admin.post(f"/senders/{Sender.get().id}/test", data={"to": "+12025550123"}).text
    assert "nicht in das Land" in page and far.asked == []


def test_a_number_that_is_none_is_refused(admin, far):
    save(admin, "seven")
    answer = admin.post(f"/senders/{Sender.get().id}/test", data={"to": "12"})
    assert answer.status_code == 422 and 'value="12"' in answer.text and far.asked == []


def test_a_key_that_cannot_be_opened_any_more_is_asked_for_again(admin, far):
    save(admin, "seven")
    Sender.update(secrets=secrets.seal("x")[:-6] + "AAAA==").execute()
    page = admin.post(f"/senders/{Sender.get().id}/test", data={"to": "+4915112345678"}).text
    assert "noch einmal" in page and far.asked == []


def test_the_built_in_mailbox_takes_the_test(admin):
    save(admin, "mailbox")
    assert "eingebauten Postfach" in admin.post(f"/senders/{Sender.get().id}/test", data={"to": "0151 12345678"}).text
    mail = Mail.get()
    assert (mail.channel, mail.recipient) == ("sms", "+4915112345678")
    assert "01511 2345678" in admin.get("/mailbox").text


def test_the_report_address_is_shown_to_copy_and_leads_nowhere_else(admin, house):
    save(admin, "seven")
    sender = Sender.get()
    url = gateways.report_url(sender)
    assert url in admin.get(f"/senders/{sender.id}").text
    assert gateways.opens(sender, url.rpartition("/")[2]) and not gateways.opens(sender, "x" * 32)


def test_the_house_sends_its_own_mails_about_access_through_no_gateway(admin):
    save(admin, "seven")
    assert senders.of_channel("email") == [] and senders.any_gateway() == Sender.get().id
