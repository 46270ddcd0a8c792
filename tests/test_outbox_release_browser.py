"""“Send order status” in a real browser: marked, asked, released, with mouse and with keyboard (M7)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app import READERS
from core import journal
from outbox.models import Mail, Message
from records.models import Record
from rules import wanted
from rules.models import Rule
from tests.browsing import Browse, looked_over
from tests.conftest import make_user
from tests.mailing import send_due

Make = Callable[..., Record]


@pytest.fixture
def page(browse: Browse) -> Page:
    """A clerk's page."""
    return browse(make_user("cem.clerk@example.org", "Cem Clerk", "staff"))


@pytest.fixture
def four(rule: Rule, make_record: Make, ada: dict[str, Any]) -> list[Message]:
    """Four orders whose messages a rule has left to a person."""
    rule.release = "hand"
    rule.save()
    for number, name in (("1001", "Ada"), ("1002", "Ben"), ("1003", "Cem"), ("1004", "Dora")):
        make_record(number, contact={**ada, "name": name, "email": f"{name.lower()}@example.org"})
    while journal.read(READERS):
        pass
    return list(Message.select().order_by(Message.id))


def deliver() -> list[str]:
    """Sends what is due into the built-in mailbox, as the worker does; who has mail."""
    send_due(wanted.still_wanted)
    return sorted(mail.recipient for mail in Mail.select())


def box(page: Page, number: str) -> Locator:
    return page.locator("tr", has_text=number).get_by_role("checkbox")


def test_m7_three_of_four_are_marked_and_exactly_these_go_out(page: Page, four: list[Message]) -> None:
    page.goto("/")
    page.locator("#task-release").get_by_role("link", name="Auftragsstatus senden").click()
    for number in ("1001", "1002", "1004"):
        box(page, number).check()
    expect(page.locator(".bulk")).to_be_visible()
    page.locator(".bulk").get_by_role("button", name="Auftragsstatus senden …").click()
    expect(page.get_by_role("heading", name="Diese 3 Nachrichten senden?")).to_be_visible()
    assert page.locator(".letters li").count() == 3 and "cem@example.org" not in page.locator(".letters").inner_text()
    for name in ("ada", "ben", "dora"):
        expect(page.locator(".letters")).to_contain_text(f"{name}@example.org")
    assert deliver() == [], "nothing goes out before the last word"
    page.get_by_role("button", name="3 Nachrichten senden").click()
    expect(page.locator(".toast")).to_contain_text("3 Nachrichten sind freigegeben.")
    expect(page.locator(".release tbody tr")).to_have_count(1)
    assert deliver() == ["ada@example.org", "ben@example.org", "dora@example.org"]
    assert Message.get_by_id(four[2].id).state == "awaiting"


def test_the_finished_mail_opens_in_its_line(page: Page, four: list[Message]) -> None:
    page.goto(f"/outbox/release/send?id={four[0].id}")
    page.get_by_role("link", name="Ansehen").click()
    expect(page.frame_locator("iframe").locator("body")).to_contain_text("Guten Tag")
    expect(page.locator("details.look summary")).to_be_focused()
    page.locator("details.look summary").press("Enter")
    expect(page.locator("iframe")).to_be_hidden()


def test_many_rows_need_no_mouse(page: Page, four: list[Message]) -> None:
    page.goto("/outbox/release")
    box(page, "1001").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    expect(box(page, "1002")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Diese 2 Nachrichten senden?")).to_be_visible()
    assert "ben@example.org" not in page.locator(".letters").inner_text()


def test_a_row_is_a_box_and_shift_marks_all_in_between(page: Page, four: list[Message]) -> None:
    page.goto("/outbox/release")
    page.locator("tr", has_text="1001").locator("td").nth(3).click(force=True)
    expect(box(page, "1001")).to_be_checked()
    box(page, "1002").click()
    box(page, "1004").click(modifiers=["Shift"])
    assert [box(page, number).is_checked() for number in ("1001", "1002", "1003", "1004")] == [True] * 4


def test_all_that_can_go_are_marked_with_one_press(page: Page, four: list[Message]) -> None:
    page.goto("/outbox/release")
    page.get_by_role("link", name="Alle 4 auswählen, die hinausgehen können").click()
    expect(page.locator(".tick:checked")).to_have_count(4)
    page.get_by_role("link", name="Auswahl aufheben").click()
    expect(page.locator(".tick:checked")).to_have_count(0)


def test_typing_narrows_the_list(page: Page, four: list[Message]) -> None:
    page.goto("/outbox/release")
    page.get_by_label("Suchen").last.fill("dora")
    expect(page.locator(".release tbody tr")).to_have_count(1)
    expect(page.locator(".release tbody")).to_contain_text("1004")


def test_many_are_discarded_after_a_question(page: Page, four: list[Message]) -> None:
    page.goto("/outbox/release?mark=all")
    page.get_by_role("button", name="Verwerfen …").click()
    page.get_by_role("button", name="4 Nachrichten verwerfen").click()
    expect(page.locator("#awaiting")).to_contain_text("Nichts wartet auf Freigabe.")
    assert {message.state for message in Message.select()} == {"dropped"} and deliver() == []


def test_the_records_page_offers_release_until_it_is_done(page: Page, four: list[Message]) -> None:
    page.goto("/records/orders/1001")
    expect(page.locator(".head").get_by_role("link", name="Auftragsstatus senden")).to_be_visible()
    page.locator(".entry.ahead").get_by_role("button", name="Freigeben").click()
    expect(page.locator(".head").get_by_role("link", name="Auftragsstatus senden")).to_have_count(0)
    assert deliver() == ["ada@example.org"]


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(page: Page, four: list[Message]) -> None:
    found, one = [], f"id={four[0].id}"
    for path in ("?mark=all", "?q=nobody", f"/send?{one}", f"/discard?{one}", f"/{four[0].id}"):
        page.goto(f"/outbox/release{path}")
        found += looked_over(page)
    assert found == []
