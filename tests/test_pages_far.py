"""Status pages in object storage that several machines share: kept, fetched, swept, and what happens when it is away."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import journal
from core.bucket import Bucket, read
from core.journal import Entry
from pages import documents, far, files, place, publish, sweep
from pages.models import Document, Page
from records.contacts import Refused
from records.models import Record
from tests.objects import KEY, SECRET, Storage, storage

AMAZON = Bucket(
    "https://examplebucket.s3.amazonaws.com", "", "", "us-east-1", "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


@pytest.fixture
def shared(house: Flask, shop: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """A house whose pages lie in object storage."""
    with storage() as there:
        monkeypatch.setattr(place, "_bucket", read(there.url, KEYS))
        monkeypatch.setattr(far, "_away_until", 0.0)
        yield there


@pytest.fixture
def folder(house: Flask) -> Path:
    pages: Path = house.config["STATUSBOTE"].pages
    return pages


def published(record: Record) -> Page:
    while journal.read([publish.read]):
        pass
    found: Page = Page.get(Page.record == record)
    return found


@pytest.mark.parametrize(("path", "query", "more", "proof"), [
    ("/test.txt", {}, {"range": "bytes=0-9"}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    ("/", {"max-keys": "2", "prefix": "J"}, {}, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
])
def test_requests_are_signed_as_amazon_s_own_examples_are(path: str, query: Any, more: Any, proof: str) -> None:
    headers = AMAZON.signed("GET", path, query, b"", datetime(2013, 5, 24, tzinfo=UTC), more)
    assert headers["authorization"].endswith(f"Signature={proof}")


def test_what_is_published_lies_in_the_storage_under_the_same_name(
    shared: Storage, folder: Path, make_record: Callable[..., Record]
) -> None:
    page = published(make_record("1"))
    assert shared.kept == {f"/pages/house/{page.file}": (folder / page.file).read_bytes()}


def test_another_machine_fetches_a_page_and_a_document_once(
    shared: Storage, folder: Path, make_record: Callable[..., Record], clerk: FlaskClient
) -> None:
    record = make_record("1")
    documents.add(record, "Rechnung.pdf", b"%PDF-1.7 of Ada", "user:1")
    file = published(record).file
    shutil.rmtree(folder)
    shared.asked.clear()
    for _again in range(2):
        assert clerk.get(f"/pages/for/{record.id}").data == shared.kept[f"/pages/house/{file}"]
        assert clerk.get(f"/pages/for/{record.id}?document={Document.get().id}").data == b"%PDF-1.7 of Ada"
    assert shared.asked == ["GET", "GET"]


@pytest.mark.parametrize("fault", [503, 403])
def test_a_storage_that_is_away_stops_no_message_and_no_page(
    shared: Storage, make_record: Callable[..., Record], clerk: FlaskClient, caplog: pytest.LogCaptureFixture, fault: int
) -> None:
    shared.fault = fault
    records = [make_record(str(number), status="ready") for number in range(6)]
    while journal.read([publish.read]):
        pass
    assert not Page.select().exists() and not Entry.select().where(Entry.unread).exists()
    assert "Ihr Auftrag ist abholbereit." in clerk.get(f"/pages/for/{records[0].id}").text
    said = [line.getMessage() for line in caplog.records if line.name == "statusbote.pages"]
    assert said == [f"object storage cannot be used: PUT is answered with {fault}"]
    with pytest.raises(Refused, match="gerade nicht"):
        documents.add(records[0], "a.pdf", b"%PDF-1.7", "user:1")
    shared.fault = 0
    far._away_until = 0.001  # the rest is over
    with caplog.at_level(logging.INFO):
        publish.republish([record.id for record in records])
    assert Page.select().count() == 6 and "object storage is back" in caplog.text


def test_a_page_that_cannot_be_fetched_is_printed_anew(
    shared: Storage, folder: Path, make_record: Callable[..., Record]
) -> None:
    record = make_record("1")
    file = published(record).file
    shutil.rmtree(folder)
    shared.fault = 500
    kept = publish.newest(record.id)
    assert kept and kept.path is None and kept.text().encode() == shared.kept[f"/pages/house/{file}"]


def test_the_sweep_finds_what_no_row_names_and_leaves_what_is_not_ours(
    shared: Storage, folder: Path, make_record: Callable[..., Record]
) -> None:
    file = published(make_record("1")).file
    names = ["ab/cd/" + "x" * 24 + ".html", "documents/" + "y" * 24 + ".pdf", "backup.tar", "ab/cd/" + "z" * 24 + ".html"]
    for name in names:
        shared.kept[f"/pages/house/{name}"] = b""
        shared.made[f"/pages/house/{name}"] = datetime.now(UTC) - timedelta(seconds=2 * files.FORGOTTEN)
    shared.made[f"/pages/house/{names[3]}"] = datetime.now(UTC)  # somebody is about to note it down
    shared.made[f"/pages/house/{file}"] -= timedelta(days=1)
    sweep.sweep()
    assert set(shared.kept) == {f"/pages/house/{name}" for name in (file, names[2], names[3])}
    sweep.forget([1])
    assert f"/pages/house/{file}" not in shared.kept and not (folder / file).exists()


def test_a_connection_that_the_far_side_closed_is_opened_anew(shared: Storage, make_record: Callable[..., Record]) -> None:
    files.put("documents/" + "x" * 24 + ".pdf", b"1")
    far._own.line[1].sock.close()
    files.put("documents/" + "y" * 24 + ".pdf", b"2")
    assert len(shared.kept) == 2


@pytest.mark.parametrize(("url", "environ", "words"), [
    ("s3://B", KEYS, "must be a folder, or s3://bucket/prefix"), ("s3://bucket/../x y", KEYS, "must be a folder"),
    ("s3://bucket", {}, "AWS_ACCESS_KEY_ID"), ("s3://bucket?endpoint=ftp://x", KEYS, "no address"),
    ("s3://bucket?endpiont=https://x", KEYS, "endpiont"),
])
def test_storage_that_cannot_be_is_refused_with_a_sentence(url: str, environ: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read(url, environ)


def test_the_region_makes_amazon_s_address(monkeypatch: pytest.MonkeyPatch) -> None:
    made = read("s3://my-pages/a/b", {**KEYS, "AWS_REGION": "eu-central-1", "AWS_SESSION_TOKEN": "t"})
    assert (made.endpoint, made.region) == ("https://s3.eu-central-1.amazonaws.com", "eu-central-1")
    assert made.path("x/y.html") == "/my-pages/a/b/x/y.html" and made.path("") == "/my-pages"
    assert SECRET not in repr(made) and os.environ.get("AWS_SECRET_ACCESS_KEY") != SECRET
