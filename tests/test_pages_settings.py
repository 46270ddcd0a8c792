"""Settings for status files: what a kind's pages show, what one status shows otherwise, pages made anew after a change."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask

from core import db, journal, settings
from core.db import transaction
from core.journal import Entry
from pages import links, publish
from pages.actions import ACTIONS
from pages.blocks import BLOCKS
from pages.models import Page
from pages.settings import draft, renewal, sheet, store
from pages.settings.models import PageSetting, PageSettingVersion
from pages.settings.sheet import Content
from records import history
from records.models import Kind, Record
from rules.packs import reader, rows

START = datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
ITEMS = [{"name": "Große Inspektion", "quantity": 1, "price": "79.00"}]


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _shop(shop: Any) -> None:
    """Every page is one of Radhaus Lindner."""


def put(content: Content, status: str = "", kind: str = "order") -> None:
    store.save(kind, status, content, store.setting(kind, status).version, "user:1")


def html(record: Record) -> str:
    kept = publish.newest(record.id)
    assert kept
    return kept.path.read_text() if kept.path else kept.html


def text(record: Record) -> str:
    plain = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html(record), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


def headings(record: Record) -> list[str]:
    return re.findall(r'<section[^>]*aria-labelledby="(\w+)"', html(record))


def test_m3_a_kind_without_settings_looks_as_the_house_does(make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready", items=ITEMS)
    assert headings(record)[:3] == ["status", "course", "items"]
    assert PageSetting.select().count() == 0


def test_m3_blocks_stand_where_the_settings_put_them_and_may_be_left_out(make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready", items=ITEMS, location="berlin")
    put({"blocks": {"areas": {"top": ["answer"], "main": ["items", "course"]}, "hidden": ["place"]}})
    assert headings(record) == ["status", "items", "course"]


def test_m3_the_status_itself_cannot_be_left_out(make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready")
    put({"blocks": {"hidden": list(BLOCKS)}})
    assert headings(record) == ["status"]


def test_m3_a_status_differs_only_in_what_is_its_own(make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready", items=ITEMS)
    put({"headline": {"de": "Alles klar"}, "blocks": {"hidden": ["items"]}})
    put({"headline": {"de": "Fertig, {{ kunde.name }}"}}, "ready")
    assert "Fertig, Ada Lovelace" in text(record) and "items" not in headings(record)
    put({"headline": {"de": "Guten Tag"}, "blocks": {"hidden": ["course"]}})
    assert "Fertig, Ada Lovelace" in text(record) and "course" not in headings(record) and "items" in headings(record)


def test_m3_a_block_that_came_later_stands_where_it_does_by_default() -> None:
    placed = sheet.placed({"areas": {"top": ["answer"], "main": ["items"]}})
    assert sorted(key for keys in placed.values() for key in keys) == sorted(BLOCKS)
    assert placed["main"].index("items") < len(placed["main"]) and placed["top"][0] == "answer"


def test_m3_what_says_the_same_as_the_kind_is_no_exception(house: Flask) -> None:
    kind = Kind.get(Kind.key == "order")
    above: Content = {"headline": {"de": "Hallo"}, "blocks": {"hidden": ["items"]}}
    blocks = sheet.full("blocks", above["blocks"], kind)
    everything = {"headline": {"de": "Hallo", "en": ""}, "text": {}, "action": {}, "blocks": blocks}
    assert sheet.own(everything, above, kind) == {}
    assert sheet.own({**everything, "headline": {"de": ""}}, above, kind) == {"headline": {"de": ""}}


def test_m3_texts_are_markdown_with_placeholders_and_every_value_is_escaped(
    make_record: Callable[..., Record], ada: dict[str, Any]
) -> None:
    source = "# Gut zu wissen\n\n**{{ kunde.name }}**, siehe [Seite](https://example.org/?a=1&b=2).\n\n- eins\n- zwei"
    put({"text": {"de": source}})
    record = make_record("1", contact={**ada, "name": "<b>*Ada*</b> [x](http://evil.example)"})
    shown = html(record)
    assert "<h2>Gut zu wissen</h2>" in shown and "<li>eins</li>" in shown and "evil.example" not in shown.split("href")[0]
    assert '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">Seite</a>' in shown
    assert "&lt;b&gt;*Ada*&lt;/b&gt;" in shown and "<b>*Ada" not in shown and 'href="http://evil' not in shown


def test_m3_texts_speak_the_customers_language(make_record: Callable[..., Record], ada: dict[str, Any]) -> None:
    put({"headline": {"de": "Summe {{ vorgang.summe }}", "en": "Total {{ order.total }}"}})
    record = make_record("1", contact={**ada, "language": "en"}, total=Decimal("1234.50"))
    assert "Total €1,234.50" in text(record)


def test_m3_a_page_does_not_mix_languages(make_record: Callable[..., Record], ada: dict[str, Any]) -> None:
    said = {"de": "Nur auf Deutsch"}
    put({"headline": said, "text": said, "action": {"key": "own", "words": said}})
    english = make_record("1", status="ready", contact={**ada, "language": "en"})
    assert "Nur auf" not in text(english) and "Your order is ready." in text(english) and "next step" not in text(english)


def test_m3_a_text_that_cannot_be_filled_is_left_out_and_logged_once(
    make_record: Callable[..., Record], caplog: pytest.LogCaptureFixture
) -> None:
    put({"text": {"de": "{{ so.etwas | kaputt }} einmalig"}})
    records = [make_record(number, status="ready") for number in ("1", "2")]
    assert all("Ihr Auftrag ist abholbereit." in text(record) and "kaputt" not in text(record) for record in records)
    assert len([line for line in caplog.records if "cannot be filled" in line.getMessage()]) == 1


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("pay", "Bitte bezahlen Sie den noch offenen Betrag."), ("call", "Bitte rufen Sie uns an: 030 23125140"),
        ("collect", "Liegt für Sie bereit: Werkstatt Kreuzberg"), ("own", "Klingeln Sie zweimal."),
    ],
)
def test_m3_the_next_step_is_said(make_record: Callable[..., Record], action: str, said: str) -> None:
    record = make_record("1", status="ready", total=Decimal("5.00"), location="berlin")
    put({"action": {"key": action, "words": {"de": "Klingeln Sie zweimal."}}}, "ready")
    assert "Ihr nächster Schritt" in text(record) and said in text(record)


def test_m3_nobody_is_asked_to_pay_what_is_paid(make_record: Callable[..., Record]) -> None:
    put({"action": {"key": "pay"}})
    record = make_record("1", status="ready", total=Decimal("5.00"), paid_at=START)
    assert "Ihr nächster Schritt" not in text(record)


def test_m3_a_change_shows_at_the_next_opening(make_record: Callable[..., Record], time: Any) -> None:
    record = make_record("1", status="ready")
    journal.read([publish.read])
    time.shift(60)
    put({"headline": {"de": "Neu gesetzt"}})
    assert "Neu gesetzt" in text(record) and Page.select().count() == 1


def test_m3_pages_that_somebody_can_open_are_made_anew_in_the_background(
    make_record: Callable[..., Record], time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "PIECE", 2)
    linked = [make_record(str(number), status="ready") for number in range(3)]
    make_record("unlinked", status="ready"), make_record("other", status="new")
    journal.read([publish.read])
    with transaction():
        links.save_many([links.prepare(record.id, "customer", "ada@example.org") for record in linked])
    time.shift(60)
    put({"headline": {"de": "Neu gesetzt"}}, "ready")
    assert renewal.awaited("order", "ready") == 3
    renewal.renew()
    assert Page.select().count() == 5, "whoever still prints as it was set before has a moment"
    time.shift(timedelta(seconds=5))
    renewal.renew(), renewal.renew()
    assert Page.select().count() == 8 and PageSetting.get().renewing is None
    kept = publish.newest(linked[0].id)
    assert kept and kept.path and "Neu gesetzt" in kept.path.read_text()
    assert Page.select().order_by(Page.id.desc()).get().entry_id


def test_m3_a_page_made_anew_never_hides_a_newer_one(
    make_record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch, time: Any
) -> None:
    record = make_record("1", status="new")
    journal.read([publish.read])
    prints = publish.print_pages

    def meanwhile(ids: Any) -> Any:
        printed = prints(ids)
        time.shift(1)
        make_record("1", status="ready")
        return printed

    monkeypatch.setattr(publish, "print_pages", meanwhile)
    assert publish.republish([record.id]) == 0 and Page.select().count() == 1


def test_x12_every_change_is_a_version_and_a_line_in_the_journal(house: Flask) -> None:
    put({"headline": {"de": "Eins"}})
    put({"headline": {"de": "Zwei"}})
    put({"headline": {"de": "Zwei"}})
    kept = store.history("order", "", history.NEWEST, 10)
    assert [(one.version, one.content["headline"]["de"]) for one in kept] == [(2, "Zwei"), (1, "Eins")]
    told = [entry.data for entry in Entry.select().where(Entry.what == "page.set").order_by(Entry.id)]
    assert told == [{"kind": "order", "status": "", "version": n} for n in (1, 2)]


def test_x12_who_began_with_an_older_version_overwrites_nothing(house: Flask) -> None:
    put({"headline": {"de": "Eins"}})
    with pytest.raises(store.Overtaken):
        store.save("order", "", {"headline": {"de": "Zwei"}}, 0, "user:2")
    assert PageSettingVersion.select().count() == 1


def test_no_question_is_asked_for_each_page(make_record: Callable[..., Record], monkeypatch: pytest.MonkeyPatch) -> None:
    put({"headline": {"de": "{{ kunde.name }}"}, "text": {"de": "Bis {{ vorgang.fällig_am }}, {{ standort.name }}."}})
    ids = [make_record(str(number), status="ready", location="berlin").id for number in range(20)]
    publish.print_pages(ids[:1])
    asked: list[str] = []
    execute = db.database.obj.execute_sql
    monkeypatch.setattr(db.database.obj, "execute_sql", lambda sql, *a, **kw: asked.append(sql) or execute(sql, *a, **kw))
    publish.print_pages(ids)
    assert len(asked) <= 10, asked
    assert settings.get("pages") and Kind.select().count()


def test_x11_a_pack_brings_settings_for_its_pages_and_keeps_what_an_admin_has_set(
    make_record: Callable[..., Record], ada: dict[str, Any]
) -> None:
    put({"headline": {"de": "Eigenes"}}, "done")
    report = reader.install("repair-shop")
    assert "Abholbereit" in report.pages and "Abgeschlossen" not in report.pages
    ready = make_record("1", status="ready", location="berlin")
    assert "nennen Sie die Nummer 1." in text(ready) and "Liegt für Sie bereit: Werkstatt Kreuzberg" in text(ready)
    english = make_record("2", status="ready", contact={**ada, "email": "ben@example.org", "language": "en"})
    assert "give us the number 2." in text(english)
    assert "Eigenes" in text(make_record("3", status="done"))
    put({}, "ready")
    assert reader.install("repair-shop").pages == [] and "nennen Sie" not in text(ready)


@pytest.mark.parametrize("pack", reader.available(), ids=str)
def test_x11_what_packs_say_on_pages_could_be_typed_by_an_admin(house: Flask, pack: reader.Pack) -> None:
    reader.install(pack.name)
    for said in pack.words["page"]:
        kind = Kind.get(Kind.key == said["kind"])
        assert said.get("status", "") in ("", *(status["key"] for status in kind.statuses))
        content = rows.page_content(said)
        assert draft.Draft(kind, said.get("status", ""), content, 0).faults() == {}
        assert all(set(content[part]) == {"de", "en"} for part in ("headline", "text") if part in content)
        assert content.get("action", {}).get("key", "") in ACTIONS
