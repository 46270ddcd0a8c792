"""Payment reminders in a real browser: paused, resumed and judged; and many messages marked by keyboard."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import expect

from core import clock
from outbox.models import Message
from records import payments
from records.models import Record
from rules.ladder import pauses
from tests.browsing import Browse, looked_over
from tests.conftest import make_user

Make = Callable[..., Record]
Put = Callable[..., Message]
DAY = timedelta(days=1)


def test_reminders_are_paused_and_resumed_without_leaving_the_record(browse: Browse, make_record: Make, put: Put) -> None:
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"))
    record = make_record("1001", total="129.90", placed_at=clock.now())
    put(record, sort="payment", rule_id=1, due=3 * DAY)
    page.goto("/records/orders/1001")
    card = page.locator("#ladder")
    card.get_by_text("Pausieren …").click()
    card.get_by_label("Warum").fill("Ratenzahlung")
    card.get_by_role("button", name="Erinnerungen pausieren").click()
    expect(card).to_contain_text("bis jemand sie fortsetzt")
    expect(card).to_contain_text("Ratenzahlung")
    card.get_by_role("button", name="Fortsetzen").click()
    expect(card.get_by_role("button", name="Zurücknehmen")).to_be_visible()


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(browse: Browse, make_record: Make, put: Put) -> None:
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"))
    record = make_record("1001", total="129.90", placed_at=clock.now())
    put(record, "held", sort="payment", rule_id=1, reason="payments_old")
    payments.tell(clock.now() - 5 * DAY, "user:1")
    pauses.pause(record.id, "user:1", clock.now() + DAY, "Ratenzahlung", pauses.SAID_PAID)
    found = []
    for path in ("/", "/payments", "/records/orders?mark=paused", "/records/orders/1001"):
        page.goto(path)
        found += looked_over(page)
    assert found == []


def test_many_messages_are_marked_by_keyboard_and_settled(browse: Browse, put: Put) -> None:
    page = browse(make_user("ada.admin@example.org", "Ada Admin", "admin"))
    record = put(state="failed").record
    put(record, "unclear")
    page.goto("/outbox?state=trouble")
    page.locator(".tick").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.locator(".bulk")).to_be_visible()
    expect(page.locator("[data-all]")).to_be_checked()
    page.get_by_role("region", name="Markierte Nachrichten").get_by_role("button", name="Gilt als gesendet").click()
    expect(page.get_by_text("2 Nachrichten gelten als gesendet.")).to_be_visible()
    assert {message.state for message in Message.select()} == {"sent"}
