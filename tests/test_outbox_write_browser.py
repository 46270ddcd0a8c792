"""Writing by hand in a real browser: at most three clicks after opening the order, to one and to many (F1, M1)."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from outbox.models import Mail, Sender
from outbox.senders import senders
from records.models import Record
from tests.browsing import Browse, looked_over
from tests.conftest import make_user
from tests.mailing import send_due


@pytest.fixture
def page(browse: Browse) -> Page:
    """A clerk's page."""
    return browse(make_user("mira@example.org", "Mira", "staff"))


@pytest.fixture
def order(shop: Any, make_record: Callable[..., Record]) -> Record:
    items = [{"name": "Komplettinspektion", "quantity": 1, "price": "89.90"}]
    return make_record("1047", total=Decimal("89.90"), currency="EUR", items=items, location="berlin")


@pytest.fixture
def clicks(page: Page) -> list[str]:
    """What a hand clicks on from here on, on whatever page; presses of the page's own do not count."""
    counted: list[str] = []
    page.expose_function("clicked", lambda what: counted.append(what))
    page.add_init_script(
        "addEventListener('click', (event) => event.isTrusted && clicked(event.target.textContent.trim()), true)"
    )
    return counted


def deliver() -> list[Mail]:
    """Sends what is due into the built-in mailbox, as the worker does; the mails there."""
    send_due()
    return list(Mail.select())


def test_f1_a_reminder_takes_two_clicks_after_opening_the_order(page: Page, order: Record, clicks: list[str]) -> None:
    page.goto("/records/orders/1047")
    page.get_by_role("link", name="Zahlungserinnerung schreiben").click()
    letter = page.frame_locator("iframe").locator("body")
    expect(letter).to_contain_text("89,90")
    text = page.get_by_role("textbox", name="Text")
    text.fill(text.input_value().replace("Haben Sie schon", "Melden Sie sich gern. Haben Sie schon"))
    expect(letter).to_contain_text("Melden Sie sich gern.")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page).to_have_url(page.url.split("/records")[0] + "/records/orders/1047")
    expect(page.locator("#biography")).to_contain_text("Geschrieben von Mira.")
    assert clicks == ["Zahlungserinnerung schreiben", "Senden"]
    [mail] = deliver()
    assert mail.recipient == "ada@example.org" and "Melden Sie sich gern." in bytes(mail.content).decode()


def test_m1_the_status_page_is_sent_as_link_and_file_in_two_clicks_after_opening_the_order(
    page: Page, order: Record, clicks: list[str]
) -> None:
    page.goto("/records/orders/1047")
    page.get_by_role("link", name="E‑Mail schreiben").click()
    expect(page.get_by_role("textbox", name="Betreff")).to_have_value("Auftrag 1047: Neu")
    expect(page.get_by_label("Statusseite als Datei")).to_be_checked()
    expect(page.locator(".letterhead")).to_contain_text("Status 1047.html")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page.locator("#biography")).to_contain_text("Geschrieben von Mira.")
    assert clicks == ["E‑Mail schreiben", "Senden"]
    [mail] = deliver()
    assert b"/s/" in bytes(mail.content) and b"Status 1047.html" in bytes(mail.content)


def test_m1_from_the_contact_another_template_and_a_file_of_ones_own(
    page: Page, order: Record, clicks: list[str], tmp_path: Path
) -> None:
    page.goto(f"/contacts/{order.contact_id}")
    page.get_by_role("link", name="E‑Mail schreiben").click()
    expect(page.get_by_label("Zu", exact=True)).to_have_value(str(order.id))
    page.get_by_label("Vorlage").select_option("Zahlungserinnerung")
    expect(page.get_by_role("textbox", name="Betreff")).to_have_value("Zahlungserinnerung zu Auftrag 1047")
    for name, content in (("notiz.txt", b"Hallo"), ("Prüfbericht.pdf", b"%PDF-1.7")):
        (tmp_path / name).write_bytes(content)
        page.get_by_label("Eigene Dateien").set_input_files(tmp_path / name)
        expect(page.locator("#files")).to_contain_text("notiz.txt" if name == "notiz.txt" else "Pruefbericht.pdf")
    expect(page.locator(".letterhead")).to_contain_text("Pruefbericht.pdf")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page.locator("#biography")).to_contain_text("Geschrieben von Mira.")
    assert len(clicks) == 2
    [mail] = deliver()
    assert b"Pruefbericht.pdf" in bytes(mail.content)


def test_many_are_marked_written_to_looked_at_and_followed(
    page: Page, order: Record, make_record: Callable[..., Record], ada: dict[str, Any]
) -> None:
    for number in range(1048, 1051):
        make_record(str(number), contact={**ada, "name": f"Kundin {number}", "email": f"k{number}@example.org"})
    silent = make_record("1051", contact={**ada, "name": "Cem", "email": "cem@example.org", "consent": {"email": False}})
    page.goto("/records/orders")
    page.get_by_label("1047 auswählen").check()
    page.get_by_label("Alle markieren").check()
    expect(page.locator(".bulk")).to_contain_text("ausgewählt")
    page.get_by_role("button", name="E‑Mail schreiben").click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("10")
    found = looked_over(page)
    page.get_by_role("button", name="Ansehen, wer was bekommt").click()
    expect(page.get_by_role("region", name="Diese bekommen sie nicht")).to_contain_text(silent.number)
    page.locator(f"#letter-{order.id}").get_by_role("button", name="Ansehen").click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Ada Lovelace")
    page.locator(f"#letter-{order.id} .tick").uncheck()
    found += looked_over(page)
    page.get_by_role("button", name="An die Ausgewählten senden").click()
    expect(page.locator(".run")).to_contain_text("0 von 3 gesendet")
    assert {mail.recipient for mail in deliver()} == {f"k{number}@example.org" for number in range(1048, 1051)}
    expect(page.locator(".run")).to_contain_text("3 von 3 gesendet")
    assert found == []


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(
    page: Page, order: Record, make_record: Callable[..., Record], ada: dict[str, Any]
) -> None:
    silent = make_record("1048", contact={**ada, "email": "ben@example.org", "consent": {"email": False}})
    lost = make_record("1049", contact={"name": "Cem", "phone": "+4930123457"})
    found = []
    for path in (f"{order.id}?as=reminder", f"{silent.id}", f"{lost.id}"):
        page.goto(f"/outbox/write/{path}")
        expect(page.frame_locator("iframe").locator("body")).to_contain_text("10")
        found += looked_over(page)
    assert found == []


def test_f1_a_reminder_by_sms_is_counted_while_it_is_typed_and_sent_in_three_clicks(
    page: Page, shop: Any, make_record: Callable[..., Record], ada: dict[str, Any], clicks: list[str]
) -> None:
    agreed = {**ada, "phone": "+4915112345678", "consent": {"email": True, "sms": True}}
    make_record("1047", contact=agreed, total=Decimal("89.90"), currency="EUR", location="berlin")
    given = {"label": "SMS", "host": "", "port": 0, "tls": "", "from_address": "Radhaus"}
    money = {"price": "0.075", "currency": "EUR", "cap": "", "countries": ["DE"]}
    senders.save(Sender(type="mailbox"), {**given, "settings": money}, "user:1")
    page.goto("/records/orders/1047")
    page.get_by_role("link", name="Zahlungserinnerung schreiben").click()
    page.get_by_role("link", name="SMS", exact=True).click()
    text = page.get_by_role("textbox", name="Text")
    text.fill(f"{text.input_value()} „Danke“")
    expect(page.locator("#counted")).to_contain_text("2 SMS, 0,15")
    found = looked_over(page)
    page.get_by_role("button", name="Durch einfache Zeichen ersetzen").click()
    expect(text).to_have_value(re.compile('"Danke"$'))
    expect(page.locator(".bubble")).to_contain_text("89,90 € offen")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page.locator("#biography")).to_contain_text("Geschrieben von Mira.")
    assert [click for click in clicks if "einfache" not in click] == ["Zahlungserinnerung schreiben", "SMS", "Senden"]
    [sms] = deliver()
    assert (sms.channel, sms.recipient) == ("sms", "+4915112345678") and found == []
