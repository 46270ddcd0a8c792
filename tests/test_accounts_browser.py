"""The frame in a real browser: first start, keyboard, phone, light and dark, without a complaint of axe or of the CSP."""


import pytest
from playwright.sync_api import Browser, Page

from tests.browsing import DESK, PHONE, Browse, faults, is_too_wide, looked_over
from tests.mailing import link_in
from tests.postoffice import PostOffice


@pytest.fixture
def page(browse: Browse) -> Page:
    """A page that was led through the first start."""
    page = browse(locale="en-GB")
    page.goto("/users")
    page.get_by_label("Your company").fill("Radhaus Lindner")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Begin").click()
    return page


def test_axe_finds_nothing_in_either_light(page: Page) -> None:
    found = []
    for path in ("/users", "/users/new", "/users/keys", "/company", "/account"):
        page.goto(path)
        found += looked_over(page)
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Sign out").click()
    assert found + looked_over(page) == []


def test_the_keyboard_can_skip_the_menu(page: Page) -> None:
    page.goto("/users")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Invite a person"


def test_b6_somebody_invited_joins_on_a_phone(page: Page, chromium: Browser, address: str, mailing: PostOffice) -> None:
    page.goto("/users/new")
    page.get_by_label("E-mail").fill("cem@example.org")
    page.locator("select[name=language]").select_option("en")
    page.get_by_role("button", name="Invite").click()
    page.get_by_text("is on its way").wait_for()
    context = chromium.new_context(locale="en-GB", base_url=address, viewport=PHONE)
    theirs, referers = context.new_page(), []
    theirs.on("request", lambda asked: referers.append(asked.headers.get("referer", "")))
    theirs.goto(link_in(mailing, "invitation"))
    assert faults(theirs) == []
    assert not is_too_wide(theirs)
    theirs.get_by_label("First name").fill("Cem")
    theirs.get_by_label("Last name").fill("Yıldız")
    theirs.get_by_label("New password").fill("long enough")
    theirs.get_by_label("Once more").fill("long enough")
    theirs.get_by_role("button", name="Accept the invitation").click()
    theirs.get_by_text("Welcome, Cem Yıldız.").wait_for()
    assert not any("invitation" in referer for referer in referers) and any(referers)
    context.close()


def test_on_a_phone_the_menu_opens_over_the_page(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto("/company")
    menu = page.get_by_role("navigation", name="Main menu")
    assert not menu.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert menu.is_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    assert not menu.is_visible()


def test_dark_and_german_are_one_press_away_and_stay(page: Page) -> None:
    page.goto("/company")
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 25)"
    page.get_by_role("button", name="Deutsch").click()
    assert page.url.endswith("/company")
    assert page.get_by_role("heading", name="Betrieb").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 21, 25)"


def test_danger_asks_first_and_what_was_done_is_said(page: Page) -> None:
    page.goto("/users/keys")
    page.get_by_label("What is the new key for?").fill("Webshop")
    page.get_by_role("button", name="Make key").click()
    page.get_by_role("button", name="Revoke").click()
    dialog = page.get_by_role("dialog")
    assert "Whoever uses this key is refused" in dialog.inner_text()
    dialog.get_by_role("button", name="Cancel").click()
    assert page.get_by_role("button", name="Revoke").is_visible()
    page.get_by_role("button", name="Revoke").click()
    dialog.get_by_role("button", name="Revoke").click()
    page.get_by_text("is revoked.").wait_for()
    page.get_by_role("button", name="Close").click()
    assert not page.get_by_text("is revoked.").is_visible()


def test_a_refused_form_leads_to_its_first_trouble(page: Page) -> None:
    page.goto("/company")
    page.get_by_label("Telephone").fill("12")
    with page.expect_response(lambda answer: answer.status == 422):
        page.get_by_role("button", name="Save").click()
    page.get_by_text("This is not a telephone number.").wait_for()
    assert page.evaluate("document.activeElement.name") == "phone"
    assert page.get_by_label("Telephone").get_attribute("aria-describedby") == "field-phone-error"
