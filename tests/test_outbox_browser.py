"""Today, messages and the mailbox in a real browser: pressed, polled and judged."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from core import clock
from core.db import transaction
from outbox.models import Mail, Message
from tests.browsing import Browse, looked_over
from tests.conftest import make_user

Put = Callable[..., Message]


@pytest.fixture
def page(browse: Browse) -> Page:
    """An admin's page."""
    return browse(make_user("ada.admin@example.org", "Ada Admin", "admin"))


def keep(link: str = "/healthz") -> Mail:
    """A mail in the built-in mailbox, with a script that must not run and a link that must work."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "werkstatt@example.org", "ada@example.org", "Abholbereit"
    mail.set_content("Guten Tag")
    body = f"<title>x</title><p>Guten Tag</p><a href='{link}'>Status ansehen</a>"
    mail.add_alternative(f"<html lang='de'><head></head><body>{body}</body></html>", subtype="html")
    with transaction():
        return Mail.create(
            message_id=f"<{Mail.select().count()}@x>", recipient="ada@example.org", subject="Abholbereit",
            content=mail.as_bytes(), at=clock.now(),
        )


def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(page: Page, put: Put) -> None:
    record = put(state="unclear", reason="silent", address="ada@example.org").record
    put(record, "dropped", reason="no_address")
    put(record)
    sent, mail = put(record, "sent"), keep()
    found, paths = [], ("/", "/outbox", "/outbox?q=nobody", "/records/orders/1001", "/mailbox")
    for path in (*paths, f"/outbox/{sent.id}", f"/mailbox/{mail.id}"):
        page.goto(path)
        found += looked_over(page)
    assert found == []


def test_an_answer_takes_its_task_away_and_the_rail_counts_along(page: Page, put: Put) -> None:
    put(state="unclear")
    put(state="held")
    page.goto("/")
    expect(page.locator("#today-count")).to_contain_text("2")
    page.locator(".tasks li", has_text="angekommen?").get_by_role("button", name="Gilt als gesendet").click()
    expect(page.locator(".tasks li")).to_have_count(1)
    expect(page.locator("#today-count")).to_contain_text("1")
    page.get_by_role("button", name="Verwerfen").click()
    page.locator("#ask button[value=yes]").click()
    expect(page.locator("#open")).to_contain_text("Hier braucht Sie gerade niemand.")


def test_what_was_sent_meanwhile_says_so_where_it_was_pressed(page: Page, put: Put) -> None:
    message = put()
    page.goto("/outbox")
    with transaction():
        Message.update(state="sent", sent_at=clock.now()).where(Message.id == message.id).execute()
    page.get_by_role("button", name="Jetzt").click()
    expect(page.locator(".toast")).to_contain_text("Inzwischen ist die Nachricht schon „gesendet“.")
    expect(page.locator(f"#message-{message.id} .chip")).to_have_text("gesendet")


def test_the_biography_tells_by_itself_when_a_message_went_out(page: Page, put: Put) -> None:
    message = put()
    page.clock.install()
    page.goto("/records/orders/1001")
    page.locator(".entry.ahead").get_by_role("button", name="Jetzt").click()
    expect(page.locator(".entry.ahead")).to_contain_text("Geht jetzt hinaus.")
    with transaction():
        Message.update(state="sent", sent_at=clock.now()).where(Message.id == message.id).execute()
    page.clock.run_for(10_000)
    expect(page.locator(".entry.sent")).to_contain_text("gesendet")


def test_the_switch_in_the_rail_stops_and_starts(page: Page) -> None:
    page.goto("/outbox")
    page.get_by_role("button", name="Alles anhalten").click()
    expect(page.locator("#valve")).to_contain_text("Der Versand steht")
    page.get_by_role("button", name="Wieder anlaufen lassen").click()
    expect(page.locator("#valve")).to_contain_text("Versand läuft")


def test_a_mail_is_read_framed_and_its_links_open_in_a_new_tab(page: Page, address: str) -> None:
    mail = keep(f"{address}/healthz")
    page.goto(f"/mailbox/{mail.id}")
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_text("Status ansehen").click()
    expect(opened.value.locator("body")).to_contain_text("ok")
    page.locator("label", has_text="Wie am Handy").click()
    assert page.locator("iframe").bounding_box()["width"] == 375  # type: ignore[index]
    page.get_by_role("link", name="Quelltext").click()
    expect(page.locator("pre")).to_contain_text("MIME-Version")


def test_the_open_mailbox_shows_new_mail_by_itself(page: Page) -> None:
    page.clock.install()
    page.goto("/mailbox")
    expect(page.locator("#mails")).to_contain_text("Noch keine Mail.")
    keep()
    page.clock.run_for(5_000)
    expect(page.locator("#mails li")).to_have_count(1)
