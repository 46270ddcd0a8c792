"""Consenting to advertising and ending it, in a real browser, for axe, at a desk and on a phone."""

from typing import Any

from playwright.sync_api import expect

from pages import unsubscribe
from records.models import Contact
from tests.browsing import Browse, looked_over
from tests.conftest import make_user


def test_a_consent_is_written_down_and_ended_by_its_reader(browse: Browse, shop: Any, make_record: Any) -> None:
    contact = make_record("1001").contact
    desk = browse(make_user("cem.clerk@example.org", "Cem Clerk", "staff"))
    desk.goto(f"/contacts/{contact.id}/edit")
    desk.get_by_text("Einwilligung in Werbung").click()
    desk.get_by_label("hat in Werbung eingewilligt").check()
    assert looked_over(desk) == []
    desk.locator("#contact-form").get_by_role("button", name="Speichern").click()
    expect(desk.locator(".proofs")).to_contain_text("Ich möchte gelegentlich")
    assert looked_over(desk) == []
    reader = browse()
    reader.goto(f"/u/{unsubscribe.token_of(contact.id)}")
    assert looked_over(reader) == [] and Contact.get_by_id(contact.id).consents_to("advertising")
    reader.get_by_role("button", name="Abmelden").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Sie sind abgemeldet.")
    assert looked_over(reader) == [] and not Contact.get_by_id(contact.id).consents_to("advertising")
