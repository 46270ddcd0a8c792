"""Senders in a real browser: one is added, tried, and chosen, with nothing for axe to find (R5)."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock
from core.db import transaction
from outbox.models import Sender
from rules.models import Rule
from tests.browsing import DESK, PHONE, Browse, faults, is_too_wide
from tests.conftest import make_user
from tests.postoffice import PostOffice


@pytest.fixture(params=["de", "en"])
def page(request: Any, browse: Browse) -> Page:
    """An admin's page, in either language."""
    return browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), request.param)


def test_r5_a_sender_is_added_and_tried(page: Page, shop: Any) -> None:
    with PostOffice() as office:
        page.goto("/senders")
        page.locator("a[href='/senders/new']").click()
        page.locator("a[href='/senders/new?type=smtp']").click()
        for name, value in {
            "label": "Werkstatt", "from_address": "werkstatt@example.org", "host": "127.0.0.1", "port": str(office.port),
            "quota": "100",
        }.items():
            page.locator(f"#field-{name}").fill(value)
        page.locator("#field-tls").select_option("none")
        page.locator("form.form .button.main").click()
        page.locator("form[action$='/test'] button").click()
        expect(page.locator(".note.good")).to_be_visible()
        assert [to for to, raw in office.mails] == ["ada.admin@example.org"]
    page.locator("form[action$='/test'] button").click()
    expect(page.locator(".note.stop")).to_contain_text("127.0.0.1")
    sender = Sender.get()
    for path in ("/senders", f"/senders/{sender.id}"):
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.goto(path)
            assert faults(page) == []
            assert not is_too_wide(page)


def test_r5_the_builder_offers_it(page: Page, shop: Any, letter: Any) -> None:
    page.goto("/rules/new")
    page.get_by_role("link", name=re.compile("Weiteren Absender einrichten|Connect a further sender")).click()
    expect(page).to_have_url(re.compile("/senders/new$"))
    with transaction():
        sender = Sender.create(
            label="Werkstatt", host="127.0.0.1", port=1, tls="none", from_address="w@example.org", created_at=clock.now()
        )
    page.goto("/rules/new")
    page.locator("#blank-sender").select_option("Werkstatt")
    page.locator("#blank-template-0").select_option(str(letter.id))
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert faults(page) == []
        assert not is_too_wide(page)
    page.locator(".savebar .button.main").click()
    expect(page).to_have_url(re.compile("/rules\\?kind="))
    expect(page.locator("main")).to_contain_text("Werkstatt")
    assert Rule.get().sender_id == sender.id
