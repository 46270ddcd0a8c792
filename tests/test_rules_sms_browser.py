"""A rule by SMS in a real browser: the channel is a word of the sentence."""

from typing import Any

from playwright.sync_api import expect

from core import clock
from core.db import transaction
from outbox.models import Sender
from rules.models import Rule
from rules.packs import reader
from tests.browsing import Browse, looked_over
from tests.conftest import make_user


def test_r4_the_channel_is_chosen_in_the_sentence(shop: Any, browse: Browse, make_record: Any) -> None:
    make_record("1001")
    reader.install("repair-shop")
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), locale="de-DE")
    page.goto("/rules/new?kind=order")
    page.get_by_label("Kanal").select_option("sms")
    expect(page.get_by_role("link", name="Gateway verbinden")).to_be_visible()
    with transaction():
        plain = {"host": "", "port": 0, "tls": "none", "from_address": "", "created_at": clock.now()}
        gateway = Sender.create(type="mailbox", label="Probe", **plain)
    page.get_by_label("Kanal").select_option("email")
    expect(page.get_by_role("link", name="Gateway verbinden")).to_have_count(0)
    page.get_by_label("Kanal").select_option("sms")
    expect(page.get_by_label("Absender")).to_have_value(str(gateway.id))
    page.get_by_label("Vorlage", exact=True).select_option(label="Abholbereit")
    expect(page.locator("#side .bubble")).to_contain_text("Radhaus Lindner: Ihr Auftrag 1001 ist abholbereit.")
    assert looked_over(page) == []
    page.locator(".savebar").get_by_role("button", name="Speichern").click()
    expect(page.locator("#toasts")).to_contain_text("ist eingeschaltet.")
    rule = Rule.select().order_by(Rule.id.desc()).first()
    assert (rule.channel, rule.sender_id) == ("sms", gateway.id)
