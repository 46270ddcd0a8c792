"""Writing an SMS by hand: to the number that agreed, through a gateway, counted and judged before it goes (R4, F1)."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, settings
from core.db import transaction
from core.journal import Entry
from core.keys import fingerprint
from emails.models import Template
from outbox.models import Mail, Message, Sender, Suppression
from outbox.senders import senders
from records.models import Contact, Location, Record
from rules import wanted
from tests.mailing import send_due

Make = Callable[..., Record]
HTMX = {"HX-Request": "true"}
NUMBER = "+4915112345678"


@pytest.fixture
def gateway(house: Any) -> Sender:
    return connect("Werkstatt-SMS")


def connect(label: str, users: list[int] | None = None, **money: Any) -> Sender:
    """An SMS gateway that ends in the built-in mailbox."""
    sender = Sender(type="mailbox")
    given = {"label": label, "host": "", "port": 0, "tls": "", "from_address": "Radhaus", "users": users or []}
    plan = {"price": "0.075", "currency": "EUR", "cap": "", "countries": ["DE"], **money}
    senders.save(sender, {**given, "settings": plan}, "user:1")
    return sender


@pytest.fixture
def agreed(ada: dict[str, Any]) -> dict[str, Any]:
    """Ada, who wants SMS."""
    return {**ada, "phone": NUMBER, "consent": {"email": True, "sms": True}}


@pytest.fixture
def order(shop: dict[str, Location], make_record: Make, agreed: dict[str, Any]) -> Record:
    due = clock.now() + timedelta(days=9)
    return make_record("1047", contact=agreed, total=Decimal("89.90"), currency="EUR", due_at=due, location="berlin")


def form(client: FlaskClient, record: Record, query: str = "", **typed: str) -> dict[str, str]:
    """What the page's form would send as it was opened, with what was typed over it."""
    page = client.get(f"/outbox/write/sms/{record.id}{query}").text
    own = page[page.index('id="write"'):]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', own))
    texts = dict(re.findall(r'<textarea id="(\w+)".*?>\n(.*?)</textarea>', own, re.S))
    return hidden | {name: text.replace("&#34;", '"') for name, text in texts.items()} | typed


def write(client: FlaskClient, record: Record, query: str = "", **typed: str) -> Any:
    return client.post(f"/outbox/write/sms/{record.id}", data=form(client, record, query, **typed))


def deliver() -> list[Mail]:
    send_due(wanted.still_wanted)
    return list(Mail.select().where(Mail.channel == "sms"))


def test_without_a_gateway_there_is_no_word_of_sms(clerk: FlaskClient, order: Record) -> None:
    assert "E‑Mail schreiben" in clerk.get("/records/orders/1047").text
    assert "/outbox/write/sms" not in clerk.get(f"/outbox/write/{order.id}").text
    answer = clerk.get(f"/outbox/write/sms/{order.id}")
    assert answer.status_code == 302 and answer.location == f"/outbox/write/{order.id}"
    assert "Es gibt kein SMS-Gateway" in clerk.get(answer.location).text


def test_a_gateway_of_somebody_else_is_none(clerk: FlaskClient, order: Record) -> None:
    connect("Nur Chefin", users=[99])
    assert clerk.get(f"/outbox/write/sms/{order.id}").status_code == 302


def test_one_button_opens_both_and_each_leads_to_the_other(clerk: FlaskClient, order: Record, gateway: Sender) -> None:
    page = clerk.get("/records/orders/1047").text
    assert "Nachricht schreiben" in page and "E‑Mail schreiben" not in page
    assert "Nachricht schreiben" in clerk.get(f"/contacts/{order.contact_id}").text
    assert f"/outbox/write/sms/{order.id}?to=customer" in clerk.get(f"/outbox/write/{order.id}").text
    assert f"/outbox/write/{order.id}?to=customer" in clerk.get(f"/outbox/write/sms/{order.id}").text
    mail = clerk.get(f"/outbox/write/contact/{order.contact_id}").text
    assert f"/outbox/write/sms/contact/{order.contact_id}?to=customer&amp;record={order.id}" in mail
    assert 'id="pick-record"' in clerk.get(f"/outbox/write/sms/contact/{order.contact_id}").text


def test_it_goes_out_as_edited_and_its_writer_is_told(clerk: FlaskClient, order: Record, gateway: Sender) -> None:
    typed = form(clerk, order)
    assert typed["sms"] == "Radhaus Lindner: Neues zu Auftrag 1047: Neu. {{ link }}"
    answer = write(clerk, order, sms=typed["sms"].replace("Neu.", "Neu, bis morgen!"))
    assert (answer.status_code, answer.location) == (303, "/records/orders/1047")
    [sms] = deliver()
    said = bytes(sms.content).decode()
    assert sms.recipient == NUMBER and said.startswith("Radhaus Lindner: Neues zu Auftrag 1047: Neu, bis morgen! http")
    message = Message.get()
    assert (message.state, message.sort, message.channel, message.parts) == ("sent", "hand", "sms", 1)
    assert message.cost == Decimal("0.075") and message.sender_id == gateway.id and "/s/…" in message.subject
    [line] = Entry.select().where(Entry.what == "message.written")
    assert line.data == {"message": message.id} and line.actor == message.actor
    assert "Geschrieben von Cem Clerk." in clerk.get(f"/outbox/for/{order.id}", headers=HTMX).text
    assert "bis morgen!" in clerk.get(f"/outbox/{message.id}").text


def test_sent_twice_it_goes_out_once(clerk: FlaskClient, order: Record, gateway: Sender) -> None:
    typed = form(clerk, order)
    assert [clerk.post(f"/outbox/write/sms/{order.id}", data=typed).status_code for _ in range(2)] == [303, 303]
    assert len(deliver()) == 1 and Entry.select().where(Entry.what == "message.written").count() == 1


def test_f1_a_reminder_by_sms_names_what_is_open_and_is_dropped_once_that_is_paid(
    clerk: FlaskClient, order: Record, gateway: Sender, make_record: Make
) -> None:
    assert f"/outbox/write/sms/{order.id}?to=customer&amp;as=reminder" in clerk.get(
        f"/outbox/write/{order.id}?as=reminder"
    ).text
    typed = form(clerk, order, "?as=reminder")
    assert "noch 89,90 € offen, fällig am" in typed["sms"] and typed["as"] == "reminder"
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    assert write(clerk, order, "?as=reminder", date=tomorrow, time="09:00").status_code == 303
    assert Message.get().sort == "payment" and deliver() == []
    make_record("1047", paid_at=clock.now())
    Message.update(due_at=clock.now()).execute()
    assert deliver() == [] and Message.get().reason == "paid"


def test_a_template_without_an_sms_begins_empty(clerk: FlaskClient, order: Record, gateway: Sender) -> None:
    with transaction():
        made = Template.create(name="Nur Mail", updated_at=clock.now(), texts={"de": {"subject": "S", "body": "B"}})
        short = Template.create(name="Kurz", updated_at=clock.now(), texts={
            "de": {"subject": "", "body": "", "sms": "„{{ customer.name }}“ – {{ record.number }}, {{ link }}"},
        })
    assert form(clerk, order, f"?template={made.id}")["sms"] == ""
    refused = write(clerk, order, f"?template={made.id}")
    assert refused.status_code == 422 and 'id="sms-error"' in refused.text
    assert form(clerk, order, f"?template={short.id}")["sms"] == '"Ada Lovelace" - 1047, {{ link }}'
    page = clerk.get(f"/outbox/write/sms/{order.id}").text
    assert page.index("Kurz") < page.index("<optgroup") < page.index("Nur Mail")


@pytest.mark.parametrize("text", ["", "  ", "{{ gibt.es.nicht }}", "{{ record.items }}", "{% if", "ü" * 2001, "a" * 1600])
def test_what_cannot_be_an_sms_is_refused_at_its_field_and_kept(
    clerk: FlaskClient, order: Record, gateway: Sender, text: str
) -> None:
    answer = write(clerk, order, sms=text)
    assert answer.status_code == 422 and 'id="sms-error"' in answer.text and text in answer.text
    assert Message.select().count() == 0


def test_what_strangers_named_themselves_brings_nothing_to_tap_on(
    clerk: FlaskClient, shop: Any, make_record: Make, agreed: dict[str, Any], gateway: Sender
) -> None:
    record = make_record("1049", contact={**agreed, "name": "{{ link }} https://evil.example {% if x %}"}, location="berlin")
    with transaction():
        made = Template.create(name="Anrede", updated_at=clock.now(), texts={
            "de": {"subject": "", "body": "", "sms": "{{ customer.name }} {{ company.email }}: {{ link }}"},
        })
    settings.put("company", {**settings.get("company"), "email": "rad@haus.example"})
    text = form(clerk, record, f"?template={made.id}")["sms"]
    assert "evil" not in text and text.count("{{") == 1 and "rad@haus.example" in text
    assert write(clerk, record, f"?template={made.id}").status_code == 303 and len(deliver()) == 1


def test_without_consent_it_takes_a_tick_that_is_written_down(
    clerk: FlaskClient, shop: Any, make_record: Make, agreed: dict[str, Any], gateway: Sender
) -> None:
    record = make_record("1050", contact={**agreed, "consent": {"email": True}})
    assert "dem Empfang von SMS nicht zugestimmt" in clerk.get(f"/outbox/write/sms/{record.id}").text
    refused = write(clerk, record)
    assert refused.status_code == 422 and 'id="field-anyway-error"' in refused.text and deliver() == []
    write(clerk, record, anyway="1")
    assert len(deliver()) == 1 and Entry.get(Entry.what == "message.written").data["anyway"] is True
    assert "Versand der SMS ohne Zustimmung" in clerk.get(f"/outbox/{Message.get().id}").text


def test_nothing_goes_where_there_is_no_number_or_a_blocked_one(
    clerk: FlaskClient, order: Record, make_record: Make, ada: dict[str, Any], gateway: Sender
) -> None:
    silent = make_record("1051", contact={"name": "Ben", "email": "ben@example.org", "consent": {"sms": True}})
    page = clerk.get(f"/outbox/write/sms/{silent.id}").text
    assert "Es ist keine Telefonnummer hinterlegt." in page and "Nummer eintragen" in page
    with transaction():
        Suppression.create(fingerprint=fingerprint(NUMBER), reason="by_hand", at=clock.now())
    assert "Diese Nummer ist gesperrt" in clerk.get(f"/outbox/write/sms/{order.id}").text
    assert write(clerk, order, anyway="1").status_code == 422 and Message.select().count() == 0


def test_a_country_the_gateway_may_not_write_to_is_said_before_and_refused(
    clerk: FlaskClient, order: Record, gateway: Sender
) -> None:
    Contact.update(phone="+41791234567").execute()
    assert "darf nicht in dieses Land" in clerk.get(f"/outbox/write/sms/{order.id}").text
    refused = write(clerk, order)
    assert refused.status_code == 422 and 'id="field-sender-error"' in refused.text
    swiss = connect("Schweiz", countries=["CH"])
    assert "darf nicht" not in clerk.get(f"/outbox/write/sms/{order.id}").text, "the gateway that may is taken"
    assert write(clerk, order, sender=str(gateway.id)).status_code == 422
    assert write(clerk, order).status_code == 303 and Message.get().sender_id == swiss.id


def test_the_money_of_the_day_is_told_before_and_an_sms_dearer_than_a_day_is_refused(
    clerk: FlaskClient, order: Record
) -> None:
    connect("Sparsam", price="0.10", cap="0.15")
    assert "hat für heute" not in clerk.get(f"/outbox/write/sms/{order.id}").text
    write(clerk, order)
    assert len(deliver()) == 1
    page = clerk.get(f"/outbox/write/sms/{order.id}").text
    assert "geht morgen hinaus" in page and "<b>1 SMS, 0,10" in page
    refused = write(clerk, order, sms="a" * 200)
    assert refused.status_code == 422 and "kostet mehr, als das SMS-Gateway am Tag ausgeben darf" in refused.text
    assert write(clerk, order).status_code == 303 and len(deliver()) == 1, "it waits for tomorrow"
    assert Message.select().order_by(Message.id.desc()).get().reason == "money_cap"


def test_it_is_counted_while_it_is_typed_and_dear_characters_become_plain(
    clerk: FlaskClient, order: Record, gateway: Sender
) -> None:
    typed = form(clerk, order, sms="„Ihr Rad“ – fertig 🎉 {{ link }}" + "x" * 40)
    shown = clerk.post(f"/outbox/write/sms/{order.id}/preview", data=typed, headers=HTMX).text
    assert 'id="counted" hx-swap-oob="true"' in shown and "<b>2 SMS, 0,15" in shown and "/s/8fKq2LwT0vXy5ZbN3cRmPd" in shown
    page = clerk.post(f"/outbox/write/sms/{order.id}", data={**typed, "plain": "1"})
    assert page.status_code == 200 and "&#34;Ihr Rad&#34; - fertig {{ link }}" in page.text and "<b>1 SMS" in page.text
    assert Message.select().count() == 0


def test_a_gateway_switched_off_meanwhile_is_to_be_chosen_anew(clerk: FlaskClient, order: Record, gateway: Sender) -> None:
    connect("Zweites")
    typed = form(clerk, order, sender=str(gateway.id))
    senders.switch(gateway, False, "user:1")
    refused = clerk.post(f"/outbox/write/sms/{order.id}", data=typed)
    assert refused.status_code == 422 and 'id="field-sender-error"' in refused.text
    for row in Sender.select():
        senders.switch(row, False, "user:1")
    refused = clerk.post(f"/outbox/write/sms/{order.id}", data=typed)
    assert refused.status_code == 422 and "kein SMS-Gateway mehr" in refused.text and Message.select().count() == 0


def test_x8_advertising_goes_only_to_those_who_agreed_to_it_and_should_say_how_to_unsubscribe(
    clerk: FlaskClient, order: Record, gateway: Sender
) -> None:
    with transaction():
        made = Template.create(name="Rabatt", advertising=True, updated_at=clock.now(), texts={
            "de": {"subject": "", "body": "", "sms": "10 % Rabatt. {{ link }}"},
        })
    query = f"?template={made.id}"
    assert "Es ist Werbung, und" in clerk.get(f"/outbox/write/sms/{order.id}{query}").text
    assert write(clerk, order, query, anyway="1").status_code == 422 and Message.select().count() == 0
    given = {"given": True}
    Contact.update(consents={"sms": given, "advertising": given}).execute()
    page = clerk.get(f"/outbox/write/sms/{order.id}{query}").text
    assert "sagt nicht, wie man sich abmeldet" in page and "{{ abmelden.link }}" in page
    write(clerk, order, query, sms="10 % Rabatt. Abmelden: {{ unsubscribe.url }}")
    [sms] = deliver()
    assert "/u/" in bytes(sms.content).decode() and "/u/…" in Message.get().subject
