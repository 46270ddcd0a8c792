"""Writing to many by hand: one text filled for each, who gets it and who does not and why, and each gets it once."""

import re
import time
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, rows
from core.db import transaction
from core.journal import Entry
from core.keys import fingerprint
from emails.models import Template
from outbox.models import Message, Suppression
from records.models import Contact, Kind, Record
from tests.test_outbox_write import attach, deliver, parts, unescaped

Make = Callable[..., Record]
PDF = b"%PDF-1.7\n" + b"x" * 90


def person(name: str, language: str = "de", consent: bool = True, **more: Any) -> dict[str, Any]:
    given = {"name": name, "email": f"{name.lower()}@example.org", "language": language, "consent": {"email": consent}}
    return given | more


@pytest.fixture
def orders(shop: Any, make_record: Make) -> dict[str, Record]:
    """Ada and Ben may be written to, Ben in English; Cem has not agreed."""
    return {name: make_record(number, contact=given, total=Decimal("12.50"), currency="EUR") for name, number, given in (
        ("ada", "1001", person("Ada")), ("ben", "1002", person("Ben", "en")), ("cem", "1003", person("Cem", consent=False)),
    )}


def ids(orders: dict[str, Record]) -> list[str]:
    return [str(order.id) for order in orders.values()]


def form(client: FlaskClient, records: list[str], **typed: str) -> dict[str, Any]:
    """What the page's form would send as it was opened about these records, with what was typed over it."""
    page = client.post("/outbox/write/many", data={"record": records, "template": typed.pop("template", "")})
    assert page.status_code == 200, page.location
    own = page.text[page.text.index('id="write"'):]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', own))
    texts = dict(re.findall(r'<textarea id="([\w-]+)".*?>\n(.*?)</textarea>', own, re.S))
    return hidden | {name: unescaped(text) for name, text in texts.items()} | typed


def check(client: FlaskClient, typed: dict[str, Any]) -> str:
    answer = client.post("/outbox/write/many", data=typed | {"do": "check"})
    assert answer.status_code == 200
    return unescaped(answer.text)


def send(client: FlaskClient, typed: dict[str, Any], go: list[str], **more: str) -> Any:
    return client.post("/outbox/write/many", data=typed | {"do": "send", "go": go} | more)


def going(page: str) -> list[str]:
    return re.findall(r'name="go" value="(\d+)" checked', page)


def test_the_list_lets_people_mark_records_to_write_to(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    page = clerk.get("/records/orders?q=100").text
    for order in orders.values():
        assert f'form="marked" name="record" value="{order.id}"' in page
    assert 'action="/outbox/write/many"' in page and '<input type="hidden" form="marked" name="q" value="100">' in page
    everything = clerk.post("/outbox/write/many", data={"collection": "orders", "all": "1", "q": "1002"})
    assert f'name="records" value="{orders["ben"].id}"' in everything.text
    nothing = clerk.post("/outbox/write/many", data={"collection": "orders"})
    assert (nothing.status_code, nothing.location) == (303, "/records/orders")


def test_one_text_keeps_its_placeholders_and_is_filled_for_each_in_their_language(
    clerk: FlaskClient, orders: dict[str, Record]
) -> None:
    typed = form(clerk, ids(orders))
    assert "{{" in typed["subject-de"] and "{{" in typed["body-en"]
    typed["subject-de"] = "{{ auftrag.nummer }} für {{ kunde.name }}"
    page = check(clerk, typed)
    assert going(page) == [str(orders["ada"].id), str(orders["ben"].id)]
    assert "1001 für Ada" in page and "Order 1002: New" in page
    answer = send(clerk, typed, going(page))
    assert (answer.status_code, answer.location) == (303, f"/outbox/write/many/{typed['token']}")
    mails = {mail["To"].addresses[0].addr_spec: mail for mail in deliver()}
    assert mails["ada@example.org"]["Subject"] == "1001 für Ada" and "Guten Tag Ada" in parts(mails["ada@example.org"])[0]
    assert "Hello Ben" in parts(mails["ben@example.org"])[0] and len(mails) == 2
    lines = Entry.select().where(Entry.what == "message.written")
    assert {line.record_id for line in lines} == {orders["ada"].id, orders["ben"].id}


def test_who_does_not_get_it_stands_there_with_the_reason(
    clerk: FlaskClient, orders: dict[str, Record], make_record: Make
) -> None:
    lost = make_record("1004", contact={"name": "Dora", "phone": "+4930123456"})
    blocked, nobody = make_record("1005", contact=person("Eva")), make_record("1006", contact=None)
    with transaction():
        Suppression.insert(fingerprint=fingerprint("eva@example.org"), reason="bounced", at=clock.now()).execute()
        Record.update(contact=None).where(Record.id == nobody.id).execute()
    every = [*ids(orders), *(str(one.id) for one in (lost, blocked, nobody))]
    page = check(clerk, form(clerk, every))
    assert going(page) == [str(orders["ada"].id), str(orders["ben"].id)]
    for said in ("nicht zugestimmt", "keine E‑Mail-Adresse", "gesperrt", "niemanden in dieser Rolle"):
        assert said in page, said
    typed = form(clerk, every)
    send(clerk, typed, every)
    assert {row.record_id for row in Message.select()} == {orders["ada"].id, orders["ben"].id}, "a tick does not help"


def test_whoever_was_written_to_today_is_left_out_unless_ticked(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    first = form(clerk, ids(orders))
    send(clerk, first, [str(orders["ada"].id)])
    page = check(clerk, form(clerk, ids(orders)))
    assert "heute schon" in page and going(page) == [str(orders["ben"].id)]
    send(clerk, form(clerk, ids(orders)), [str(orders["ada"].id)])
    assert Message.select().where(Message.record == orders["ada"]).count() == 2


def test_f1_nobody_is_reminded_of_what_is_paid(clerk: FlaskClient, orders: dict[str, Record], make_record: Make) -> None:
    make_record("1002", paid_at=clock.now())
    make_record("1004", contact=person("Dora"), total=Decimal("9"), currency="EUR", status="cancelled")
    orders["dora"] = Record.get(Record.number == "1004")
    reminder = Template.get(Template.system == "payment_reminder")
    typed = form(clerk, ids(orders), template=str(reminder.id))
    page = check(clerk, typed)
    assert going(page) == [str(orders["ada"].id)] and "nichts mehr offen" in page
    assert "Er wurde storniert" in page, "left out unless ticked"
    send(clerk, typed, ids(orders)[:3])
    assert [(row.record_id, row.sort) for row in Message.select()] == [(orders["ada"].id, "payment")]


def test_a_text_of_another_kind_goes_to_nobody_of_this_one(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    typed = form(clerk, ids(orders))
    typed["body-de"] += "\n\n{{ auftrag.felder.gibtsnicht }}"
    answer = clerk.post("/outbox/write/many", data=typed | {"do": "check"})
    assert answer.status_code == 422 and 'id="body-de-error"' in answer.text
    with transaction():
        Template.update(kind_id="booking").where(Template.id == int(typed["template"])).execute()
    assert Kind.get(Kind.key == "booking")
    assert clerk.post("/outbox/write/many", data=typed | {"do": "send", "go": ids(orders)}).status_code == 422
    assert Message.select().count() == 0


def test_a_double_click_sends_each_once_and_single_ones_may_be_left_out(
    clerk: FlaskClient, orders: dict[str, Record]
) -> None:
    typed = form(clerk, ids(orders))
    answers = [send(clerk, typed, [str(orders["ada"].id)]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303] and answers[0].location == answers[1].location
    assert len(deliver()) == 1 and Entry.select().where(Entry.what == "message.written").count() == 1
    none = send(clerk, form(clerk, ids(orders)), [])
    assert none.status_code == 422 and "ausgewählt" in none.text


def test_whoever_reads_a_language_without_words_gets_the_other(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    typed = form(clerk, ids(orders)) | {"subject-en": "", "body-en": "", "page": "1"}
    assert check(clerk, typed).count("Auftrag 100") >= 2
    send(clerk, typed, [str(orders["ben"].id)])
    [mail] = deliver()
    assert mail["Subject"] == "Auftrag 1002: Neu"


def test_each_finished_mail_can_be_looked_at_before(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    typed = form(clerk, ids(orders))
    url = f"/outbox/write/many/look?record={orders['ben'].id}"
    assert "Order 1002: New" in clerk.post(url, data=typed, headers={"HX-Request": "true"}).text
    letter = clerk.post(f"/outbox/write/many/letter?record={orders['ben'].id}", data=typed)
    assert "Hello Ben" in letter.text and "sandbox" in letter.headers["Content-Security-Policy"]
    assert clerk.post("/outbox/write/many/look?record=999", data=typed).status_code == 400
    assert Message.select().count() == 0


def test_a_file_and_the_status_page_go_along_to_each(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    typed = form(clerk, ids(orders), page="1")
    kept = clerk.post("/outbox/write/many", data=typed | {"do": "check", "files": (BytesIO(PDF), "Preise.pdf")})
    assert kept.status_code == 200
    send(clerk, typed, [str(orders["ada"].id), str(orders["ben"].id)])
    for mail, number in zip(deliver(), ("1001", "1002"), strict=True):
        assert {file.get_filename() for file in mail.iter_attachments()} == {"Preise.pdf", f"Status {number}.html"}
        assert ("angehängten Datei" if number == "1001" else "attached file") in parts(mail)[0]


def test_without_the_tick_no_file_goes_along_and_none_is_spoken_of(clerk: FlaskClient, orders: dict[str, Record]) -> None:
    typed = {name: value for name, value in form(clerk, ids(orders)).items() if name != "page"}
    assert "if seite.datei" in typed["body-de"]
    send(clerk, typed, [str(orders["ada"].id)])
    [mail] = deliver()
    assert list(mail.iter_attachments()) == [] and "angehängten Datei" not in parts(mail)[0] and "/s/" in parts(mail)[0]


def many(n: int) -> list[str]:
    """So many orders of so many customers, as quickly as rows are written."""
    now, kind, agreed = clock.now(), Kind.get(Kind.key == "order"), {"email": {"given": True}}
    with transaction():
        for start in range(0, n, 250):
            numbers = range(start, min(start + 250, n))
            rows.insert_many(Contact, [
                {"name": f"Kundin {i}", "email": f"k{i}@example.org", "consents": agreed, "created_at": now} for i in numbers
            ])
            first = Contact.get(Contact.email == f"k{start}@example.org").id
            rows.insert_many(Record, [
                {"kind": kind.key, "number": f"7{i:04}", "status": "new", "contact": first + i - start, "occurred_at": now,
                 "created_at": now, "updated_at": now} for i in numbers
            ])
    return [str(record.id) for record in Record.select(Record.id).where(Record.number.startswith("7")).order_by(Record.id)]


def test_x10_more_than_fifty_are_confirmed_first(clerk: FlaskClient, shop: Any) -> None:
    typed = form(clerk, many(51))
    page = check(clerk, typed)
    assert 'name="sure"' in page
    refused = send(clerk, typed, going(page))
    assert refused.status_code == 422 and 'id="field-sure-error"' in refused.text and Message.select().count() == 0
    assert len(going(refused.text)) == 51
    assert send(clerk, typed, going(page), sure="1").status_code == 303 and Message.select().count() == 51


def test_large_files_do_not_go_to_more_than_a_few(clerk: FlaskClient, shop: Any) -> None:
    customers, heavy = many(51), PDF + b"x" * 3 * 1024 * 1024
    typed = form(clerk, customers)
    assert attach(clerk, typed["token"], ("a.pdf", heavy)).status_code == 200
    answer = clerk.post("/outbox/write/many", data=typed | {"do": "check"})
    assert answer.status_code == 422 and 'id="field-files-error"' in answer.text and "höchstens 2" in answer.text
    few = form(clerk, customers[:3])
    attach(clerk, few["token"], ("a.pdf", heavy))
    assert len(going(check(clerk, few))) == 3


@pytest.mark.parametrize("body", ["{% for x in", "{% if page.file %}", "{{ quatsch }}", "{% for a in b %}{% endfor %}", ""])
def test_a_text_that_cannot_be_read_is_refused_at_its_language_and_kept(
    clerk: FlaskClient, orders: dict[str, Record], body: str
) -> None:
    typed = form(clerk, ids(orders)) | {"body-en": body}
    answer = clerk.post("/outbox/write/many", data=typed | {"do": "check"})
    assert answer.status_code == 422 and 'id="body-en-error"' in answer.text and body in unescaped(answer.text)
    assert clerk.post("/outbox/write/many/preview", data=typed).status_code == 200
    single = clerk.post(f"/outbox/write/{orders['ada'].id}", data={"subject": "S", "body": body, "language": "de"})
    assert single.status_code == 422


def test_a_thousand_are_listed_within_two_seconds_and_sent_in_one_go(
    clerk: FlaskClient, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = form(clerk, many(1000))
    began = time.process_time()
    page = check(clerk, typed)
    took = time.process_time() - began
    assert len(going(page)) == 1000 and took < 2
    send(clerk, typed, going(page), sure="1")
    assert Message.select().count() == 1000
    assert Entry.select().where(Entry.what == "message.written").count() == 1000


def test_how_far_it_has_come_stands_on_todays_page_and_the_rest_can_be_stopped(
    clerk: FlaskClient, orders: dict[str, Record]
) -> None:
    typed = form(clerk, ids(orders))
    url = send(clerk, typed, [str(orders["ada"].id), str(orders["ben"].id)]).location
    assert url in clerk.get("/").text and "0 von 2 gesendet" in clerk.get("/").text
    assert clerk.get(url, headers={"HX-Request": "true"}).status_code == 200
    Message.update(state="sent", sent_at=clock.now()).where(Message.record == orders["ada"]).execute()
    assert clerk.post(f"{url}/stop").status_code == 303
    page = clerk.get(url).text
    assert "1 von 2 gesendet" in page and "1 Nachricht ging nicht hinaus" in page and "Von Hand verworfen" in page
    assert clerk.get(url, headers={"HX-Request": "true"}).status_code == 286 and deliver() == []
    assert clerk.get("/outbox/write/many/0000000000000000000000").status_code == 404
