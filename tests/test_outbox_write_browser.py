"""Writing by hand in a real browser: three clicks after opening the order, with the preview beside the text (F1, M1)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from outbox.channels import open_channel
from outbox.delivery import Delivery
from outbox.models import Mail
from records.models import Record
from tests.browsing import Browse, looked_over
from tests.conftest import make_user


@pytest.fixture
def page(browse: Browse) -> Page:
    """A clerk's page."""
    return browse(make_user("mira@example.org", "Mira", "staff"))


@pytest.fixture
def order(shop: Any, make_record: Callable[..., Record]) -> Record:
    items = [{"name": "Komplettinspektion", "quantity": 1, "price": "89.90"}]
    return make_record("1047", total=Decimal("89.90"), currency="EUR", items=items, location="berlin")


def deliver() -> list[Mail]:
    """Sends what is due into the built-in mailbox, as the worker does; the mails there."""
    delivery = Delivery(open_channel("", "test"), [], "test.0:me", "test")
    delivery.run()
    delivery.close(5)
    return list(Mail.select())


def test_f1_a_reminder_takes_two_clicks_and_shows_what_is_typed(page: Page, order: Record) -> None:
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
    [mail] = deliver()
    assert mail.recipient == "ada@example.org" and "Melden Sie sich gern." in bytes(mail.content).decode()


def test_m1_another_template_fills_the_text_anew_and_the_email_goes_out_in_three_clicks(page: Page, order: Record) -> None:
    page.goto("/records/orders/1047")
    page.get_by_role("link", name="E‑Mail schreiben").click()
    expect(page.get_by_role("textbox", name="Betreff")).to_have_value("Auftrag 1047: Neu")
    page.get_by_label("Vorlage").select_option("Zahlungserinnerung")
    expect(page.get_by_role("textbox", name="Betreff")).to_have_value("Zahlungserinnerung zu Auftrag 1047")
    page.get_by_label("Vorlage").select_option("Status-E‑Mail")
    expect(page.get_by_role("textbox", name="Betreff")).to_have_value("Auftrag 1047: Neu")
    expect(page.locator(".letterhead")).to_contain_text("Status 1047.html")
    page.get_by_role("button", name="Senden", exact=True).click()
    expect(page.locator("#biography")).to_contain_text("Geschrieben von Mira.")
    [mail] = deliver()
    assert b"/s/" in bytes(mail.content)


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
