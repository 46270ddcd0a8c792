"""How long status pages stay, the command that makes them anew, and that the same input makes the same bytes."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from core import db, journal, settings
from core.i18n import HOUSE
from pages import commands, documents, keeping, publish, sweep
from pages.keeping import Keeping
from pages.models import Page
from records.models import Record
from tests.conftest import SECRET

START = datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
PRINT = """
import hashlib, sys
import app
from core import config
from pages import publish
app.open_house(config.read())
for page in publish.print_pages(range(1, 100)):
    print(page.record_id, hashlib.sha256(page.html.encode()).hexdigest())
"""


@pytest.fixture
def time(shop: Any) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def read() -> None:
    while journal.read([publish.read]):
        pass


def called(*arguments: str) -> Any:
    return CliRunner().invoke(commands.pages, ["republish", *arguments])


def test_a_replaced_page_goes_after_the_days_that_were_chosen(make_record: Callable[..., Record], time: Any) -> None:
    keeping.choose(Keeping(older=30), "user:1")
    for status in ("new", "in_progress"):
        make_record("1047", status=status)
        read()
    time.shift(timedelta(days=29))
    make_record("1047", status="ready")
    read()
    sweep.sweep()
    assert Page.select().count() == 3
    time.shift(timedelta(days=2))
    sweep.sweep()  # the first was replaced 31 days ago, the second only two days ago
    assert Page.select().count() == 2


def test_pages_of_what_ended_long_ago_go_and_are_printed_anew_for_whoever_looks(
    make_record: Callable[..., Record], time: Any, house: Flask
) -> None:
    keeping.choose(Keeping(closed=100), "user:1")
    done, other = make_record("1047", status="done"), make_record("1048", status="ready")
    read()
    time.shift(timedelta(days=101))
    sweep.sweep()
    assert [page.record_id for page in Page.select()] == [other.id]
    assert len(list(house.config["STATUSBOTE"].pages.rglob("*.html"))) == 1
    anew = publish.newest(done.id)
    assert anew and anew.path is None and "1047" in anew.html
    keeping.choose(Keeping(closed=0), "user:1")
    publish.republish([done.id])
    time.shift(timedelta(days=1000))
    sweep.sweep()
    assert Page.select().where(Page.record == done).count() == 1


def test_a_crash_between_row_and_file_leaves_nothing_for_good(
    make_record: Callable[..., Record], time: Any, house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping.choose(Keeping(closed=100), "user:1")
    make_record("1047", status="done")
    read()
    time.shift(timedelta(days=101))
    with monkeypatch.context() as crash, pytest.raises(OSError, match="pulled"):
        crash.setattr(sweep.files, "remove", lambda names: (_ for _ in ()).throw(OSError("the plug was pulled")))
        sweep.sweep()
    folder: Path = house.config["STATUSBOTE"].pages
    [orphan] = folder.rglob("*.html")
    assert not Page.select().exists()
    os.utime(orphan, (START.timestamp(),) * 2)
    sweep.sweep()
    assert not list(folder.rglob("*.html"))


def test_an_admin_chooses_how_long_pages_stay(admin: FlaskClient) -> None:
    form = admin.get("/pages/settings/storage").text
    assert 'name="older" value="90"' in form and 'name="closed" value="365"' in form
    wrong = admin.post("/pages/settings/storage", data={"older": "0", "closed": "soon"})
    assert wrong.status_code == 422 and wrong.text.count("ganze Zahl") == 2 and 'value="soon"' in wrong.text
    assert admin.post("/pages/settings/storage", data={"older": "14", "closed": ""}).status_code == 303
    assert keeping.current() == Keeping(14, 0)


def test_republish_makes_the_pages_of_a_kind_anew(make_record: Callable[..., Record], time: Any) -> None:
    order, inquiry = make_record("1"), make_record("2", collection="inquiries")
    read()
    settings.put("company", {**settings.get("company"), "name": "Radhaus Neu"})
    result = called("--kind", "orders")
    assert result.exit_code == 0 and "1 of 1 pages are made anew." in result.output
    kept, other = publish.newest(order.id), publish.newest(inquiry.id)
    assert kept and kept.path and "Radhaus Neu" in kept.path.read_text()
    assert other and other.path and "Radhaus Neu" not in other.path.read_text()
    assert "There is no kind “ship”" in called("--kind", "ship").output


def test_republish_since_a_day_leaves_older_records_alone(make_record: Callable[..., Record], time: Any) -> None:
    make_record("1")
    time.shift(timedelta(days=2))
    make_record("2")
    assert "1 of 1" in called("--since", "2026-11-18").output
    assert "2 of 2" in called("--since", "2026-11-16").output


def test_republish_goes_on_where_it_was_stopped(
    make_record: Callable[..., Record], time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        make_record(str(number))
    monkeypatch.setattr(commands, "PIECE", 2)
    pieces: list[list[int]] = []
    again = publish.republish

    def stopped(ids: list[int]) -> int:
        if len(pieces) == 1:
            raise KeyboardInterrupt
        pieces.append(ids)
        return again(ids)

    with monkeypatch.context() as stop:
        stop.setattr(publish, "republish", stopped)
        assert called().exit_code == 1
    result = called()
    assert "Going on after record 2" in result.output and "3 of 3" in result.output and result.exit_code == 0
    assert Page.select().count() == 5 and "5 of 5" in called().output


def test_the_same_input_makes_the_same_bytes_in_every_process(
    make_record: Callable[..., Record], ada: Any, time: Any, house: Flask, tmp_path: Path
) -> None:
    items = [{"name": f"Posten {n}", "quantity": 2, "price": "18.90", "delivered": n % 3} for n in range(40)]
    full = make_record(
        "1047", status="ready", location="berlin", items=items, total=Decimal("1512.00"), due_at=START + timedelta(days=18),
        scheduled_at=START + timedelta(days=8), tracking={"carrier": "DHL", "number": "00340434161094022115"},
        fields={"note_to_customer": "Bitte klingeln.", "delivery_expected": "2026-11-24"},
    )
    documents.add(full, "Rechnung.pdf", b"%PDF-1.7 " + b"x" * 99, "user:1")
    make_record("1048", status="in_progress", contact={**ada, "language": "en"})
    read()
    lying = {page.record_id: (house.config["STATUSBOTE"].pages / page.file).read_bytes() for page in Page.select()}
    db.database.close()
    there = {"STATUSBOTE_DATA": str(tmp_path / "data"), "STATUSBOTE_SECRET_KEY": SECRET, "PYTHONPATH": str(HOUSE)}
    command = [sys.executable, "-c", PRINT]
    seeds = [{**os.environ, **there, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    starts = [subprocess.Popen(command, env=seed, stdout=subprocess.PIPE, text=True) for seed in seeds]
    said = [start.communicate(timeout=60)[0] for start in starts]
    assert said[0] == said[1] and len(said[0].splitlines()) == 2
    assert said[0].splitlines() == [f"{id} {hashlib.sha256(page).hexdigest()}" for id, page in lying.items()]
    page = lying[full.id].decode()
    assert len(page) < 60_000 and "<script" not in page and not re.search(r'(?:src|action|srcset)="(?!data:)', page)
