"""A status page that tells everything at once, in a real browser: readable for all, on every screen and on paper."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from accounts.models import User
from core import clock, settings
from pages import documents
from records.models import Record
from tests.browsing import DESK, Browse, faults, is_too_wide

SHADES = ("light", "dark")


@pytest.fixture
def everything(shop: Any, make_record: Callable[..., Record]) -> Record:
    """An order about which there is all there can be to tell."""
    bank = {"account_holder": "Radhaus Lindner GmbH", "iban": "DE89370400440532013000", "payment_reference": "1047"}
    settings.put("company", {**settings.get("company"), **bank, "email": "laden@example.org"})
    now = clock.now()
    names = ["Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung", *(f"Ersatzteil {number}" for number in range(14))]
    items = [{"name": name, "quantity": 2, "price": "12345.67", "delivered": 1} for name in names]
    soon, late = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (3, 9))
    for status in ("new", "accepted", "in_progress", "waiting", "ready"):
        record = make_record(
            "1047", status=status, location="berlin", total=Decimal("1500.00"), due_at=now + timedelta(days=9),
            items=[*items, {"name": "Gutschrift", "quantity": 1, "price": "-50.00"}], scheduled_at=now + timedelta(days=4),
            tracking={"carrier": "DHL", "number": "00340434161094022115"},
            fields={"delivery_expected": soon, "delivery_latest": late, "note_to_customer": "Bitte klingeln.\nZweiter Hof."},
        )
    documents.add(record, "Kostenvoranschlag.pdf", b"%PDF-1.4", "user:1")
    return record


def opened(browse: Browse, clerk: FlaskClient, record: Record, **how: Any) -> Page:
    page = browse(User.get(User.role == "staff"), **how)
    page.goto(f"/pages/for/{record.id}")
    return page


@pytest.mark.parametrize("shade", SHADES)
def test_a_page_with_everything_is_readable_for_all(
    everything: Record, clerk: FlaskClient, browse: Browse, shade: str
) -> None:
    page = opened(browse, clerk, everything, viewport={"width": 320, "height": 700}, color_scheme=shade)
    for summary in page.locator("summary").all():
        summary.click()
    expect(page.get_by_text("Ersatzteil 13")).to_be_visible()
    expect(page.get_by_text("Angenommen")).to_be_visible()
    assert not is_too_wide(page) and faults(page) == []
    page.set_viewport_size(DESK)
    assert not is_too_wide(page) and faults(page, runOnly=["color-contrast"]) == []


def test_on_paper_everything_is_unfolded_and_nothing_is_to_be_pressed(
    everything: Record, clerk: FlaskClient, browse: Browse
) -> None:
    page = opened(browse, clerk, everything, viewport={"width": 660, "height": 900}, color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.get_by_text("Ersatzteil 13")).to_be_visible()
    expect(page.get_by_role("link", name="In den Kalender")).to_be_hidden()
    expect(page.locator("summary").first).to_be_hidden()
    colours = "[document.body, document.querySelector('h1')].map(one => getComputedStyle(one))"
    assert page.evaluate(f"(([body, title]) => [body.backgroundColor, title.color])({colours})") == [
        "rgb(255, 255, 255)", "rgb(0, 0, 0)",
    ]
    follow = page.get_by_role("link", name="Sendung bei DHL verfolgen")
    assert "https://www.dhl.de/" in follow.evaluate("one => getComputedStyle(one, '::after').content")
    assert not is_too_wide(page)


def test_m1_staff_prints_the_page_and_saves_it_as_a_file(
    make_record: Callable[..., Record], clerk: FlaskClient, browse: Browse
) -> None:
    make_record("1047", status="ready")
    page = browse(User.get(User.role == "staff"))
    page.context.add_init_script("window.print = () => { document.title = 'printed'; };")
    page.goto("/records/orders/1047")
    with page.expect_popup() as paper:
        page.get_by_role("link", name="Drucken").click()
    expect(paper.value).to_have_title("printed")
    expect(paper.value.get_by_text("Ihr Auftrag ist abholbereit.")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Als Datei sichern").click()
    assert saved.value.suggested_filename == "Status 1047.html"
