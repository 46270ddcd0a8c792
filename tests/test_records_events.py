"""What was said with an event reaches the mail it causes, for whomever it is meant, as words and nothing else."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from flask import Flask

import app
from core import clock, i18n, journal
from core.db import transaction
from core.journal import Entry
from emails import check, compose
from emails.models import Template
from outbox.models import Mail, Message
from pages import links
from pages.models import Link
from records import biography, events, people
from records.contacts import Refused
from records.models import Event, Kind, Record
from rules.models import Rule
from tests.mailing import send_due
from tests.test_emails_compose import HOSTILE

LABELS = {"de": "Nachricht eingegangen", "en": "Message received"}
BEN = {"name": "Ben Babbage", "email": "ben@example.org", "language": "en", "consent": {"email": True}}
BODY = "{{ greeting }}\n\n{{ event.text }}\n\n{% if event.urgent %}Eilt{% else %}Eilt nicht{% endif %}: {{ event.urgent }}"


@pytest.fixture
def record(house: Flask, make_record: Callable[..., Record]) -> Record:
    """An order of a kind that knows the event `message_received`."""
    with transaction():
        Kind.update(events=[{"key": "message_received", "labels": LABELS}]).where(Kind.key == "order").execute()
    return Record.get_by_id(make_record().id)


@pytest.fixture
def rule(record: Record) -> Callable[..., Rule]:
    """A rule that writes to somebody when that event is reported."""

    def make(who: str, body: str = BODY, subject: str = "{{ event.text }}") -> Rule:
        with transaction():
            now, text = clock.now() - timedelta(days=1), {"subject": subject, "body": body}
            letter = Template.create(name="Nachricht", kind_id="order", texts={"de": text, "en": text}, updated_at=now)
            return Rule.create(
                name="Nachricht", kind="order", trigger="event", options={"event": "message_received"}, on=True, since=now,
                recipients=[{"who": who, "address": "", "template": letter.id}], created_at=now, updated_at=now,
            )

    return make


def go(record: Record, data: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, str, str]]:
    """Report, plan and deliver; recipient, subject and text of every mail."""
    events.report(record, "message_received", data or {}, more.pop("person", None), "api:1", **more)
    while journal.read(app.READERS):
        pass
    send_due()
    return [(mail.recipient, mail.subject, _text(bytes(mail.content))) for mail in Mail.select().order_by(Mail.id)]


def _text(raw: bytes) -> str:
    return message_from_bytes(raw, policy=policy.default).get_body(("plain",)).get_content()


def test_the_customer_reads_what_was_said(record: Record, rule: Callable[..., Rule]) -> None:
    rule("customer")
    [(recipient, subject, text)] = go(record, {"text": "Passt Montag?\nOder\tDienstag?", "urgent": True})
    assert (recipient, subject) == ("ada@example.org", "Passt Montag? Oder Dienstag?")
    assert "Passt Montag?\r\nOder Dienstag?" in text and "Eilt: ja" in text


@pytest.mark.parametrize(("urgent", "said"), [(False, "Eilt nicht: nein"), (None, "Eilt nicht:"), (0, "Eilt: 0")])
def test_no_means_no(record: Record, rule: Callable[..., Rule], urgent: Any, said: str) -> None:
    rule("customer")
    [(_recipient, _subject, text)] = go(record, {"urgent": urgent})
    assert said in text


def test_b7_somebody_named_in_the_event_is_written_to_in_their_language(record: Record, rule: Callable[..., Rule]) -> None:
    rule("event")
    [(recipient, _subject, text)] = go(record, {"text": "x"}, person=BEN)
    assert recipient == "ben@example.org" and "Hello Ben Babbage," in text
    who = Message.get().recipient
    assert (who, people.label(who)) == (f"event:{Event.get().id}", "die im Ereignis genannte Person")


def test_their_link_to_the_page_holds(record: Record, rule: Callable[..., Rule]) -> None:
    rule("event", body="[Ansehen]({{ link }})")
    go(record, {"text": "x"}, person=BEN)
    link = links.with_record(Link.select()).get()
    assert links.standing(link, clock.now()) == "issued"


@pytest.mark.parametrize(("person", "reason"), [
    (None, "no_recipient"), ({**BEN, "consent": {"email": False}}, "no_consent"),
    ({"email": "ben@example.org"}, "no_consent"), ({"phone": "+493023125678", "consent": {"email": True}}, "no_address"),
])
def test_r4_without_address_and_consent_nothing_goes_out(
    record: Record, rule: Callable[..., Rule], person: dict[str, Any] | None, reason: str
) -> None:
    rule("event")
    assert go(record, person=person) == []
    assert (Message.get().state, Message.get().reason) == ("dropped", reason)


def test_a_silent_event_is_written_down_and_tells_nobody(record: Record, rule: Callable[..., Rule]) -> None:
    rule("customer")
    assert go(record, {"text": "x"}, silent=True) == [] and Event.select().count() == 1


def test_each_event_makes_a_mail_of_its_own(record: Record, rule: Callable[..., Rule]) -> None:
    rule("customer")
    go(record, {"text": "Eins"})
    assert [subject for _to, subject, _text in go(record, {"text": "Zwei"})] == ["Eins", "Zwei"]


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_values_stay_words(shop: dict[str, Any], record: Record, said: str) -> None:
    text = {"subject": "{{ event.text }}", "body": "{{ event.text }} **{{ event.text | upcase }}** {{ record.fields.note }}"}
    letter, reader = Template(name="x", texts={"de": text}), people.person(record, "customer")
    innocent = compose.compose(letter, record, reader, None, None, {"text": "x\ny"})
    record.fields = {"note": said}
    mail = compose.compose(letter, record, reader, None, None, {"text": f"{said}\n{said}"})
    assert set(re.findall(r"<[a-z-]+", mail.html)) == set(re.findall(r"<[a-z-]+", innocent.html))
    assert set(re.findall(r'href="([^"]*)"', mail.html)) == set(re.findall(r'href="([^"]*)"', innocent.html))
    assert not re.search(r"https?:|www\.|evil\.example|=\?|[\x00-\x1f\x7f\u202e]", mail.subject)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", mail.text + mail.html)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "x", "https://a b", "", 7])
def test_an_address_that_is_none_leads_nowhere(shop: dict[str, Any], record: Record, url: Any) -> None:
    letter = Template(name="x", texts={"de": {"subject": "x", "body": "[Los]({{ event.url }})"}})
    mail = compose.compose(letter, record, people.person(record, "customer"), None, None, {"url": url})
    assert "Los" not in mail.text and 'href=""' not in mail.html and "javascript" not in mail.html


def test_b6_an_address_of_an_event_can_be_a_button(shop: dict[str, Any], record: Record) -> None:
    letter = Template(name="x", texts={"de": {"subject": "x", "body": "[Einladung annehmen]({{ event.invitation_url }})"}})
    given = {"invitation_url": "https://platform.example/invitation/abc?x=1&y=2"}
    mail = compose.compose(letter, record, people.person(record, "customer"), None, None, given)
    assert 'href="https://platform.example/invitation/abc?x=1&amp;y=2"' in mail.html
    assert "https://platform.example/invitation/abc?x=1&y=2" in mail.text


@pytest.mark.parametrize(("source", "fine"), [
    ("{{ event.anything }}", True), ("{% if event.urgent %}x{% endif %}", True), ("{{ event.a.b }}", False),
    ("{{ event }}", False), ("{{ evnt.text }}", False), ("[x]({{ event.text }})", False),
    ("[x]({{ event.chat_url }})", True),
])
def test_a_template_may_name_what_events_say(record: Record, source: str, fine: bool) -> None:
    kind = Kind.get(Kind.key == "order")
    assert (check.text_faults({"subject": "x", "body": source}, "de", check.kind_fields(kind)) == []) is fine


def test_where_a_kind_has_no_events_there_is_nothing_to_name(record: Record) -> None:
    kind = Kind.get(Kind.key == "booking")
    assert check.text_faults({"subject": "x", "body": "{{ event.text }}"}, "de", check.kind_fields(kind))


def test_the_biography_tells_the_event_by_its_name(record: Record) -> None:
    events.report(record, "message_received", {"text": "Passt Montag?"}, None, "api:1")
    told = [line.what for _day, lines in biography.told(record).days for line in lines]
    assert "Ereignis <b>Nachricht eingegangen</b>, api:1" in told


def test_an_event_that_the_kind_does_not_know_is_refused(record: Record) -> None:
    for name in ("created", "nonsense"):
        with i18n.speaking("en"), pytest.raises(Refused, match="there are: message_received"):
            events.report(record, name, {}, None, "api:1")
    assert Entry.select().where(Entry.what == "order.created").count() == 1
