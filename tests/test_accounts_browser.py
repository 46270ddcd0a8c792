"""The frame in a real browser: first start, keyboard, phone, light and dark, without a complaint of axe or of the CSP."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.mailing import link_in
from tests.postoffice import PostOffice

PHONE = {"width": 375, "height": 800}


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """A page that was led through the first start; what it complains about fails the test."""
    context = chromium.new_context(locale="en-GB", base_url=address)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/users")
    page.get_by_label("Your company").fill("Radhaus Lindner")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password").fill("long enough")
    page.get_by_role("button", name="Begin").click()
    yield page
    context.close()
    assert [said for said in complaints if "status of 422" not in said] == []


def judged(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    return [f"{page.url}: {found['id']}" for found in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_either_light(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    found = []
    for path in ("/users", "/users/new", "/users/keys", "/company", "/account"):
        page.goto(path)
        found += judged(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Sign out").click()
    assert found + judged(page) == []


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
    assert judged(theirs) == []
    assert theirs.evaluate("document.documentElement.scrollWidth <= innerWidth")
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
    assert judged(page) == []
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
