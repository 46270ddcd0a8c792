"""The SMS of a template in a real browser: counted while it is typed, and made plain by one click."""

from typing import Any

from playwright.sync_api import expect

from emails.models import Template
from tests.browsing import Browse, looked_over
from tests.conftest import make_user


def test_an_sms_is_counted_while_it_is_typed_and_made_plain_by_a_click(shop: Any, browse: Browse, letter: Template) -> None:
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), locale="de-DE")
    page.goto(f"/templates/{letter.id}")
    text = page.locator("#sms-de")
    text.fill("„Fertig“ – {{ link }}")
    expect(page.locator("#counted-de")).to_contain_text("Wegen „ “ – passen nur 70 statt 160 Zeichen")
    expect(page.locator(".bubble")).to_contain_text("„Fertig“ – http")
    assert looked_over(page) == []
    page.locator("#counted-de").get_by_role("button").click()
    expect(text).to_have_value('"Fertig" - {{ link }}')
    expect(text).to_be_focused()
    expect(page.locator("#counted-de")).not_to_contain_text("Wegen")
    page.locator(".tongue.de").get_by_role("button", name="Posten").click()
    assert "vorgang.positionen" in page.locator("#body-de").input_value() and "vorgang" not in text.input_value()
