"""R4: a message goes where its channel leads, when there is a way and a consent for it; why not is told in its words."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, i18n
from core.db import transaction
from core.keys import fingerprint
from emails.models import Template
from outbox import truth
from outbox.guard import Guard
from outbox.models import Message, Sender, Suppression
from outbox.states import said
from outbox.truth import Wish
from records.models import Contact
from records.people import Person, person

NUMBER = "+4930123456"


@pytest.fixture
def wish(put: Any, make_record: Any, ada: dict[str, Any]) -> Any:
    """Puts an SMS to Ada, who agrees to them, and asks whether it is still wanted."""
    agreed = {**ada, "consent": {"email": False, "sms": True}}

    def wish(**more: Any) -> tuple[list[Wish], str]:
        record = make_record("1001", contact={**agreed, **more.pop("contact", {})})
        message = put(record, channel="sms", sender_id=1, due=timedelta(0), **more)
        message.expires_at += timedelta(days=7)
        wishes, ends = truth.check([message], ())
        return wishes, ends[message.id].reason if ends else ""

    return wish


def test_r4_an_sms_needs_a_number_and_its_own_consent(wish: Any) -> None:
    assert wish()[1] == ""
    assert wish(contact={"consent": {"email": True, "sms": False}})[1] == "no_consent"
    Contact.update(phone=None).execute()
    assert wish(contact={"phone": None})[1] == "no_address"


def test_r4_the_reason_speaks_of_the_channel() -> None:
    with i18n.speaking("en"):
        assert "SMS" in said("no_consent", "sms") and "e-mails" in said("no_consent")
        assert "telephone number" in said("no_address", "sms") and said("", "sms") == ""
        assert said("rule_off", "sms") == said("rule_off")


def test_a_blocked_number_gets_no_sms(wish: Any) -> None:
    Suppression.create(fingerprint=fingerprint(NUMBER), reason="hand", at=clock.now())
    assert wish()[1] == "suppressed"


def test_a_fixed_number_is_reached_by_sms_alone(make_record: Any) -> None:
    reader = person(make_record(), NUMBER)
    assert reader == Person(NUMBER, "", "", "de", None, None, NUMBER)
    assert reader.reached("sms") == NUMBER and not reader.reached("email")


def test_a_customer_gets_two_sms_a_day_and_mails_do_not_use_them_up(wish: Any, put: Any) -> None:
    put(state="sent", address="ada@example.org")
    wishes = [wish(rule_id=1)[0][0] for _n in range(3)]
    ends = Guard("test").check(wishes, [one.message for one in wishes])
    assert [ends.get(one.message.id) is None for one in wishes] == [True, True, False]
    assert ends[wishes[2].message.id].reason == "limit"
    Message.update(state="sent", sent_at=clock.now() - timedelta(hours=20), address=NUMBER).where(
        Message.id.in_([one.message.id for one in wishes[:2]])
    ).execute()
    due = Guard("test").check(wishes[2:], [wishes[2].message])[wishes[2].message.id].due_at
    assert timedelta(hours=3.9) < due - clock.now() < timedelta(hours=4.1)


@pytest.fixture
def awaiting(put: Any, make_record: Any, ada: dict[str, Any], shop: Any) -> Message:
    """An SMS to Ada that waits for a person's word."""
    record = make_record("1001", contact={**ada, "consent": {"email": False, "sms": True}})
    with transaction():
        texts = {"de": {"subject": "", "body": "", "sms": "{{ company.name }}: {{ record.number }} ist fertig. {{ link }}"}}
        template = Template.create(name="Kurz", texts=texts, updated_at=clock.now())
        gateway = Sender.create(
            type="mailbox", label="Probe", host="", port=0, tls="none", from_address="", settings={"price": "0.075"},
            created_at=clock.now(),
        )
        message = put(record, channel="sms", state="awaiting", sender_id=gateway.id)
        Message.update(template=template).where(Message.id == message.id).execute()
    return Message.get_by_id(message.id)


def test_m7_an_sms_that_awaits_release_is_shown_in_full(clerk: FlaskClient, awaiting: Message) -> None:
    page = clerk.get("/outbox/release").text
    assert f"als SMS an {NUMBER}" in page
    question = clerk.get(f"/outbox/release/send?id={awaiting.id}").text
    assert '<p class="bubble">Radhaus Lindner: 1001 ist fertig. http' in question and "1 SMS, 0,075\u00a0€" in question
    assert "Radhaus Lindner: 1001" in clerk.get(f"/outbox/release/{awaiting.id}").text
    assert clerk.get(f"/outbox/release/{awaiting.id}/mail").status_code == 404
    shown = question.split('name="shown" value="')[1].split('"')[0]
    clerk.post("/outbox/release/send", data={"shown": shown})
    assert Message.get_by_id(awaiting.id).state == "planned"


def test_x1_the_biography_tells_an_sms_from_a_mail(clerk: FlaskClient, awaiting: Message) -> None:
    page = clerk.get(f"/outbox/for/{awaiting.record_id}", headers={"HX-Request": "true"}).text
    assert "als SMS an" in page and "E‑Mail an" not in page
