"""The story, in a real browser: from an empty house to a customer who opens the status of an order."""

import json
import re
import sqlite3
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import DESK, PHONE, faults
from tests.running import Running, free_port

ORDER = Path(__file__).parent / "payloads" / "woocommerce_order_created.json"
SECRET = "a secret of the shop"


class Letterbox:
    """What aiosmtpd hands over: the customer's mails."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 kept"

    def wait_for(self, count: int) -> EmailMessage:
        deadline = time.monotonic() + 30
        while len(self.mails) < count:
            assert time.monotonic() < deadline, f"{len(self.mails)} of {count} mails came"
            time.sleep(0.05)
        return self.mails[count - 1]


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    box, port = Letterbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def house(tmp_path: Path, letterbox: tuple[Letterbox, int]) -> Iterator[Running]:
    running = Running(tmp_path / "data", SMTP_URL=f"smtp://127.0.0.1:{letterbox[1]}")
    running.start()
    running.wait_until_ready()
    yield running
    assert running.stop() == 0


@pytest.fixture
def visit(chromium: Browser, house: Running) -> Iterator[Any]:
    """Opens a browser of its own for each person, German, with a desk's or a phone's screen."""
    contexts: list[BrowserContext] = []

    def open_browser(screen: Any) -> Page:
        contexts.append(chromium.new_context(locale="de-DE", viewport=screen, base_url=house.url))
        return contexts[-1].new_page()

    yield open_browser
    for context in contexts:
        context.close()


def test_from_an_empty_house_to_an_opened_status_page(house: Running, letterbox: tuple[Letterbox, int], visit: Any) -> None:
    box, _port = letterbox
    admin = visit(DESK)
    begin(admin)
    write_template(admin)
    connect_shop(admin)
    write_rule(admin)
    assert [tell(house, status, minutes) for status, minutes in (("processing", 0), ("completed", 5))] == [201, 200]
    mail = box.wait_for(1)
    assert (mail["To"], mail["Subject"]) == ("Ada Lovelace <ada@example.org>", "Auftrag 1001: Abholbereit")
    link = link_in(mail, house)
    look_at_the_record(admin, "gesendet")
    scan(link)
    customer = visit(PHONE)
    open_link(customer, link)
    look_again(customer, link)
    hand_round(house)
    refuse_and_renew(visit(PHONE), link, box, house)


def begin(page: Page) -> None:
    page.goto("/")
    page.locator("[name=company]").fill("Radhaus Lindner")
    page.locator("[name=name]").fill("Mira Aydın")
    page.locator("[name=email]").fill("mira@radhaus-lindner.example")
    page.locator("[name=password]").fill("lang genug und neu")
    page.locator("[name=pack][value='']").check(force=True)
    page.get_by_role("button", name="Anfangen").click()
    expect(page).to_have_url(re.compile("/$"))
    assert faults(page) == []


def write_template(page: Page) -> None:
    page.goto("/templates/new")
    page.locator("[name=name]").fill("Auftragsstatus")
    page.locator("#subject-de").fill("Auftrag {{ record.number }}: {{ record.status }}")
    page.locator("#body-de").fill("# {{ record.sentence }}\n\n{{ greeting }}\n\n[Status ansehen]({{ link }})")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Auftragsstatus")
    assert faults(page) == []


def connect_shop(page: Page) -> None:
    page.goto("/shops/new")
    page.locator("[name=title]").fill("Webshop")
    page.locator("[name=secret]").fill(SECRET)
    page.get_by_role("button", name="Verbinden").click()
    expect(page.locator("#address")).to_contain_text("/hooks/webshop")
    page.locator(".word", has=page.locator("input[value=completed]")).locator("select").select_option("ready")
    page.get_by_role("button", name="Speichern").click()
    assert faults(page) == []


def write_rule(page: Page) -> None:
    page.goto("/rules/new?kind=order")
    page.get_by_label("Auslöser").select_option("status_changed_to")
    page.get_by_label("Abholbereit").check()
    page.get_by_label("Vorlage").select_option(label="Auftragsstatus")
    page.get_by_label("Eingeschaltet").check()
    page.get_by_role("button", name="Speichern").last.click()
    expect(page.locator(".rule .sentence")).to_contain_text("Auftragsstatus")
    assert faults(page) == []


def tell(house: Running, status: str, minutes: int) -> int:
    """What WooCommerce posts when the order is in that status; the answer's code."""
    moment = (datetime.now(UTC) + timedelta(minutes=minutes - 10)).strftime("%Y-%m-%dT%H:%M:%S")
    body = json.dumps(json.loads(ORDER.read_text()) | {"status": status, "date_modified_gmt": moment}).encode()
    headers = {
        "Content-Type": "application/json", "X-WC-Webhook-Topic": "order.updated", "X-WC-Webhook-Delivery-ID": status,
        "X-WC-Webhook-Signature": b64encode(digest(SECRET.encode(), body, sha256)).decode(),
    }
    with urlopen(Request(f"{house.url}/hooks/webshop", body, headers), timeout=10) as answer:
        return int(answer.status)


def link_in(mail: EmailMessage, house: Running) -> str:
    text = mail.get_body(("plain",))
    assert text
    [link] = [line for line in text.get_content().splitlines() if re.fullmatch(rf"{re.escape(house.url)}/s/\w+", line)]
    return link


def look_at_the_record(page: Page, words: str) -> None:
    page.goto("/records/orders/1001")
    expect(page.get_by_text(words).first).to_be_visible()
    assert faults(page) == []


def scan(link: str) -> None:
    """A mail scanner runs over the link before anybody has read the mail."""
    for method in ("HEAD", "GET", "GET", "HEAD", "GET"):
        with urlopen(Request(link, method=method), timeout=10) as answer:
            assert answer.status == 200
            assert b"Abholbereit" not in answer.read()


def open_link(page: Page, link: str) -> None:
    page.goto(link)
    assert faults(page) == []
    page.get_by_role("button", name="Status ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("abholbereit")
    assert faults(page) == []


def look_again(page: Page, link: str) -> None:
    view = page.url
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("abholbereit")
    page.go_back()
    page.go_forward()
    page.goto(link)
    assert page.url == view


def hand_round(house: Running) -> None:
    """Who opens within five minutes may be a scanner, so one more browser is let in; let the mail be older than that."""
    with sqlite3.connect(Path(house.environ["STATUSBOTE_DATA"]) / "statusbote.db") as database:
        database.execute("UPDATE link SET sent_at = '2026-01-01 10:00:00.000000', created_at = '2026-01-01 10:00:00.000000'")


def refuse_and_renew(page: Page, link: str, box: Letterbox, house: Running) -> None:
    answer = page.goto(link)
    assert answer and answer.status == 410
    expect(page.get_by_role("heading", level=1)).to_contain_text("schon geöffnet")
    assert "ada@example.org" not in page.content()
    assert faults(page) == []
    page.get_by_role("button", name="Neuen Link senden").click()
    fresh = link_in(box.wait_for(2), house)
    assert fresh != link
    open_link(page, fresh)
