"""Who gets status pages: by kind, by source, by contact; and what becomes of messages that would carry one (M6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import app
from core import clock, journal, keys
from core.db import transaction
from emails import without_page
from emails.models import Template
from outbox.models import Mail, Message
from outbox.plan import Planned, plan_many
from pages import audience
from pages.models import Link
from records.models import Contact, Record
from rules import wanted
from rules.packs import reader
from tests.mailing import send_due

BODY = "Ihr Auftrag ist fertig.\n\n[Ansehen]({{ link }})\n\nDer Link gilt bis zum {{ link.expires }}.\n\n{{ page.file }}"
SMS = "Fertig. Einzelheiten: {{ link }}"


@pytest.fixture
def template(shop: Any) -> Template:
    with transaction():
        texts = {"de": {"subject": "Fertig", "body": BODY, "sms": SMS}}
        return Template.create(name="Fertig", kind_id="order", texts=texts, updated_at=clock.now())


def send(record: Record, template: Template, **more: Any) -> Message:
    """What a worker makes of one message to the customer now."""
    now = clock.now()
    with transaction():
        plan_many([Planned(
            rule_id=None, record_id=record.id, entry_id=None, occasion=keys.random62(8), channel="email",
            template_id=template.id, due_at=now, expires_at=now + timedelta(days=1),
            **{"sort": "status", "recipient": "customer", **more},
        )])
    while journal.read(app.READERS):
        pass
    send_due(wanted.still_wanted)
    found: Message = Message.select().order_by(Message.id.desc()).get()
    return found


def mailed() -> str:
    return bytes(Mail.select().order_by(Mail.id.desc()).get().content).decode()


def test_m6_everybody_gets_one_until_somebody_says_otherwise(template: Template, make_record: Callable[..., Record]) -> None:
    message = send(make_record("1"), template)
    assert message.link_id and "/s/" in mailed() and "Status 1.html" in mailed()


def test_m6_a_contact_who_gets_none_is_written_to_without_link_and_file(
    template: Template, make_record: Callable[..., Record]
) -> None:
    record = make_record("1")
    audience.decide(record.contact, audience.NEVER, "user:1")
    message = send(Record.get(), template)
    assert message.state == "sent" and message.link_id is None and not Link.select().exists()
    said = mailed()
    assert "Ihr Auftrag ist fertig." in said and "gilt bis zum" not in said
    assert "/s/" not in said and "Status 1.html" not in said and "Ansehen" not in said


def test_m6_kind_and_source_decide_unless_the_contact_says_otherwise(
    template: Template, make_record: Callable[..., Record]
) -> None:
    audience.choose({"order": ["webshop"], "inquiry": [audience.EVERY]}, "user:1")
    shop, counter = make_record("1", source="webshop"), make_record("2")
    inquiry = make_record("3", collection="inquiries", status="new")
    assert [audience.refusal(one, one.contact) for one in (shop, counter, inquiry)] == ["source", "", "kind"]
    audience.decide(shop.contact, audience.ALWAYS, "user:1")
    contact = Contact.get_by_id(shop.contact_id)
    assert [audience.refusal(one, contact) for one in (shop, counter, inquiry)] == ["", "", ""]


def test_m6_what_somebody_writes_by_hand_goes_as_it_is_written(
    template: Template, make_record: Callable[..., Record]
) -> None:
    audience.choose({"order": [audience.EVERY]}, "user:1")
    message = send(make_record("1"), template, actor="user:1", text=template.texts)
    assert message.link_id and "/s/" in mailed()


def test_m6_a_fresh_link_is_not_sent_to_whoever_gets_none_any_more(
    template: Template, make_record: Callable[..., Record]
) -> None:
    audience.choose({"order": [audience.EVERY]}, "user:1")
    message = send(make_record("1"), template, sort="link")
    assert (message.state, message.reason) == ("dropped", "no_page") and not Mail.select().exists()


def test_m6_people_of_the_business_always_get_it(template: Template, make_record: Callable[..., Record], ada: Any) -> None:
    audience.choose({"order": [audience.EVERY]}, "user:1")
    record = make_record("1", assignee={**ada, "name": "Ben Babbage", "email": "ben@example.org"})
    assert send(record, template, recipient="assignee").link_id and "/s/" in mailed()


@pytest.mark.parametrize("pack", ["repair-shop", "photographer", "web-shop"])
def test_m6_every_text_of_a_pack_reads_on_without_its_page(house: Flask, pack: str) -> None:
    reader.install(pack)
    for template in Template.select().where(Template.system.is_null()):
        for text in without_page.of(template).texts.values():
            for part in ("body", "sms"):
                assert "{{ link" not in text.get(part, ""), template.name
            assert text["body"] or not template.spoken("email")
            assert not text.get("sms", "").endswith(":")


def test_m6_an_admin_chooses_by_kind_and_source(admin: FlaskClient, make_record: Callable[..., Record]) -> None:
    make_record("1", source="webshop")
    form = admin.get("/pages/settings/audience").text
    assert 'value="order:webshop"' in form and 'value="order:*"' in form and 'value="booking:"' in form
    ticked = [f"{kind}:{place}" for kind in ("order", "inquiry", "booking") for place in ("*", "", "webshop")]
    admin.post("/pages/settings/audience", data={"gets": [one for one in ticked if one != "order:webshop"]})
    assert audience.left_out() == {"order": ["webshop"]}
    slot = admin.get(f"/pages/slot/{Record.get().id}").text
    assert "Vorgänge dieser Art aus dieser Quelle bekommen keine." in slot


def test_m6_the_contact_s_page_says_who_gets_one_and_why(clerk: FlaskClient, make_record: Callable[..., Record]) -> None:
    record = make_record("1")
    where = f"/pages/settings/audience/contact/{record.contact_id}"
    assert where in clerk.get(f"/contacts/{record.contact_id}").text
    assert "Bekommt zu jedem Vorgang eine." in clerk.get(where).text
    audience.choose({"order": [audience.EVERY]}, "user:1")
    shown = clerk.get(where).text
    assert "Bekommt derzeit keine." in shown and "Auftrag 1</a>: Vorgänge dieser Art bekommen keine." in shown
    answer = clerk.post(where, data={"choice": "yes"}, headers={"HX-Request": "true"})
    assert "Bekommt zu jedem Vorgang eine, wie hier gewählt." in answer.text and Contact.get().status_pages == "yes"
    assert clerk.post(where, data={"choice": "maybe"}).status_code == 400
