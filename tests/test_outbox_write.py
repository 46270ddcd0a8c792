"""Writing by hand: the filled text, who may be written to, and the mail that comes of it (F1, M1)."""

import email
import email.policy
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock, settings
from core.db import transaction
from core.journal import Entry
from core.keys import fingerprint
from emails.models import Template
from outbox.models import Mail, Message, Sender, Suppression
from outbox.writing import files
from outbox.writing.models import Enclosure
from pages.place import base_url
from records.models import Contact, Location, Record
from rules import wanted
from rules.packs import reader
from tests.mailing import send_due

Make = Callable[..., Record]
DUE = datetime(2026, 12, 4, 12, tzinfo=UTC)


@pytest.fixture
def order(shop: dict[str, Location], make_record: Make) -> Record:
    """An order of Ada's with an open amount."""
    settings.put("company", {
        **settings.get("company"), "iban": "DE89370400440532013000", "account_holder": "Radhaus Lindner",
    })
    items = [{"name": "Komplettinspektion", "quantity": 1, "price": "89.90"}]
    return make_record("1047", total=Decimal("89.90"), currency="EUR", items=items, due_at=DUE, location="berlin")


def form(client: FlaskClient, record: Record, query: str = "", **typed: str) -> dict[str, str]:
    """What the page's form would send as it was opened, with what was typed over it."""
    page = client.get(f"/outbox/write/{record.id}{query}").text
    own = page[page.index('id="write"'):]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', own))
    texts = dict(re.findall(r'<textarea id="(\w+)".*?>\n(.*?)</textarea>', own, re.S))
    ticked = dict(re.findall(r'<input type="checkbox" [^>]*name="(\w+)" value="(\w+)" checked', own))
    return hidden | ticked | {name: unescaped(text) for name, text in texts.items()} | typed


def unescaped(text: str) -> str:
    return text.replace("&#34;", '"').replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def deliver() -> list[Any]:
    """Sends what is due into the built-in mailbox, as the worker does; the mails there, read back."""
    send_due(wanted.still_wanted)
    return [email.message_from_bytes(bytes(mail.content), policy=email.policy.default) for mail in Mail.select()]


def parts(mail: Any) -> tuple[str, str]:
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def test_f1_a_reminder_opens_filled_with_the_orders_data_and_goes_out_as_edited(clerk: FlaskClient, order: Record) -> None:
    assert f"/outbox/write/{order.id}?as=reminder" in clerk.get("/records/orders/1047").text
    typed = form(clerk, order, "?as=reminder")
    assert typed["subject"] == "Zahlungserinnerung zu Auftrag 1047"
    for said in ("Guten Tag Ada Lovelace,", "**89,90\u00a0€**", "fällig am 4.\u00a0Dezember\u00a02026", "{{ link }}"):
        assert said in typed["body"] or said.replace("\u00a02026", " 2026") in typed["body"], said
    assert "record." not in typed["body"].replace("record.items", "")
    typed["body"] = typed["body"].replace("Haben Sie schon bezahlt", "Rufen Sie uns gern an. Haben Sie schon bezahlt")
    answer = clerk.post(f"/outbox/write/{order.id}", data=typed)
    assert (answer.status_code, answer.location) == (303, "/records/orders/1047")
    [mail] = deliver()
    plain, html = parts(mail)
    assert mail["To"] == "Ada Lovelace <ada@example.org>" and mail["Subject"] == "Zahlungserinnerung zu Auftrag 1047"
    for text in (plain, html):
        assert "Rufen Sie uns gern an." in text and "89,90" in text and "/s/" in text and "Komplettinspektion" in text
        assert "{{" not in text
    assert "DE89 3704 0044 0532 0130 00" in plain.replace("\u00a0", " ")
    message = Message.get()
    assert (message.state, message.sort, message.rule_id) == ("sent", "payment", None)


def test_f1_the_reminder_of_a_pack_is_taken_before_the_houses_own(clerk: FlaskClient, order: Record) -> None:
    reader.install("photographer")
    assert "zu Ihrer Bestellung von Downloads" in form(clerk, order, "?as=reminder")["body"]


def test_f1_a_reminder_that_waits_is_dropped_when_the_payment_is_in(
    clerk: FlaskClient, order: Record, make_record: Make
) -> None:
    tomorrow = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, "?as=reminder", date=tomorrow, time="09:00"))
    message = Message.get()
    assert message.state == "planned" and message.due_at > clock.now() and deliver() == []
    make_record("1047", paid_at=clock.now())
    Message.update(due_at=clock.now()).execute()
    assert deliver() == []
    message = Message.get()
    assert (message.state, message.reason) == ("dropped", "paid")


def test_nobody_is_reminded_of_what_is_paid(clerk: FlaskClient, order: Record, make_record: Make) -> None:
    make_record("1047", paid_at=clock.now())
    assert "as=reminder" not in clerk.get("/records/orders/1047").text
    assert "Zahlungserinnerung" not in form(clerk, order, "?as=reminder")["subject"]


def test_m1_an_email_with_the_status_page_as_link_and_as_file_and_its_writer_told(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order, subject="Neues zu 1047")
    assert "{{ link }}" in typed["body"] and "Neu" in typed["body"]
    clerk.post(f"/outbox/write/{order.id}", data=typed)
    [mail] = deliver()
    assert mail["Subject"] == "Neues zu 1047" and all("/s/" in text for text in parts(mail))
    [file] = mail.iter_attachments()
    assert file.get_filename() == "Status 1047.html" and "Auftrag 1047" in file.get_content()
    story = clerk.get(f"/outbox/for/{order.id}", headers={"HX-Request": "true"}).text
    assert "Geschrieben von Cem Clerk." in story
    message = Message.get()
    assert "Von Hand geschrieben" in clerk.get(f"/outbox/{message.id}").text
    [line] = Entry.select().where(Entry.what == "message.written")
    assert line.data == {"message": message.id} and line.actor == message.actor


def test_the_text_comes_in_the_readers_language(
    clerk: FlaskClient, shop: Any, make_record: Make, ada: dict[str, Any]
) -> None:
    english = make_record("1048", contact={**ada, "language": "en"}, total=Decimal("12.50"), currency="EUR")
    typed = form(clerk, english, "?as=reminder")
    assert typed["language"] == "en" and "Hello Ada Lovelace," in typed["body"] and "€12.50" in typed["body"]


def test_sent_twice_it_goes_out_once(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order)
    assert [clerk.post(f"/outbox/write/{order.id}", data=typed).status_code for _ in range(2)] == [303, 303]
    assert len(deliver()) == 1 and Entry.select().where(Entry.what == "message.written").count() == 1
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order))
    assert Message.select().count() == 2, "whoever opens the page again writes another one"


@pytest.mark.parametrize("name", [
    "{{ company.iban }} {% if link %}", "[hier](https://evil.example) **Ada**", "&#123;&#123; link &#125;&#125;",
    "<script>alert(1)</script> <https://evil.example>", "Ada, Bcc: evil@example.org", "# 1. `x` ![a](b)",
])
def test_what_strangers_named_themselves_stays_words(
    clerk: FlaskClient, shop: Any, make_record: Make, ada: dict[str, Any], name: str
) -> None:
    record = make_record("1049", contact={**ada, "name": name}, items=[{"name": name, "quantity": 1}], location="berlin")
    with transaction():
        Template.create(name="Alles", updated_at=clock.now(), texts={"de": {
            "subject": "An {{ customer.name }} {{ record.number }}",
            "body": "{{ customer.name }}\n\n{% for it in record.items %}\n- {{ it.name }}\n{% endfor %}\n\n[Z]({{ link }})",
        }})
    template = Template.get(Template.name == "Alles")
    typed = form(clerk, record, f"?template={template.id}")
    assert "{%" not in typed["body"] and typed["body"].count("{{") == 1
    assert clerk.post(f"/outbox/write/{record.id}", data=typed).status_code == 303
    [mail] = deliver()
    html = parts(mail)[1]
    assert "Bcc" not in mail and mail["To"].count("@") == 1
    assert "<script" not in html and "<strong" not in html and "<code" not in html
    assert set(re.findall(r'href="(\w+://[^/"]+)', html)) == {base_url(), "https://radhaus-lindner.example"}


@pytest.mark.parametrize(("field", "text"), [
    ("body", "Hallo {{ gibt.es.nicht }}"), ("body", ""), ("subject", ""), ("body", "[x](javascript:alert)"),
    ("subject", "{% if"),
])
def test_bad_words_are_refused_at_their_field_and_kept(clerk: FlaskClient, order: Record, field: str, text: str) -> None:
    answer = clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, **{"subject": "S", "body": "B", field: text}))
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert (text or "aria-invalid") in unescaped(answer.text) and Message.select().count() == 0


def test_without_consent_it_takes_a_tick_that_is_written_down(
    clerk: FlaskClient, shop: Any, make_record: Make, ada: dict[str, Any]
) -> None:
    record = make_record("1050", contact={**ada, "consent": {"email": False}})
    assert 'name="anyway"' in clerk.get(f"/outbox/write/{record.id}").text
    refused = clerk.post(f"/outbox/write/{record.id}", data=form(clerk, record))
    assert refused.status_code == 422 and 'id="field-anyway-error"' in refused.text and deliver() == []
    clerk.post(f"/outbox/write/{record.id}", data=form(clerk, record, anyway="1"))
    assert len(deliver()) == 1
    assert Entry.get(Entry.what == "message.written").data["anyway"] is True
    assert "ohne Zustimmung" in clerk.get(f"/outbox/{Message.get().id}").text


def test_a_tick_for_somebody_who_has_agreed_means_nothing(clerk: FlaskClient, order: Record) -> None:
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, anyway="1", date="2099-01-01", time="09:00"))
    assert Message.select().count() == 0, "too far ahead"
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, anyway="1"))
    assert not Message.get().anyway


def test_nobody_is_written_to_at_a_blocked_or_missing_address(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order)
    with transaction():
        Suppression.insert(fingerprint=fingerprint("ada@example.org"), reason="bounced", at=clock.now()).execute()
    page = clerk.get(f"/outbox/write/{order.id}").text
    assert "gesperrt" in page and f"/contacts/{order.contact_id}" in page and ">Senden" not in page
    assert clerk.post(f"/outbox/write/{order.id}", data=typed).status_code == 422
    with transaction():
        Contact.update(email=None).execute()
    assert f"/contacts/{order.contact_id}/edit" in clerk.get(f"/outbox/write/{order.id}").text
    assert clerk.post(f"/outbox/write/{order.id}", data=typed).status_code == 422
    assert Message.select().count() == 0


@pytest.mark.parametrize(
    ("day", "hour", "field"), [("2020-01-01", "09:00", "date"), ("2030-01-01", "", "time"), ("x", "y", "date")],
)
def test_a_moment_that_makes_no_sense_is_refused(clerk: FlaskClient, order: Record, day: str, hour: str, field: str) -> None:
    answer = clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, date=day, time=hour))
    assert answer.status_code == 422 and f'id="field-{field}-error"' in answer.text and Message.select().count() == 0


def test_it_may_go_to_the_locations_manager_instead(clerk: FlaskClient, order: Record) -> None:
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, "?to=manager"))
    [mail] = deliver()
    assert mail["To"] == "Mira Aydın <mira@radhaus-lindner.example>" and "Mira" in parts(mail)[0]


def test_what_was_written_goes_out_though_the_template_is_gone(clerk: FlaskClient, order: Record) -> None:
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, subject="Bleibt"))
    with transaction():
        Template.delete().where(Template.id == Message.get().template_id).execute()
    assert [mail["Subject"] for mail in deliver()] == ["Bleibt"]


def test_the_preview_follows_the_text_and_changes_nothing(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order, subject="Betreff {{ record.number }}")
    assert "Betreff 1047" in clerk.post(f"/outbox/write/{order.id}/preview", data=typed).text
    letter = clerk.post(f"/outbox/write/{order.id}/letter", data=typed)
    assert "sandbox" in letter.headers["Content-Security-Policy"] and "Guten Tag Ada Lovelace" in letter.text
    wrong = clerk.post(f"/outbox/write/{order.id}/preview", data={**typed, "body": "{{ quatsch }}"}).text
    assert "quatsch" in wrong and "<iframe" not in wrong
    assert Message.select().count() == 0


def sender(label: str = "Werkstatt", **more: Any) -> Sender:
    with transaction():
        return Sender.create(
            label=label, host="127.0.0.1", port=1, tls="none", from_address="w@example.org", created_at=clock.now(), **more
        )


def test_the_sender_is_chosen_among_those_the_writer_may_use(clerk: FlaskClient, order: Record) -> None:
    ours, theirs = sender(), sender("Chefin", users=[999])
    page = clerk.get(f"/outbox/write/{order.id}").text
    assert "Adresse des Betriebs" in page and "Werkstatt (w@example.org)" in page and "Chefin" not in page
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, sender=str(ours.id)))
    assert Message.get().sender_id == ours.id
    refused = clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, sender=str(theirs.id), body="Bleibt stehen"))
    assert refused.status_code == 422 and 'id="field-sender-error"' in refused.text and "Bleibt stehen" in refused.text
    assert Message.select().count() == 1


def test_m1_the_status_page_goes_along_by_a_tick_whatever_the_template_says(clerk: FlaskClient, order: Record) -> None:
    plain = {"subject": "Kurz", "body": "Nur ein Wort."}
    assert form(clerk, order)["page"] == "1", "the status e-mail begins with the tick"
    assert "datei" not in form(clerk, order)["body"], "and without a placeholder for it"
    assert "page" not in form(clerk, order, "?as=reminder")
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, "?as=reminder", page="1", **plain))
    clerk.post(f"/outbox/write/{order.id}", data={**form(clerk, order, **plain), "page": ""})
    reminder, status = deliver()
    assert [file.get_filename() for file in reminder.iter_attachments()] == ["Status 1047.html"]
    assert list(status.iter_attachments()) == []


def test_f1_the_code_for_banking_apps_goes_along_by_a_tick(clerk: FlaskClient, order: Record, make_record: Make) -> None:
    assert 'name="pay"' not in clerk.get(f"/outbox/write/{order.id}?as=reminder").text, "this text shows it already"
    clerk.post(f"/outbox/write/{order.id}", data=form(clerk, order, body="Bitte denken Sie daran.", pay="1"))
    [mail] = deliver()
    plain, html = parts(mail)
    assert "DE89 3704 0044 0532 0130 00" in plain.replace("\u00a0", " ") and "cid:payment" in html
    make_record("1047", paid_at=clock.now())
    assert 'name="pay"' not in clerk.get(f"/outbox/write/{order.id}").text


def test_m1_from_the_contact_the_newest_record_is_chosen_and_others_may_be(
    clerk: FlaskClient, order: Record, make_record: Make
) -> None:
    newer = make_record("1051")
    contact = order.contact_id
    assert f"/outbox/write/contact/{contact}" in clerk.get(f"/contacts/{contact}").text
    page = clerk.get(f"/outbox/write/contact/{contact}").text
    assert f'<option value="{newer.id}" selected>' in page and "Auftrag 1051: Neu" in page
    assert page.index("Auftrag 1051 ·") < page.index("Auftrag 1047 ·")
    other = clerk.get(f"/outbox/write/contact/{contact}?record={order.id}").text
    assert f'<option value="{order.id}" selected>' in other and f'action="/outbox/write/{order.id}"' in other
    stranger = make_record("1052", contact={"name": "Ben", "email": "ben@example.org"})
    assert f'<option value="{newer.id}" selected>' in clerk.get(
        f"/outbox/write/contact/{contact}?record={stranger.id}"
    ).text, "only their own records"


PDF, PNG = b"%PDF-1.7\n" + b"x" * 900, b"\x89PNG\r\n\x1a\n" + b"x" * 900
MEGA = 1024 * 1024


def attach(client: FlaskClient, token: str, *given: tuple[str, bytes], **more: str) -> Any:
    return client.post("/outbox/write/files", data={
        "token": token, "files": [(BytesIO(data), name) for name, data in given], **more,
    })


def test_files_of_ones_own_go_along_under_harmless_names(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order, page="")
    answer = attach(clerk, typed["token"], ("Prüfbericht März.exe", PDF), ("../../etc/<b>.png", PNG))
    assert answer.status_code == 200 and "Pruefbericht Maerz.pdf" in answer.text and answer.headers["HX-Trigger"] == "kept"
    assert "Pruefbericht Maerz.pdf" in clerk.post(f"/outbox/write/{order.id}/preview", data=typed).text
    clerk.post(f"/outbox/write/{order.id}", data=typed)
    assert "Pruefbericht Maerz.pdf" in clerk.get(f"/outbox/{Message.get().id}").text, "the message's page names it"
    [mail] = deliver()
    sent = {file.get_filename(): (file.get_content_type(), file.get_content()) for file in mail.iter_attachments()}
    assert sent == {"Pruefbericht Maerz.pdf": ("application/pdf", PDF), "b.png": ("image/png", PNG)}


def test_without_a_script_a_file_comes_with_the_form_and_what_was_typed_stays(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order, body="Anbei der Bericht.", subject="Bericht")
    kept = clerk.post(f"/outbox/write/{order.id}", data={**typed, "keep": "1", "files": (BytesIO(PDF), "a.pdf")})
    assert kept.status_code == 200 and "a.pdf" in kept.text and "Anbei der Bericht." in kept.text
    [file] = Enclosure.select()
    gone = clerk.post(f"/outbox/write/{order.id}", data={**typed, "drop": file.key})
    assert "a.pdf" not in gone.text and Enclosure.select().count() == 0
    assert clerk.post(f"/outbox/write/{order.id}", data={**typed, "files": (BytesIO(PDF), "b.pdf")}).status_code == 303
    assert Message.get().files == [Enclosure.get().key]


@pytest.mark.parametrize(("name", "data", "said"), [
    ("rechnung.pdf", b"MZ\x90\x00" + b"x" * 90, "weder ein PDF"), ("seite.html", b"<script>1</script>", "weder ein PDF"),
    ("gross.pdf", PDF + b"x" * 5 * MEGA, "höchstens 5"),
])
def test_what_cannot_be_attached_is_said_at_its_field_and_the_words_stay(
    clerk: FlaskClient, order: Record, name: str, data: bytes, said: str
) -> None:
    typed = form(clerk, order, body="Anbei der Bericht.")
    answer = clerk.post(f"/outbox/write/{order.id}", data={**typed, "files": (BytesIO(data), name)})
    assert answer.status_code == 422 and 'id="field-files-error"' in answer.text
    assert f"„{name}“" in answer.text and said in answer.text and "Anbei der Bericht." in answer.text
    assert Message.select().count() == Enclosure.select().count() == 0


def test_all_files_together_have_their_limit(clerk: FlaskClient, order: Record) -> None:
    token, big = form(clerk, order)["token"], PDF + b"x" * (4 * MEGA)
    assert attach(clerk, token, ("a.pdf", big), ("b.pdf", big)).status_code == 200
    third = attach(clerk, token, ("c.pdf", big))
    assert third.status_code == 422 and "zusammen" in third.text and Enclosure.select().count() == 2


def test_nobody_sends_or_drops_a_colleagues_file(clerk: FlaskClient, admin: FlaskClient, order: Record) -> None:
    typed = form(clerk, order)
    attach(clerk, typed["token"], ("a.pdf", PDF))
    assert "a.pdf" not in attach(admin, typed["token"], drop=Enclosure.get().key).text
    admin.post(f"/outbox/write/{order.id}", data=typed)
    assert Enclosure.select().count() == 1 and Message.get().files is None


def test_files_are_forgotten_a_day_after_nobody_sent_them_and_90_days_after_somebody_did(
    clerk: FlaskClient, order: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, sent, now = form(clerk, order)["token"], form(clerk, order), clock.now()
    attach(clerk, begun, ("a.pdf", PDF))
    attach(clerk, sent["token"], ("b.pdf", PDF))
    clerk.post(f"/outbox/write/{order.id}", data=sent)

    def left(days: int) -> list[str]:
        monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=days))
        files.forget()
        return [file.name for file in Enclosure.select()]

    files.forget()
    assert Enclosure.select().count() == 2
    assert left(2) == ["b.pdf"]
    assert left(100) == ["b.pdf"], "it has not left yet"
    Message.update(state="sent", sent_at=now + timedelta(days=100)).execute()
    assert left(189) == ["b.pdf"] and left(191) == []


def test_a_letter_whose_file_is_gone_does_not_go_out_without_it(clerk: FlaskClient, order: Record) -> None:
    typed = form(clerk, order)
    attach(clerk, typed["token"], ("a.pdf", PDF))
    clerk.post(f"/outbox/write/{order.id}", data=typed)
    Enclosure.delete().execute()
    assert deliver() == [] and (Message.get().state, Message.get().reason) == ("failed", "file_gone")


def test_a_stranger_cannot_make_the_house_read_a_large_request(client: FlaskClient, house: Flask) -> None:
    house.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/outbox/write/files", data={"files": (BytesIO(b"x" * MEGA), "a.pdf")}).status_code == 413
