"""Publishing: what a page tells, how it lies on disk, and what happens when something goes wrong."""

import os
import re
import time as wall
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from accounts import bank
from core import db, journal, settings
from core.journal import Entry
from pages import blocks, endings, files, payment, publish, sweep
from pages.models import Page
from records.models import Location, Record

START = datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
ACCOUNT = {
    "account_holder": "Radhaus Lindner GmbH", "iban": "DE89370400440532013000",
    "payment_reference": "Auftrag {{ record.number }}",
}


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def folder(house: Flask, shop: Any) -> Path:
    pages: Path = house.config["STATUSBOTE"].pages
    return pages


def read() -> None:
    while journal.read([publish.read, endings.read]):
        pass


def page(record: Record) -> str:
    kept = publish.newest(record.id)
    assert kept and kept.path
    return kept.path.read_text()


def text(record: Record) -> str:
    """What a reader sees, without markup."""
    plain = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page(record), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


def test_each_change_leaves_one_page(folder: Path, make_record: Callable[..., Record]) -> None:
    for status in ("new", "in_progress", "ready"):
        record = make_record("1047", status=status)
        read()
    assert Page.select().where(Page.record == record).count() == 3
    assert "Ihr Auftrag ist abholbereit." in text(record)


def test_several_changes_of_one_batch_make_one_page(folder: Path, make_record: Callable[..., Record]) -> None:
    for status in ("new", "in_progress", "ready"):
        record = make_record("1047", status=status)
    read()
    assert [row.entry_id for row in Page.select()] == [Entry.select().order_by(Entry.id.desc()).get().id]
    assert "Ihr Auftrag ist abholbereit." in text(record)


def test_a_batch_asks_few_questions(
    folder: Path, make_record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        make_record(str(number), status="ready", location="berlin" if number % 2 else "potsdam")
    entries = list(Entry.select())
    asked: list[str] = []
    execute = db.database.obj.execute_sql
    monkeypatch.setattr(
        db.database.obj, "execute_sql", lambda sql, *args, **kw: asked.append(sql) or execute(sql, *args, **kw)
    )
    publish.read(entries)
    assert len(asked) <= 9, asked


def test_the_whole_story_stands_on_the_page(folder: Path, make_record: Callable[..., Record], time: Any) -> None:
    items = [
        {"name": "Große Inspektion", "quantity": 1, "price": "79.00"},
        {"name": "Bremsbelag", "quantity": 2, "price": "18.90"},
    ]
    make_record(
        "1047", status="new", location="berlin", items=items, total=Decimal("116.80"), due_at=START + timedelta(days=18)
    )
    time.shift(timedelta(days=1))
    make_record("1047", status="in_progress")
    time.shift(timedelta(days=1))
    make_record("1047", status="waiting")
    time.shift(timedelta(days=2, minutes=40))
    record = make_record("1047", status="ready", scheduled_at=START + timedelta(days=8, hours=6, minutes=18))
    read()
    story = text(record)
    for part in (
        "Radhaus Lindner",
        "Auftrag 1047",
        "Ihr Auftrag ist abholbereit.",
        "Stand: Freitag, 20. November 2026, 10:52 Uhr",
        "Ihr Termin",
        "Dienstag, 24. November",
        "16:30 Uhr",
        "Neu erledigt Montag, 16. November",
        "In Arbeit erledigt Dienstag, 17. November",
        "Wartet erledigt Mittwoch, 18. November",
        "Abholbereit seit Freitag, 20. November",
        "Abgeschlossen steht noch aus",
        "Große Inspektion 79,00 €",
        "2 × Bremsbelag je 18,90 € 37,80 €",
        "Summe 116,80 €",
        "Noch offen 116,80 € Fällig am Freitag, 4. Dezember.",
        "Werkstatt Kreuzberg Adalbertstraße 31 10999 Berlin",
        "Mo bis Fr 9 bis 13 und 14 bis 18:30 Uhr",
        "Samstag 10 bis 14 Uhr",
        "Sonntag geschlossen",
        "030 23125140",
        "Impressum",
        "Datenschutz",
    ):
        assert part in story, part
    assert 'href="tel:+493023125140"' in page(record)
    for word in ("heute", "gestern", "morgen"):
        assert word not in story.lower()


def test_the_page_speaks_the_contacts_language(
    folder: Path, make_record: Callable[..., Record], ada: Any, time: Any
) -> None:
    record = make_record("1047", status="ready", contact={**ada, "language": "en"}, location="berlin")
    read()
    assert '<html lang="en">' in page(record)
    for part in (
        "Your order is ready.",
        "As of: Monday, 16 November 2026, 10:12",
        "Mon to Fri 9:00 to 13:00 and 14:00 to 18:30",
    ):
        assert part in text(record)


def test_the_page_is_in_one_piece(folder: Path, make_record: Callable[..., Record]) -> None:
    company = settings.get("company")
    settings.put("company", {**company, "logo": "data:image/png;base64,iVBORw0KGgo=", "imprint_url": "javascript:alert(1)"})
    record = make_record("1047", status="ready", location="berlin")
    read()
    html = page(record)
    assert "<script" not in html and "javascript:" not in html and " style=" not in html
    fetched = re.findall(r'(?:src|action|srcset|poster|data)="([^"]*)"|url\(([^)]*)\)|@import|<link rel="(?!icon)', html)
    assert fetched == [("data:image/png;base64,iVBORw0KGgo=", "")]


def test_what_people_type_is_escaped(folder: Path, make_record: Callable[..., Record]) -> None:
    items = [{"name": "<script>alert(1)</script>", "quantity": 1, "price": "oops"}]
    record = make_record("<b>1</b>", status="ready", items=items, tracking={"carrier": "<i>", "number": "'\"&"})
    read()
    assert (
        "<script" not in page(record)
        and "<b>1</b>" not in page(record)
        and "<i>" not in page(record).replace("<i class", "")
    )
    assert "<script>" not in text(record)


def test_everything_missing_is_left_out(folder: Path, make_record: Callable[..., Record]) -> None:
    settings.put("company", {})
    record = make_record("1", collection="inquiries", status="in_progress", contact={"name": "Cem", "phone": "+4930123457"})
    read()
    for heading in ("Termin", "Posten", "Noch offen", "Sendung", "Standort", "Impressum", "None"):
        assert heading not in text(record)
    assert "Wir bearbeiten Ihre Anfrage." in text(record)


def test_a_paid_order_says_thank_you_and_a_cancelled_one_asks_for_nothing(
    folder: Path, make_record: Callable[..., Record], time: Any
) -> None:
    paid = make_record("1", status="done", total=Decimal("45.10"), paid_at=START)
    off = make_record("2", status="cancelled", total=Decimal("45.10"), scheduled_at=START + timedelta(days=1))
    read()
    assert "Bezahlt 45,10 € Eingegangen am Montag, 16. November. Vielen Dank." in text(paid)
    assert "Noch offen" not in text(off) and "Ihr Termin" not in text(off)


def test_a_parcel_shows_carrier_and_number(folder: Path, make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="done", tracking={"carrier": "DHL", "number": "00340434161094022115"})
    read()
    assert "Mit DHL, Sendungsnummer 00340434161094022115" in text(record)


def test_a_status_that_no_longer_exists_is_shown_as_it_is(folder: Path, make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready")
    Record.update(status="vanished").where(Record.id == record.id).execute()
    assert "vanished" in publish.print_pages([record.id])[0].html


def test_a_record_that_is_gone_is_skipped(folder: Path, make_record: Callable[..., Record]) -> None:
    gone, stays = make_record("1"), make_record("2")
    Record.delete().where(Record.id == gone.id).execute()
    read()
    assert [row.record_id for row in Page.select()] == [stays.id]
    assert publish.newest(gone.id) is None


def test_one_page_that_fails_does_not_stop_the_others(
    folder: Path, make_record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = make_record("666"), make_record("1")

    def tell(snapshot: Any) -> Any:
        if snapshot.record.number == "666":
            raise ValueError("no")

    monkeypatch.setattr(blocks.BLOCKS["next"], "tell", tell)
    read()
    assert [row.record_id for row in Page.select()] == [good.id]
    assert [line.getMessage() for line in caplog.records if line.name == "statusbote.pages"] == [
        f"no page for records [{bad.id}]"
    ]
    assert not Entry.select().where(Entry.unread).exists()


def test_a_full_disk_stops_no_message(
    folder: Path, make_record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record("1", status="ready")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    read()
    assert Page.select().count() == 0 and not Entry.select().where(Entry.unread).exists()
    kept = publish.newest(record.id)
    assert kept and kept.path is None and "Ihr Auftrag ist abholbereit." in kept.html


def test_pages_lie_under_names_nobody_can_guess(folder: Path, make_record: Callable[..., Record]) -> None:
    make_record("1047")
    read()
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9A-Za-z]{24}\.html", Page.get().file)
    file = folder / Page.get().file
    assert file.stat().st_mode & 0o007 == 0
    assert [path for path in folder.rglob("*") if path.is_file()] == [file]


def test_the_sweep_keeps_the_newest_pages_and_takes_what_nobody_names(
    folder: Path, make_record: Callable[..., Record]
) -> None:
    for number in range(sweep.KEEP + 3):
        record = make_record("1047", total=Decimal(number + 1))
        read()
    names = [row.file for row in Page.select().order_by(Page.id)]
    orphan, young = folder / names[-1][:6] / "orphan.html", folder / names[-1][:6] / "young.html.part"
    orphan.touch(), young.touch()
    os.utime(orphan, (wall.time() - 2 * files.FORGOTTEN,) * 2)
    sweep.sweep()
    assert [row.file for row in Page.select().order_by(Page.id)] == names[3:]
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {*names[3:], str(young.relative_to(folder))}
    sweep.forget([record.id])
    assert not Page.select().exists() and not list(folder.rglob("*.html"))


def test_a_location_without_hours_or_street_is_no_block_of_empty_lines(
    folder: Path, make_record: Callable[..., Record]
) -> None:
    Location.update(street="", city="", phone="", hours={}).where(Location.key == "berlin").execute()
    record = make_record("1", status="ready", location="berlin")
    read()
    assert "<br>" not in page(record).split('id="place"')[1] and "<dl" not in page(record).split('id="place"')[1]


def test_f5_a_page_with_an_open_amount_says_how_to_pay_it(folder: Path, make_record: Callable[..., Record]) -> None:
    settings.put("company", {**settings.get("company"), **ACCOUNT})
    record = make_record("1047", status="ready", total=Decimal("129.90"))
    read()
    shown = text(record)
    assert "IBAN DE89 3704 0044 0532 0130 00" in shown and "BIC" not in shown and "Verwendungszweck Auftrag 1047" in shown
    account = bank.of(settings.get("company"))
    code = payment.of(record, account)
    assert code and code.text.endswith("\nEUR129.90\n\n\nAuftrag 1047")
    assert f'<img src="{code.url}" alt="Code für Banking-Apps"' in page(record) and len(page(record)) < 60_000


def test_a_page_in_another_currency_has_bank_details_but_no_code(folder: Path, make_record: Callable[..., Record]) -> None:
    settings.put("company", {**settings.get("company"), **ACCOUNT})
    record = make_record("1047", status="ready", total=Decimal("129.90"), currency="CHF")
    read()
    assert "IBAN DE89" in text(record) and "data:image/png" not in page(record)


@pytest.mark.parametrize("state", [{"paid_at": START}, {"status": "cancelled"}, {"total": None}])
def test_a_page_where_nothing_is_open_names_no_account(
    folder: Path, make_record: Callable[..., Record], state: dict[str, Any]
) -> None:
    settings.put("company", {**settings.get("company"), **ACCOUNT})
    record = make_record("1047", **{"status": "ready", "total": Decimal("129.90"), **state})
    read()
    assert "DE89" not in page(record) and "data:image/png" not in page(record)
