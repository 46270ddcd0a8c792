"""SMS gateways in a real browser: one is chosen, described and tried, and its SMS is read in the mailbox (R5)."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browsing import DESK, PHONE, Browse, faults, is_too_wide
from tests.conftest import make_user


@pytest.fixture(params=["de", "en"])
def page(request: Any, browse: Browse) -> Page:
    """An admin's page, in either language."""
    return browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), request.param)


def test_r5_a_gateway_is_tried_and_its_sms_is_read(page: Page, shop: Any) -> None:
    page.goto("/senders/new")
    page.locator("a[href='/senders/new?type=mailbox']").click()
    for name, value in {"label": "SMS", "from_address": "Radhaus", "countries": "DE"}.items():
        page.locator(f"#field-{name}").fill(value)
    page.locator("form.form .button.main").click()
    page.locator("#field-to").fill("0151 12345678")
    page.locator("form[action$='/test'] button").click()
    expect(page.locator(".note.good")).to_be_visible()
    for path, size in (("/senders/new", PHONE), ("/senders/new?type=http", PHONE), ("/mailbox/1", DESK)):
        page.set_viewport_size(size)
        page.goto(path)
        assert faults(page) == [] and not is_too_wide(page)
    expect(page.locator(".bubble")).to_contain_text("SMS")
