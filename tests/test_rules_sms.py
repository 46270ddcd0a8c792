"""Rules by SMS: written, checked, previewed, tried out and changed together (R4, R5, R12, X2, X8)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import READERS
from core import clock, i18n, journal
from core.db import transaction
from emails.models import Template
from outbox.models import Mail, Message, Sender
from records.models import Record
from rules import index, jobs, lint, wanted, words
from rules.lint.house import House
from rules.models import Rule
from rules.replay import parts
from rules.replay.world import Foreseen
from tests.mailing import send_due

Make = Callable[..., Record]
HTMX = {"HX-Request": "true"}
SMS = "{{ company.name }}: {{ record.number }} fertig. {{ link }}"
MAIL = {"subject": "Auftrag", "body": "{{ greeting }} {{ link }}"}


@pytest.fixture
def short(house: Flask) -> Template:
    with transaction():
        texts = {"de": {**MAIL, "sms": SMS}, "en": {**MAIL, "sms": SMS}}
        return Template.create(name="Kurz", texts=texts, updated_at=clock.now())


@pytest.fixture
def gateway(house: Flask) -> Sender:
    with transaction():
        settings = {"price": "0.075", "currency": "EUR", "countries": ["DE"]}
        return Sender.create(
            type="mailbox", label="Probe", host="", port=0, tls="none", from_address="", settings=settings,
            created_at=clock.now(),
        )


@pytest.fixture
def filled(short: Template) -> dict[str, Any]:
    return {
        "save": "1", "kind": "order", "trigger": "created", "who-0": "customer", "template-0": str(short.id), "on": "1",
        "name": "Eingang", "channel": "sms",
    }


@pytest.fixture
def texted(short: Template, gateway: Sender) -> Rule:
    now, recipient = clock.now(), {"who": "customer", "address": "", "template": short.id}
    return Rule.create(
        name="Eingang per SMS", kind="order", trigger="created", recipients=[recipient], on=True, since=now,
        channel="sms", sender_id=gateway.id, created_at=now, updated_at=now,
    )


def read() -> None:
    while journal.read(READERS):
        pass


def test_r4_a_rule_by_sms_plans_sms_through_its_gateway(
    admin: FlaskClient, filled: dict[str, Any], gateway: Sender, make_record: Make
) -> None:
    assert admin.post("/rules/new", data={**filled, "sender": str(gateway.id)}).status_code == 302
    rule = Rule.get()
    assert (rule.channel, rule.sender_id) == ("sms", gateway.id)
    assert "erhält der Kunde sofort die SMS Kurz." in words.sentence(rule, words.names()).striptags()
    make_record("1001")
    read()
    assert [(m.channel, m.sender_id) for m in Message.select()] == [("sms", gateway.id)]
    page = admin.get(f"/rules/{rule.id}").text
    assert '<option value="sms" selected>eine SMS' in page and f'<option value="{gateway.id}" selected>Probe' in page


def test_r5_without_a_gateway_a_link_leads_to_one_and_the_rule_stays_off(admin: FlaskClient, filled: dict[str, Any]) -> None:
    refused = admin.post("/rules/new", data=filled)
    assert refused.status_code == 422 and 'href="/senders/new"' in refused.text and "Gateway verbinden" in refused.text
    del filled["on"]
    assert admin.post("/rules/new", data=filled).status_code == 302
    rule = Rule.get()
    assert (rule.on, rule.sender_id, index.fault_of(rule)) == (False, None, "gateway")
    assert admin.post(f"/rules/{rule.id}/switch", data={"on": "1"}, headers=HTMX).status_code == 422
    assert not Rule.get().on and "verbinden Sie unter" in admin.get("/rules?kind=order").text


@pytest.mark.parametrize(("given", "said"), [
    ({"who-0": "address", "address-0": "ada@example.org"}, "Das ist keine Telefonnummer."),
    ({"who-0": "address", "address-0": ""}, "Die Telefonnummer fehlt."),
    ({"template-0": "new", "sms-0": ""}, "Der Text fehlt."),
    ({"template-0": "new", "sms-0": "{{ record.items }}"}, "kann nicht in einer SMS stehen"),
    ({"sender": ""}, "Eine SMS geht über ein Gateway hinaus"),
    ({"sender": "999"}, "Bitte wählen Sie einen Absender."),
])
def test_what_does_not_fit_an_sms_is_refused_and_kept(
    admin: FlaskClient, filled: dict[str, Any], gateway: Sender, given: dict[str, str], said: str
) -> None:
    answer = admin.post("/rules/new", data={**filled, "sender": str(gateway.id), **given})
    assert answer.status_code == 422 and said in answer.text and not Rule.select().exists()


def test_a_template_without_an_sms_is_refused_by_its_name(
    admin: FlaskClient, filled: dict[str, Any], letter: Template, gateway: Sender
) -> None:
    answer = admin.post("/rules/new", data={**filled, "sender": str(gateway.id), "template-0": str(letter.id)})
    assert answer.status_code == 422 and "„Auftragsstatus“ hat noch keine SMS" in answer.text
    assert "Auftragsstatus (keine SMS)" in answer.text


def test_an_account_for_mails_sends_no_sms(admin: FlaskClient, filled: dict[str, Any]) -> None:
    with transaction():
        mails = Sender.create(label="W", host="x", port=1, tls="none", from_address="w@example.org", created_at=clock.now())
    assert admin.post("/rules/new", data={**filled, "sender": str(mails.id)}).status_code == 422


def test_choosing_sms_brings_the_only_gateway_and_a_short_text(
    admin: FlaskClient, filled: dict[str, Any], gateway: Sender
) -> None:
    del filled["save"]
    shown = admin.post("/rules/new", data={**filled, "template-0": "new", "who-0": "address"}, headers=HTMX).text
    assert f'<option value="{gateway.id}" selected>Probe' in shown
    assert 'name="sms-0"' in shown and 'name="body-0"' not in shown
    assert "{{ company.name }}: {{ record.kind }}" in shown and 'type="tel" name="address-0"' in shown


def test_a_new_sms_is_written_in_the_builder(admin: FlaskClient, filled: dict[str, Any], gateway: Sender) -> None:
    new = {**filled, "sender": str(gateway.id), "template-0": "new", "sms-0": SMS, "who-0": "address",
           "address-0": "030 123456"}
    assert admin.post("/rules/new", data=new).status_code == 302
    rule = Rule.get()
    assert rule.recipients[0]["address"] == "+4930123456"
    made = Template.get_by_id(rule.recipients[0]["template"])
    assert made.texts == {"de": {"subject": "", "body": "", "sms": SMS}}


def test_beside_it_stands_the_sms_with_what_it_takes(
    admin: FlaskClient, filled: dict[str, Any], shop: Any, make_record: Make, gateway: Sender
) -> None:
    make_record("1001")
    side = admin.post("/rules/preview", data={**filled, "sender": str(gateway.id)}).text
    assert "Radhaus Lindner: 1001 fertig. http://" in side
    assert "von 160 Zeichen" in side and "<b>1 SMS, 0,075\u00a0€</b>" in side
    assert "Diese Person hat SMS nicht zugestimmt" in side and "<iframe" not in side and "+4930123456" in side


def test_x8_what_an_sms_costs_and_lacks_is_said(texted: Rule, short: Template, letter: Template) -> None:
    def remarks() -> str:
        with i18n.speaking("de"):
            return " ".join(str(one.sentence) for one in lint.of(Rule.get_by_id(texted.id), House()))

    assert remarks() == ""
    short.texts = {"de": {**MAIL, "sms": "„Fertig“ {{ link }}"}, "en": MAIL}
    short.save()
    with i18n.speaking("de"):
        said = " ".join(str(one.sentence) for one in lint.of(texted, House()))
    assert "„ “ in der Vorlage „Kurz“ (Deutsch) kann eine SMS doppelt so teuer machen" in said
    short.texts = {"de": {**MAIL, "sms": "a" * 200}}
    short.save()
    assert "braucht mindestens 2 Teile" in remarks()
    short.texts = {"de": MAIL}
    short.save()
    assert "Die Vorlage „Kurz“ hat keine SMS" in remarks()


def test_x8_readers_of_another_language_count_the_languages_of_the_sms(
    texted: Rule, short: Template, make_record: Make, ada: dict[str, Any]
) -> None:
    make_record("1001", contact={**ada, "language": "en"})
    short.texts = {"de": {**MAIL, "sms": SMS}, "en": MAIL}
    short.save()
    with i18n.speaking("de"):
        assert any("keine SMS in dieser Sprache: English" in str(one.sentence) for one in lint.of(texted, House()))


def test_r12_many_rules_change_their_channel_in_one_go(
    admin: FlaskClient, rule: Rule, short: Template, letter: Template, gateway: Sender
) -> None:
    other = Rule.create(**{**rule.__data__, "id": rule.id + 1, "name": "Kurz",
                           "recipients": [{"who": "customer", "address": "", "template": short.id}]})
    asked = {"kind": "order", "rule": [str(rule.id), str(other.id)], "channel": "sms"}
    shown = admin.post("/rules/many", data=asked).text
    assert "„Auftragsstatus“ hat noch keine SMS" in shown and "Kanal" in shown and "<ins>" in shown
    assert admin.post("/rules/many", data={**asked, "save": "1"}).status_code == 302
    rows = {row.id: (row.channel, row.sender_id) for row in Rule.select()}
    assert rows == {rule.id: ("email", None), other.id: ("sms", gateway.id)}
    back = {"kind": "order", "rule": [str(other.id)], "channel": "email", "save": "1"}
    admin.post("/rules/many", data=back)
    assert (Rule.get_by_id(other.id).channel, Rule.get_by_id(other.id).sender_id) == ("email", None)


def test_r12_without_a_gateway_rules_that_are_on_stay_as_they_are(admin: FlaskClient, rule: Rule, short: Template) -> None:
    Rule.update(recipients=[{"who": "customer", "address": "", "template": short.id}]).execute()
    asked = {"kind": "order", "rule": [str(rule.id)], "channel": "sms"}
    shown = admin.post("/rules/many", data=asked).text
    assert "Eine SMS geht über ein Gateway hinaus" in shown and "Gateway verbinden" in shown
    admin.post("/rules/many", data={**asked, "save": "1"})
    assert Rule.get().channel == "email"


def test_x2_a_trial_counts_sms_and_their_parts(make_record: Make, shop: Any, short: Template) -> None:
    short.texts = {"de": {**MAIL, "sms": SMS + " {{ record.fields.note }}"}}
    short.save()
    records = [make_record(f"10{n}") for n in range(4)]
    Record.update(fields={"note": "ä" * 100}).where(Record.id.in_([records[1].id, records[3].id])).execute()
    now = clock.now()
    went = [Foreseen(one.id, "customer", "+49", now, now.date(), template=short.id) for one in records]
    assert parts.of(went) == {"parts": 6, "longer": 2}
    assert parts.of([one for one in went for _n in range(200)]) == {"parts": 1200, "longer": 400}
    assert parts.of([]) == {"parts": 0, "longer": 0}


def test_x2_a_trial_tells_what_the_sms_would_have_cost(
    admin: FlaskClient, filled: dict[str, Any], gateway: Sender, shop: Any, make_record: Make, ada: dict[str, Any]
) -> None:
    ben = {"name": "Ben", "email": "ben@example.org", "phone": "+4930123457"}
    for number, contact in (("1001", ada), ("1002", ada), ("1003", ben)):
        make_record(number, contact={**contact, "consent": {"sms": contact is ada}})
    asked = {**filled, "sender": str(gateway.id)}
    del asked["save"]
    place = admin.post("/rules/replay", data=asked, headers=HTMX).headers["Location"]
    jobs.run_all("host.0:a")
    page = admin.get(place, headers=HTMX).text
    assert "<dt>SMS</dt><dd>2</dd>" in page and "<dt>Teile, zusammen 0,15\u00a0€</dt><dd>2</dd>" in page
    assert "hat dem Empfang von SMS nicht zugestimmt" in page
    without = admin.post("/rules/replay", data={**asked, "sender": ""}, headers=HTMX)
    assert without.status_code == 303
    jobs.run_all("host.0:a")
    assert "<dt>Teile, die bezahlt werden</dt><dd>2</dd>" in admin.get(without.headers["Location"], headers=HTMX).text


def test_r4_from_the_shop_to_the_phone(texted: Rule, shop: Any, make_record: Make, ada: dict[str, Any]) -> None:
    make_record("1001", contact={**ada, "language": "en", "consent": {"sms": True}})
    make_record("1002", contact={"name": "Ben", "phone": "+4930123457", "consent": {"sms": False}})
    make_record("1003", contact={"name": "Cem", "email": "cem@example.org", "consent": {"sms": True}})
    read()
    send_due(wanted.still_wanted)
    ends = {one.record.number: (one.state, one.reason) for one in Message.select()}
    assert ends == {"1001": ("sent", ""), "1002": ("dropped", "no_consent"), "1003": ("dropped", "no_address")}
    kept = Mail.get()
    assert (kept.recipient, kept.channel) == ("+4930123456", "sms")
    assert kept.content.decode().startswith("Radhaus Lindner: 1001 fertig. http") and Mail.select().count() == 1
