"""“Send a test to me” for the SMS of a template: the text as it stands, to a number that is typed in (R4, R8)."""

from typing import Any

import pytest

from core import clock
from core.db import transaction
from core.journal import Entry
from core.keys import fingerprint
from emails.models import Template
from outbox import valve
from outbox.models import Mail, Message, Sender, Suppression
from outbox.senders import senders

HTMX = {"HX-Request": "true"}
NUMBER = "+4915112345678"
TEXT = {
    "name": "Bereit", "kind": "order", "language": "de", "version": "0", "record": "example", "number": "0151 12345678",
    "subject.de": "", "body.de": "", "sms.de": "Auftrag {{ auftrag.nummer }} ist fertig. {{ link }}",
    "subject.en": "", "body.en": "", "sms.en": "",
}


@pytest.fixture
def gateway(shop: Any) -> Sender:
    sender = Sender(type="mailbox")
    given = {"label": "SMS", "host": "", "port": 0, "tls": "", "from_address": "Radhaus"}
    money = {"price": "0.075", "currency": "EUR", "cap": "", "countries": ["DE"]}
    senders.save(sender, {**given, "settings": money}, "user:1")
    return sender


def test_the_sms_as_it_stands_goes_to_the_number_typed_in(admin: Any, gateway: Sender) -> None:
    assert "/outbox/oneself/sms" in admin.post("/templates/preview", data=TEXT, headers=HTMX).text
    answer = admin.post("/outbox/oneself/sms", data=TEXT, headers=HTMX)
    sms = Mail.get()
    assert answer.status_code == 200
    assert "Die SMS liegt im eingebauten Postfach. Der Link darin führt nirgendwohin." in answer.text
    assert (sms.channel, sms.recipient) == ("sms", NUMBER)
    assert bytes(sms.content).decode().startswith("Auftrag 1047 ist fertig. http")
    assert Message.select().count() == 0 and Entry.get(Entry.what == "message.tried").data == {"reason": "sent"}


@pytest.mark.parametrize(("changed", "said"), [
    ({"number": "12"}, "Das ist keine Telefonnummer."), ({"number": ""}, "Bitte tragen Sie Ihre Handynummer ein."),
    ({"number": "+41791234567"}, "darf nicht in dieses Land"), ({"sms.de": ""}, "keine SMS"),
    ({"sms.de": "{{ nichts }}"}, "nichts"),
])
def test_what_cannot_go_is_said(admin: Any, gateway: Sender, changed: dict[str, str], said: str) -> None:
    answer = admin.post("/outbox/oneself/sms", data={**TEXT, **changed}, headers=HTMX)
    assert answer.status_code == 422 and said in answer.text and Mail.select().count() == 0


def test_a_blocked_number_gets_no_test_and_a_house_that_is_stopped_sends_none(admin: Any, gateway: Sender) -> None:
    with transaction():
        Suppression.create(fingerprint=fingerprint(NUMBER), reason="by_hand", at=clock.now())
    assert "Diese Nummer ist gesperrt" in admin.post("/outbox/oneself/sms", data=TEXT, headers=HTMX).text
    valve.stop("user:1")
    assert "Der Versand steht." in admin.post("/outbox/oneself/sms", data=TEXT, headers=HTMX).text
    assert Mail.select().count() == 0


def test_without_a_gateway_the_button_is_not_offered(admin: Any, shop: Any) -> None:
    assert "/outbox/oneself/sms" not in admin.post("/templates/preview", data=TEXT, headers=HTMX).text
    assert admin.post("/outbox/oneself/sms", data=TEXT, headers=HTMX).status_code == 422


def test_without_a_script_what_was_typed_is_kept(admin: Any, gateway: Sender) -> None:
    own = Template.get(Template.system == "status_mail")
    page = admin.post("/outbox/oneself/sms", data={**TEXT, "template": str(own.id), "name": "Ungespeichert"})
    assert page.status_code == 200 and "Ungespeichert" in page.text and 'value="0151 12345678"' in page.text
