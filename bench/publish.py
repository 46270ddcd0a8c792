"""Publishes and serves the pages of 1,000 orders, beside writing and serving the same bytes without us."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask, Response, send_file
from flask.testing import FlaskClient

from app import create_app
from core import config, settings
from core.db import transaction
from core.journal import Entry
from pages import grants, links, publish
from pages.models import Page
from records import change, kinds

PAGES, BATCH, ALONE = 1_000, 50, 200
COMPANY = {"name": "Radhaus Lindner", "colour": "#1c5a44", "language": "de", "website": "https://radhaus-lindner.example"}


def fill() -> list[Entry]:
    """1,000 orders that have become ready, three items and an amount each; what is to be read of them."""
    settings.put("company", COMPANY)
    kind = kinds.of_collection("orders")
    assert kind
    items = [{"name": name, "quantity": 2, "price": "18.90"} for name in ("Große Inspektion", "Bremsbelag", "Kette")]
    contact = {"name": "Ada Lovelace", "email": "ada@example.org", "consent": {"email": True}}
    for number in range(PAGES):
        state = {"status": "ready", "contact": contact, "items": items, "total": "113.40"}
        change.apply(kind, str(number), state, "api:1")
    return list(Entry.select().where(Entry.what == "order.created").order_by(Entry.id))


def publishing(entries: list[Entry]) -> dict[str, float]:
    """The way a worker does it: together when there are many, and one by one."""
    begun = time.perf_counter()
    for start in range(0, len(entries), BATCH):
        _publish(entries[start : start + BATCH])
    together = time.perf_counter() - begun
    singly = [_timed(lambda entry=entry: _publish([entry])) for entry in entries[:ALONE]]  # type: ignore[misc]
    return {"pages_published": len(entries) / together, "publish_p50": median(singly) * 1000}


def writing(folder: Path, contents: list[bytes]) -> dict[str, float]:
    """The same bytes, each written as durably: a file of its own, synced, renamed, its folder synced."""
    folder.mkdir()
    took = [_timed(lambda n=n, one=one: _write(folder, n, one)) for n, one in enumerate(contents)]  # type: ignore[misc]
    return {"pages_written": len(contents) / sum(took), "write_p50": median(took) * 1000}


def serving(app: Flask, page: Page) -> dict[str, float]:
    """A browser that was let in asks again and again; beside it a program that hands out the same file to anybody."""
    link = links.prepare(page.record_id, "customer", "ada@example.org")
    with transaction():
        links.save_many([link])
    found = links.find(links.token_of(link.id))
    grant = grants.open_in(found, "n" * 22) if found else None
    client = app.test_client()
    client.set_cookie(f"grant-{link.id}", grant or "")
    bare, file = Flask("bare"), config.read().pages / page.file

    @bare.get("/page")
    def whole() -> Response:
        return send_file(file, mimetype="text/html", etag=False, conditional=False)

    return {
        "pages_served": _per_second(client, f"/s/v/{link.id}"), "pages_bare": _per_second(bare.test_client(), "/page"),
    }


def _per_second(client: FlaskClient, path: str) -> float:
    def ask() -> None:
        answer = client.get(path)
        assert answer.status_code == 200 and b"</html>" in answer.data
        answer.close()

    return 1 / median(_timed(ask) for _ in range(PAGES))


def _publish(entries: list[Entry]) -> None:
    write = publish.read(entries)
    with transaction():
        write()


def _write(folder: Path, n: int, content: bytes) -> None:
    draft = folder / f"{n}.part"
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(folder / f"{n}.html")
    descriptor = os.open(folder, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def _timed(call: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def main() -> None:
    folder = Path(sys.argv[1])
    os.environ.update(STATUSBOTE_DATA=str(folder / "data"), STATUSBOTE_SMTP_URL="")
    app = create_app()
    entries = fill()
    figures = publishing(entries)
    pages = list(Page.select().limit(ALONE))
    contents = [(config.read().pages / page.file).read_bytes() for page in pages]
    figures |= writing(folder / "bare", contents) | serving(app, pages[0])
    figures["page_kb"] = len(contents[0]) / 1000
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
