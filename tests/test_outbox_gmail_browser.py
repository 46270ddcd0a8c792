"""A Google account in a real browser: there and back again by two clicks, with nothing for axe to find (R5)."""

from typing import Any

from playwright.sync_api import expect

from outbox.models import Sender
from outbox.senders import senders
from tests.browsing import Browse, faults, is_too_wide, looked_over
from tests.conftest import make_user
from tests.google import CLIENT, Google


def test_r5_a_google_account_is_connected_and_tried(browse: Browse, shop: Any) -> None:
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), "en")
    with Google() as google:
        page.goto("/senders/new?type=gmail")
        page.locator("#field-label").fill("Werkstatt")
        page.locator("#field-client_id").fill(CLIENT["client_id"])
        page.locator("#field-client_secret").fill(CLIENT["client_secret"])
        page.locator("form.form .button.main").click()
        expect(page.locator("#consent")).to_be_visible()
        sender = Sender.get()
        # the browser came by another address than the one that STATUSBOTE_BASE_URL tells Google
        google.back = page.url.rsplit("/senders/", 1)[0]
        given = {"host": "127.0.0.1", "port": google.port, "tls": "none", "settings": {**sender.settings, **google.settings}}
        senders.save(sender, given, "user:1")
        page.locator(f"a[href='/senders/{sender.id}/google']").click()
        expect(page.locator(".note.good")).to_contain_text("werkstatt@gmail.example")
        page.locator("form[action$='/test'] button").click()
        expect(page.locator("#trial ~ .note.good")).to_be_visible()
        assert len(google.mails) == 1
        assert looked_over(page) == []
    page.goto("/senders/google")
    assert faults(page) == [] and not is_too_wide(page)


def test_a_signature_is_set_up(browse: Browse, shop: Any) -> None:
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"))
    sender = Sender()
    senders.save(sender, {
        "label": "Post", "host": "127.0.0.1", "port": 1, "tls": "none", "login": "", "from_address": "post@example.org",
    }, "user:1")
    page.goto(f"/senders/{sender.id}")
    page.locator(f"a[href='/senders/{sender.id}/signature']").click()
    page.locator("form[action$='/key'] button").click()
    expect(page.locator("#record-name")).to_contain_text("._domainkey.example.org")
    page.locator("#field-domain").fill("example.net")
    page.locator("form.form .actions .button").first.click()
    expect(page.locator("#field-domain-error")).to_contain_text("example.org")
    assert looked_over(page) == []
