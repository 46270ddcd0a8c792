"""Writing a template: the test to oneself, the chips, the languages (R8)."""

from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from core.journal import Entry
from emails import blocks
from emails.models import Template
from outbox import oneself, valve
from outbox.channels.contract import Result
from outbox.models import Mail, Message
from tests.browsing import PHONE, faults
from tests.postoffice import DROP, PostOffice

TEXT = {
    "name": "Status", "kind": "order", "language": "de", "version": "0", "template": "", "record": "example",
    "subject.de": "Auftrag {{ record.number }}", "body.de": "{{ greeting }}\n\n[Status ansehen]({{ link }})",
    "subject.en": "", "body.en": "",
}
HTMX = {"HX-Request": "true"}


class Server:
    """A channel whose server says one thing."""

    name, connections = "server", 1

    def __init__(self, result: Result):
        self.result = result

    def connect(self) -> "Server":
        return self

    def deliver(self, letter: Any, mark: Any) -> Result:
        return self.result

    def close(self) -> None: ...


def test_r8_the_text_as_it_stands_goes_to_whoever_writes_it(admin, shop):
    answer = admin.post("/outbox/oneself", data=TEXT, headers=HTMX)
    mail = Mail.get()
    assert answer.status_code == 200 and "Der Test liegt im eingebauten Postfach." in answer.text
    assert (mail.recipient, mail.subject) == ("ada.admin@example.org", "Test: Auftrag 1047")
    assert b"Guten Tag Ada Lovelace" in mail.content and b"X-" not in mail.content.split(b"\r\n\r\n")[0]
    assert Message.select().count() == 0 and Entry.get(Entry.what == "message.tried").data == {"reason": "sent"}


def test_r8_the_test_shows_the_chosen_record_and_the_open_tab(admin, shop, make_record):
    record = make_record("1046")
    changed = {"language": "en", "subject.en": "Order {{ record.number }}", "body.en": "Hi", "record": str(record.id)}
    admin.post("/outbox/oneself", data={**TEXT, **changed}, headers=HTMX)
    assert Mail.get().subject == "Test: Order 1046"


def test_r8_a_test_opens_no_customer_s_page(admin, shop, make_record):
    make_record("1046")
    admin.post("/outbox/oneself", data={**TEXT, "record": ""}, headers=HTMX)
    assert b"/s/=E2=80=A6" in Mail.get().content.replace(b"=\r\n", b"")


@pytest.mark.parametrize(("verdict", "said"), [
    (Result("refused", "550 5.7.1"), "Der Mailserver hat diese Nachricht abgelehnt. (550 5.7.1)"),
    (Result("sender", "535"), "bitte prüfen Sie die Zugangsdaten. (535)"),
])
def test_r8_what_the_server_refused_is_said(admin, shop, monkeypatch, verdict, said):
    monkeypatch.setattr("outbox.oneself_views.open_channel", lambda url, host: Server(verdict))
    answer = admin.post("/outbox/oneself", data=TEXT, headers=HTMX)
    assert answer.status_code == 422 and "Der Test wurde nicht gesendet." in answer.text and said in answer.text


def test_r8_a_silent_server_is_not_waited_for_for_ever(admin, shop, monkeypatch):
    late = Event()
    monkeypatch.setattr(oneself, "PATIENCE", 0.0)
    monkeypatch.setattr(oneself, "_delivered", lambda channel, letter: late.wait(5))
    answer = admin.post("/outbox/oneself", data=TEXT, headers=HTMX)
    late.set()
    assert answer.status_code == 422 and "die Nachricht kann angekommen sein" in answer.text


def test_r8_a_faulty_text_and_a_stopped_house_send_nothing(admin, shop):
    answer = admin.post("/outbox/oneself", data={**TEXT, "body.de": "{{ nichts }}"}, headers=HTMX)
    assert answer.status_code == 422 and "„nichts“ gibt es nicht" in answer.text
    valve.stop("user:1")
    answer = admin.post("/outbox/oneself", data=TEXT, headers=HTMX)
    assert answer.status_code == 422 and "Der Versand steht" in answer.text and Mail.select().count() == 0


def test_r8_without_a_script_the_editor_comes_back_as_it_was_typed(admin, shop):
    own = Template.get(Template.system == "fresh_link")
    page = admin.post("/outbox/oneself", data={**TEXT, "template": str(own.id), "name": "Ungespeichert"})
    assert page.status_code == 200 and 'value="Ungespeichert"' in page.text and "Der Test liegt" in page.text
    assert f'action="/templates/{own.id}"' in page.text and Template.get_by_id(own.id).name == own.name


def test_r8_every_block_can_be_put_in_and_reads_as_the_language_of_its_tab(admin, shop):
    for language in ("de", "en"):
        for block in blocks.of(language):
            text = {f"subject.{language}": "x", f"body.{language}": f"Eins\n\n{block.text}\n\nZwei"}
            answer = admin.post("/templates/preview", data={**TEXT, "language": language, **text})
            assert 'formtarget="letter"' in answer.text, block.label
    assert [one.text for one in blocks.of("en")][0] == "[See the status]({{ link }})"
    assert [one.text for one in blocks.of("de")][1] == "{{ vorgang.positionen }}"


def test_r8_chips_say_name_explanation_and_sample_in_the_reader_s_words(admin, shop):
    page = admin.get("/templates/new").text
    assert 'title="{{ vorgang.nummer }} · zum Beispiel 1047"' in page
    assert 'title="{{ vorgang.offen }} · leer, sobald bezahlt ist · zum Beispiel 129,90' in page
    assert "fehlt auf Englisch" in page and "fehlt auf Deutsch" in page
    with admin.session_transaction() as session:
        session["language"] = "en"
    assert 'title="{{ record.number }} · for example 1047"' in admin.get("/templates/new").text


def test_r8_a_click_puts_a_block_apart_and_the_language_that_is_missing_is_said(house, admin, shop, address, chromium):
    cookie = admin.get_cookie("session")
    context = chromium.new_context(viewport=PHONE, locale="de-DE")
    context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(f"{address}/templates/new")
    body = page.locator("#body-de")
    body.fill("Eins\n\nZwei")
    body.evaluate("text => text.setSelectionRange(4, 4)")
    page.locator(".tongue.de").get_by_role("button", name="Posten").click()
    assert body.input_value() == "Eins\n\n{{ vorgang.positionen }}\n\nZwei"
    page.locator("#subject-de").focus()
    page.get_by_role("button", name="Nummer", exact=True).click()
    assert page.locator("#subject-de").input_value() == "{{ vorgang.nummer }}"
    missing = page.get_by_text("fehlt auf Englisch", exact=True)
    assert missing.is_visible() and not page.get_by_text("fehlt auf Deutsch", exact=True).is_visible()
    page.locator("#tongue-en").check(force=True)
    page.locator("#body-en").fill("One")
    assert not missing.is_visible() and faults(page) == []
    context.close()


@pytest.mark.parametrize(("troubles", "said", "arrived"), [
    ({}, "Der Test ist unterwegs an ada.admin@example.org.", 1),
    ({"RCPT": "550 5.1.1 no such user"}, "Der Mailserver kennt diese Adresse nicht. (550 5.1.1)", 0),
    ({"DOT": "451 4.3.0 not now"}, "(451 4.3.0)", 0),
    ({"CONNECT": DROP}, "Der Test wurde nicht gesendet.", 0),
])
def test_r8_a_real_server_s_word_comes_back(house, admin, shop, troubles, said, arrived):
    with PostOffice(faults=troubles) as office:
        house.config["STATUSBOTE"] = replace(house.config["STATUSBOTE"], smtp_url=f"smtp://127.0.0.1:{office.port}")
        answer = admin.post("/outbox/oneself", data=TEXT, headers=HTMX)
        assert said in answer.text and answer.status_code == (200 if arrived else 422)
        assert len(office.mails) == arrived and Mail.select().count() == 0
