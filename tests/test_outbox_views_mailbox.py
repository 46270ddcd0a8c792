"""The built-in mailbox: reading what would have gone out, and nothing of it reaching further than the page."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from core import clock
from core.db import transaction
from outbox.models import Mail
from tests.conftest import make_user, sign_in

HTMX = {"HX-Request": "true"}
Keep = Callable[..., Mail]


@pytest.fixture
def keep(house: Flask) -> Keep:
    """Keeps a mail as the channel would."""

    def keep(number: int = 1, subject: str = "Abholbereit", html: str | None = None, text: str = "Guten Tag") -> Mail:
        mail = EmailMessage()
        mail["From"], mail["To"] = "Radhaus Lindner <werkstatt@example.org>", "Ada Lovelace <ada@example.org>"
        mail["Subject"], mail["Date"] = subject, "Fri, 20 Nov 2026 09:52:00 +0000"
        mail.set_content(text)
        if html is not None:
            mail.add_alternative(html, subtype="html")
        with transaction():
            return Mail.create(
                message_id=f"<{number}@example.org>", recipient="ada@example.org", subject=subject, content=mail.as_bytes(),
                at=clock.now(),
            )

    return keep


def test_an_empty_mailbox_says_what_will_lie_in_it(clerk: FlaskClient) -> None:
    page = clerk.get("/mailbox").text
    assert "Noch keine Mail." in page and "Nichts verlässt diesen Rechner" in page


def test_the_list_shows_the_newest_first(clerk: FlaskClient, keep: Keep) -> None:
    ids = [keep(number).id for number in range(3)]
    assert re.findall(r'href="/mailbox/(\d+)"', clerk.get("/mailbox").text) == [str(id) for id in reversed(ids)]


def test_a_long_list_goes_on_below(clerk: FlaskClient, keep: Keep) -> None:
    ids = [keep(number).id for number in range(45)]
    assert f'href="/mailbox/{ids[0]}"' not in clerk.get("/mailbox").text
    more = clerk.get("/mailbox", query_string={"after": ids[5]}, headers={**HTMX, "HX-Target": "more-mails"}).text
    assert f'href="/mailbox/{ids[0]}"' in more and "<form" not in more


def test_the_open_list_hears_of_new_mail_and_is_left_alone_otherwise(clerk: FlaskClient, keep: Keep) -> None:
    first = keep(1)
    quiet = clerk.get("/mailbox", query_string={"since": first.id}, headers=HTMX)
    assert (quiet.status_code, quiet.text) == (204, "")
    keep(2, subject="Neu")
    assert "Neu" in clerk.get("/mailbox", query_string={"since": first.id}, headers=HTMX).text


def test_search_looks_in_addresses_and_subjects(clerk: FlaskClient, keep: Keep) -> None:
    keep(1, subject="Rechnung")
    keep(2, subject="Termin")
    found = clerk.get("/mailbox?q=rechn").text
    assert "Rechnung" in found and "Termin" not in found
    assert "Keine Mail passt." in clerk.get("/mailbox?q=unicorn").text


def test_a_mail_shows_its_head_and_frames_its_html(clerk: FlaskClient, keep: Keep) -> None:
    mail = keep(html="<p>Hallo</p>")
    page = clerk.get(f"/mailbox/{mail.id}").text
    people = ("Radhaus Lindner &lt;werkstatt@example.org&gt;", "Ada Lovelace &lt;ada@example.org&gt;")
    assert all(words in page for words in (*people, "20. November 2026, 10:52"))
    assert f'<iframe src="/mailbox/{mail.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"' in page


def test_its_html_can_do_nothing_but_be_read(clerk: FlaskClient, keep: Keep) -> None:
    mail = keep(html="<html><head><title>x</title></head><body>Hallo</body></html>")
    answer = clerk.get(f"/mailbox/{mail.id}/html")
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups allow-popups-to-escape-sandbox; "
        "frame-ancestors 'self'"
    )
    assert '<head><base target="_blank"><title>' in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["Referrer-Policy"] == "no-referrer"


def test_text_and_source_are_shown_as_text(clerk: FlaskClient, keep: Keep) -> None:
    mail = keep(html="<script>alert(1)</script>", text="Ihr Link:\n\nhttps://example.org/s/abc\n\n<b>fett</b>")
    text = clerk.get(f"/mailbox/{mail.id}?view=text").text
    assert '<a href="https://example.org/s/abc"' in text and "&lt;b&gt;fett" in text
    source = clerk.get(f"/mailbox/{mail.id}?view=source").text
    assert "MIME-Version: 1.0" in source and "<script>alert" not in source


def test_a_mail_without_html_opens_as_text(clerk: FlaskClient, keep: Keep) -> None:
    page = clerk.get(f"/mailbox/{keep().id}?view=unicorn").text
    assert "<iframe" not in page and "Guten Tag" in page


def test_broken_mails_can_still_be_looked_at(clerk: FlaskClient, keep: Keep) -> None:
    mail = keep()
    head = b"Subject: =?utf-8?b?!!?=\r\nDate: never\r\nContent-Type: text/html; charset=unicorn\r\n\r\n"
    for content in (b"", b"\xff\xfe\x00", head + b"\xe4"):
        with transaction():
            Mail.update(content=content).where(Mail.id == mail.id).execute()
        for more in ("", "/html", "?view=text", "?view=source"):
            assert clerk.get(f"/mailbox/{mail.id}{more}").status_code == 200


def test_hostile_subjects_stay_text(clerk: FlaskClient, keep: Keep) -> None:
    mail = keep(subject="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in clerk.get("/mailbox").text + clerk.get(f"/mailbox/{mail.id}").text


def test_a_stranger_reads_no_mail(client: FlaskClient, admin: FlaskClient, keep: Keep) -> None:
    mail = keep(html="geheim")
    for path in ("/mailbox", f"/mailbox/{mail.id}", f"/mailbox/{mail.id}/html"):
        assert client.get(path).status_code == 302


def test_with_a_mail_server_the_mailbox_says_that_mails_go_out(settings_of: Callable[..., object]) -> None:
    app = create_app(settings_of(STATUSBOTE_SMTP_URL="smtp://127.0.0.1:2525"))
    clerk = sign_in(app, make_user("cem@example.org", "Cem", "staff"))
    assert "gehen jetzt über Ihren Mailserver hinaus" in clerk.get("/mailbox", headers={"Accept-Language": "de"}).text


def test_what_is_attached_is_named(clerk: FlaskClient) -> None:
    message = EmailMessage()
    message.set_content("text")
    message.add_attachment(b"BEGIN:VCALENDAR", "text", "calendar", filename="appointment.ics")
    with transaction():
        mail = Mail.create(
            message_id="<f@x>", recipient="ada@example.org", subject="s", content=message.as_bytes(), at=clock.now()
        )
    assert "<dd>appointment.ics</dd>" in clerk.get(f"/mailbox/{mail.id}").text


def test_pictures_that_came_along_are_shown_in_their_places(clerk: FlaskClient, keep: Keep) -> None:
    message = EmailMessage()
    message.set_content("text")
    message.add_alternative('<img src="cid:payment"><img src="cid:gone">', subtype="html")
    message.get_payload()[1].add_related(b"picture", "image", "png", cid="<payment>")  # type: ignore[union-attr,index]
    with transaction():
        mail = Mail.create(
            message_id="<p@x>", recipient="ada@example.org", subject="s", content=message.as_bytes(), at=clock.now()
        )
    shown = clerk.get(f"/mailbox/{mail.id}/html").text
    assert 'src="data:image/png;base64,cGljdHVyZQ=="' in shown and "cid:gone" in shown
