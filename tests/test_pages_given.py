"""What staff give a record's customer, a message and documents, and who can load them."""

import io
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from accounts.limits import limiter
from core import clock, i18n, journal, uploads
from core.db import transaction
from core.journal import Entry
from pages import documents, downloads, files, grants, links, publish, sweep
from pages.models import Document, Link
from records.models import Record

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
FRAGMENT = {"HX-Request": "true"}
Make = Callable[..., Record]


@pytest.fixture
def record(shop: Any, make_record: Make) -> Record:
    limiter.reset()
    return make_record("1047", status="ready", location="berlin", scheduled_at=datetime.now(UTC) + timedelta(days=3))


@pytest.fixture
def reader(house: Flask, record: Record) -> Iterator[tuple[FlaskClient, str]]:
    """A browser that was let in to the record's page, and the page's address."""
    client = house.test_client()
    yield client, let_in(client, record)


def let_in(client: FlaskClient, record: Record) -> str:
    link = links.prepare(record.id, "customer", "ada@example.org")
    with transaction():
        links.save_many([link])
        links.mark_sent([link.id], clock.now())
    grant = grants.open_in(Link.get_by_id(link.id), "n" * 22)
    client.set_cookie(f"grant-{link.id}", grant or "")
    return f"/s/v/{link.id}"


def hand_over(client: FlaskClient, record: Record, name: str, data: bytes) -> TestResponse:
    given = {"document": (io.BytesIO(data), name)}
    return client.post(f"/pages/given/{record.id}/documents", data=given, headers=FRAGMENT)


def test_a_document_stands_on_the_page_and_is_loaded_through_the_grant(
    record: Record, clerk: FlaskClient, reader: tuple[FlaskClient, str]
) -> None:
    answer = hand_over(clerk, record, "../Kostenvoranschlag Nr. 7 – März.pdf", PDF)
    assert answer.status_code == 200 and "Kostenvoranschlag Nr. 7 – März.pdf" in answer.text
    journal.read([publish.read])
    client, address = reader
    document = Document.get()
    assert f'href="?document={document.id}"' in client.get(address).text
    loaded = client.get(f"{address}?document={document.id}")
    assert (loaded.status_code, loaded.data, loaded.mimetype) == (200, PDF, "application/pdf")
    told = loaded.headers
    assert told["Content-Disposition"].startswith("attachment; filename") and "M%C3%A4rz.pdf" in told["Content-Disposition"]
    assert told["X-Content-Type-Options"] == "nosniff" and told["Cache-Control"] == "no-store"
    assert "sandbox" in told["Content-Security-Policy"] and "ETag" not in told
    assert Entry.get(Entry.what == "document.added").data == {"document": document.id}


def test_nobody_else_loads_it(
    house: Flask, record: Record, reader: tuple[FlaskClient, str], make_record: Make, clerk: FlaskClient
) -> None:
    document = documents.add(record, "a.pdf", PDF, "user:1")
    client, address = reader
    stranger, other = house.test_client(), house.test_client()
    elsewhere = let_in(other, make_record("1048", contact={"name": "Ben", "email": "ben@example.org"}))
    assert stranger.get(f"{address}?document={document.id}").status_code == 404
    assert other.get(f"{elsewhere}?document={document.id}").status_code == 404
    assert stranger.get(f"/pages/for/{record.id}?document={document.id}").status_code == 302
    assert clerk.get(f"/pages/for/{record.id}?document={document.id}").data == PDF
    Link.update(state="revoked").execute()
    assert client.get(f"{address}?document={document.id}").status_code == 410


@pytest.mark.parametrize("asked", ["", "0", "99", "-1", "1 OR 1=1", "²", "9" * 40, "../../house.db"])
def test_what_is_not_there_is_answered_kindly(reader: tuple[FlaskClient, str], asked: str) -> None:
    client, address = reader
    answer = client.get(address, query_string={"document": asked})
    assert answer.status_code == 404 and "nicht mehr da" in answer.text


@pytest.mark.parametrize(("name", "data", "sentence"), [
    ("brief.pdf", b"MZ\x90\x00", "„brief.pdf“ ist weder ein PDF noch ein PNG- oder JPEG-Bild."),
    ("seite.html", b"<html><script>", "weder ein PDF"),
    ("gross.pdf", PDF + b"0" * 5 * uploads.MEGA, "„gross.pdf“ ist zu groß: Ein Dokument darf höchstens 5 MB haben."),
    ("", b"", "Bitte wählen Sie zuerst eine Datei."),
])
def test_what_is_no_document_is_refused_in_words(
    record: Record, clerk: FlaskClient, name: str, data: bytes, sentence: str
) -> None:
    answer = hand_over(clerk, record, name, data)
    assert answer.status_code == 422 and sentence in answer.text and not Document.select().exists()


@pytest.mark.parametrize(("given", "kept"), [
    ("C:\\Bilder\\Foto 1.JPG", "Foto 1"), ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie- x"), ("\u202egpj.exe.pdf", "gpj.exe"),
    ("..pdf", "Dokument"), ("x" * 300 + ".pdf", "x" * 100), ("<b>.png", "-b-"),
])
def test_the_name_of_a_document_is_made_harmless(given: str, kept: str) -> None:
    with i18n.speaking("de"):
        assert documents.tidy(given) == kept


def test_a_disk_that_is_full_loses_nothing(
    record: Record, clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "put", full)
    answer = hand_over(clerk, record, "a.pdf", PDF)
    assert answer.status_code == 422 and "gerade nicht ablegen" in answer.text and not Document.select().exists()


def test_a_document_that_is_removed_is_gone_from_page_and_disk(
    house: Flask, record: Record, clerk: FlaskClient, reader: tuple[FlaskClient, str]
) -> None:
    document = documents.add(record, "a.png", b"\x89PNG\r\n\x1a\n", "user:1")
    file = house.config["STATUSBOTE"].pages / document.file
    assert file.is_file() and file.stat().st_mode & 0o007 == 0
    answer = clerk.post(f"/pages/given/documents/{document.id}/remove", headers=FRAGMENT)
    assert answer.status_code == 200 and "a.png“ ist entfernt" in answer.text and not file.exists()
    journal.read([publish.read])
    client, address = reader
    assert "?document" not in client.get(address).text
    assert client.get(f"{address}?document={document.id}").status_code == 404


def test_the_sweep_takes_files_that_no_document_names(house: Flask, record: Record) -> None:
    document = documents.add(record, "a.pdf", PDF, "user:1")
    folder: Path = house.config["STATUSBOTE"].pages / "documents"
    (folder / "left.pdf").touch()
    for file in folder.iterdir():
        long_ago = clock.now().timestamp() - 2 * files.FORGOTTEN
        os.utime(file, (long_ago, long_ago))
    sweep.sweep()
    assert [file.name for file in folder.iterdir()] == [document.file.rpartition("/")[2]]
    sweep.forget([record.id])
    assert not Document.select().exists() and not list(folder.iterdir())


def test_a_message_is_written_beside_the_record_and_shown_on_the_page(record: Record, clerk: FlaskClient) -> None:
    path = f"/pages/given/{record.id}/note"
    answer = clerk.post(path, data={"note": "Bitte klingeln.\r\nZweiter Hof."}, headers=FRAGMENT)
    assert answer.status_code == 200 and "Die Nachricht steht auf der Statusseite." in answer.text
    journal.read([publish.read])
    page = clerk.get(f"/pages/for/{record.id}").text
    assert "<p>Bitte klingeln.</p>" in page and "<p>Zweiter Hof.</p>" in page
    assert clerk.post(path, data={"note": "x" * 2001}, headers=FRAGMENT).status_code == 422
    clerk.post(path, data={"note": ""})
    assert "klingeln" not in publish.print_pages([record.id])[0].html


def test_it_all_works_without_a_script(record: Record, clerk: FlaskClient) -> None:
    path = f"/pages/given/{record.id}/documents"
    refused = clerk.post(path, data={"document": (io.BytesIO(b"MZ"), "a.exe")})
    assert refused.status_code == 422 and "<html" in refused.text and "weder ein PDF" in refused.text
    taken = clerk.post(path, data={"document": (io.BytesIO(PDF), "a.pdf")})
    assert (taken.status_code, taken.location) == (302, "/records/orders/1047")


def test_r11_the_page_leads_to_the_appointment_for_ones_own_calendar(
    record: Record, reader: tuple[FlaskClient, str], make_record: Make
) -> None:
    client, address = reader
    assert '<a class="button" href="?calendar">' in client.get(address).text
    answer = client.get(f"{address}?calendar")
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"] == 'inline; filename="appointment.ics"'
    event = Calendar.from_ical(answer.data).events[0]
    assert event.start == record.scheduled_at.replace(microsecond=0) and "Auftrag 1047" in event["summary"]
    make_record("1047", status="cancelled")
    again = Calendar.from_ical(client.get(f"{address}?calendar").data)
    assert again["method"] == "CANCEL" and again.events[0]["uid"] == event["uid"]


def test_m1_the_page_as_a_file_has_no_links_that_lead_nowhere(record: Record) -> None:
    documents.add(record, "Angebot.pdf", PDF, "user:1")
    page = publish.print_pages([record.id])[0].html
    kept = downloads.without(page)
    assert page.count('href="?') == 2 and 'href="?' not in kept
    assert "Angebot" in kept and "In den Kalender" not in kept and 'href="tel:' in kept


def test_without_an_appointment_there_is_nothing_for_the_calendar(house: Flask, make_record: Make, shop: Any) -> None:
    client = house.test_client()
    assert client.get(let_in(client, make_record("1")) + "?calendar").status_code == 404
