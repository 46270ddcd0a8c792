"""A real browser for the tests that need one, with axe to judge what it shows."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 800}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
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
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    return [f"{page.url}: {found['id']} {found['nodes'][0]['target']}" for found in Axe().run(page).response["violations"]]
