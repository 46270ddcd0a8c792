"""Mails and their look in a real browser: nothing is loaded from anywhere, and the screens have nothing for axe to find."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from core import settings
from emails import compose, defaults, samples
from emails.layouts import kept
from emails.layouts.models import Layout
from emails.models import Template
from tests.browsing import DESK, PHONE, Browse, faults, is_too_wide
from tests.conftest import make_user

WIDTHS = ({"width": 375, "height": 700}, {"width": 700, "height": 700})


@pytest.fixture
def page(browse: Browse) -> Page:
    return browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), "en")


def test_r5_every_mail_in_every_layout_asks_nobody_for_anything(chromium: Browser, shop: Any) -> None:
    company = settings.get("company")
    scene = samples.scene(samples.record(samples.any_kind()), company, "de")
    asked: list[str] = []
    looking = chromium.new_page(color_scheme="dark")
    looking.on("request", lambda request: asked.append(request.url))
    for layout in kept.SHIPPED:
        for system in defaults.SYSTEM:
            text = Template.get(Template.system == system).texts["de"]
            mail = compose.fill(compose.compile_text(text, "de", company, None, layout), scene, "de")
            looking.set_content(re.sub(r'src="cid:[^"]*"', "", mail.html))
            for size in WIDTHS:
                looking.set_viewport_size(size)
                assert not is_too_wide(looking), f"{layout} {system}"
            assert looking.locator(".go a").count() == 1 and "Radhaus Lindner GmbH" in looking.inner_text("body")
            assert len(mail.html.encode()) < 100_000
    looking.close()
    assert asked == []


def test_r5_a_colour_is_judged_while_it_is_chosen_and_the_mail_beside_it_follows(page: Page, shop: Any) -> None:
    page.goto("/appearance")
    page.locator("[name=colour]").fill("#ffb000")
    take = page.get_by_role("button", name="Take #")
    expect(take).to_be_visible()
    page.locator("#field-layout-letter").check()
    expect(page.frame_locator("iframe.mail").locator(".day")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert faults(page) == [] and not is_too_wide(page)
    take.click()
    page.get_by_text("Saved.").wait_for()
    kept_now = settings.get("company")
    assert kept_now["layout"] == "letter" and kept_now["colour"] not in ("#ffb000", "#1c5a44")


def test_r5_a_layout_is_written_with_places_by_a_click(page: Page, shop: Any) -> None:
    page.goto("/appearance/layouts")
    page.get_by_role("link", name="Copy Compact").click()
    page.get_by_label("Name").fill("House")
    source = page.locator("#field-source")
    source.fill(kept.source("compact").replace("{{ legal }}", "<b></b>"))
    expect(page.locator("#preview .note.stop")).to_contain_text("“{{ legal }}” is missing.")
    source.fill(kept.source("compact").replace("{{ legal }}", ""))
    source.evaluate("text => text.setSelectionRange(...Array(2).fill(text.value.lastIndexOf('</mj-text>')))")
    page.get_by_role("button", name="{{ legal }}").click()
    expect(page.frame_locator("iframe.mail").get_by_text("Radhaus Lindner GmbH")).to_be_visible()
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert faults(page) == [] and not is_too_wide(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("is saved.").wait_for()
    assert Layout.get().name == "House" and "{{ legal }}</mj-text>" in Layout.get().source
