"""A real browser for the tests that need one, with axe to judge what it shows."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from accounts.models import User

Browse = Callable[..., Page]

DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 375, "height": 800}
AXE = Axe().axe_script
# the shell is the same browser without a desktop around it, and needs half as long
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless; the test is skipped where there is none."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not found:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class Quiet(WSGIRequestHandler):
    def log_request(self, *args: object) -> None: ...


@pytest.fixture
def address(house: Flask) -> Iterator[str]:
    """The house, served; forms need their tokens as they do in life."""
    house.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, house, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def browse(chromium: Browser, address: str, house: Flask) -> Iterator[Browse]:
    """Opens a browser for a visitor, or for a user who is signed in: `browse(user, language="en", viewport=PHONE)`."""
    with ExitStack() as opened:

        def open_(user: User | None = None, language: str = "de", **settings: Any) -> Page:
            page = opened.enter_context(watched(chromium, base_url=address, **{"viewport": DESK, **settings}))
            if user:
                session = {"_user_id": f"{user.id}.{user.epoch}", "_fresh": True, "language": language}
                serializer = SecureCookieSessionInterface().get_signing_serializer(house)
                assert serializer
                signed = serializer.dumps(session)
                page.context.add_cookies([{"name": "session", "value": signed, "url": address}])
            return page

        yield open_


@contextmanager
def watched(chromium: Browser, **settings: Any) -> Iterator[Page]:
    """A page in a browser of its own; what it complains about fails the test, but for answers to what was filled in."""
    context, complaints = chromium.new_context(**settings), []

    def hear(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and not any(code in said.text for code in (" 409 ", " 422 ")):
            complaints.append(said.text)

    page = context.new_page()
    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def faults(page: Page, **options: Any) -> list[str]:
    """What axe finds on the page as it stands; a sandboxed frame is a page of its own."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], "iframes": False, **options}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [f"{page.url}: {fault['id']} {fault['nodes'][0]['target']}" for fault in found]


def looked_over(page: Page) -> list[str]:
    """What is wrong with the page at a desk, in either light, and whether it is wider than a phone; its slots have come."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.set_viewport_size(DESK)
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    found += faults(page, runOnly=["color-contrast"])
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    return found + ([f"{page.url}: wider than a phone"] if is_too_wide(page) else [])


def is_too_wide(page: Page) -> bool:
    """True when the page must be moved sideways to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
