"""A customer in a real browser: the postcode, the page, a wish for another appointment, and what they are told."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from core import clock, journal
from core.db import transaction
from pages import endings, links, publish
from pages.replies import kept
from pages.settings import current, store
from records.models import Record
from tests.browsing import PHONE, Browse, faults, is_too_wide

READERS = (publish.read, endings.read, kept.read)


def wrong_with(page: Page) -> list[str]:
    """What axe finds in either light, and whether the page is wider than the phone."""
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    found += faults(page, runOnly=["color-contrast"])
    page.emulate_media(color_scheme="light")
    return found + (["too wide"] if is_too_wide(page) else [])


def test_x5_a_customer_enters_the_postcode_and_wishes_for_another_appointment(
    browse: Browse, shop: Any, ada: dict[str, Any], make_record: Callable[..., Record]
) -> None:
    store.save("order", "", {"action": {"key": "confirm"}, "link": {"policy": "postcode"}}, 0, "user:1")
    current.forget()
    ada |= {"language": "en", "postcode": "10999"}
    record = make_record("1047", location="berlin", contact=ada, scheduled_at=clock.now() + timedelta(days=3))
    journal.read(READERS)
    link = links.prepare(record.id, "customer", "ada@example.org")
    with transaction():
        links.save_many([link])
    page = browse(viewport=PHONE, locale="en-GB")
    page.goto(f"/s/{links.token_of(link.id)}")
    page.get_by_role("button").click()
    found = wrong_with(page)
    page.get_by_label("Postcode").fill("10997")
    page.get_by_role("button").first.click()
    found += wrong_with(page)
    page.get_by_label("Postcode").fill("10999")
    page.get_by_role("button").first.click()
    found += wrong_with(page)
    page.get_by_role("link", name="another").click()
    found += wrong_with(page)
    page.get_by_role("textbox").fill("Monday after nine")
    page.get_by_role("button").first.click()
    expect(page.get_by_text("Monday after nine")).to_be_visible()
    assert found + wrong_with(page) == []
