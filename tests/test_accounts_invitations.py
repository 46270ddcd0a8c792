"""Invitations (B6): a mail with a button to the page for name and password; sent again, withdrawn, or handed over."""

import logging
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from accounts import invitations
from accounts.models import Ticket, User
from core import clock
from core.journal import Entry
from outbox.channels import smtp
from outbox.models import Mail, Message
from tests.mailing import everything_kept, link_in, settle, words
from tests.postoffice import HANG, PostOffice

CEM = {"email": "Cem@example.org", "name": "", "role": "staff", "language": "de"}
ACCEPTED = {
    "first_name": "Cem", "last_name": "Yıldız", "new_password": "long enough", "new_password_again": "long enough",
}


@pytest.fixture
def visitor(house: Flask) -> FlaskClient:
    """The invited person's browser."""
    return house.test_client()


def invited(admin: FlaskClient, **more: str) -> User:
    admin.post("/users/new", data={**CEM, **more})
    settle()
    return User.get(User.email == "cem@example.org")


def shown(answer: Any) -> str:
    """The path of the link that an admin is shown to hand over."""
    return re.findall(r"http://127\.0\.0\.1:8000(/invitation/\w+)", answer.text)[0]


def test_b6_the_button_leads_to_name_and_password_and_then_in(
    admin: FlaskClient, visitor: FlaskClient, shop: Any, mailing: PostOffice
) -> None:
    assert admin.post("/users/new", data=CEM).location == "/users"
    assert [address for address, _ in mailing.mails] == ["cem@example.org"]
    assert "Einladung annehmen" in words(mailing) and "Radhaus Lindner" in words(mailing)
    link = link_in(mailing, "invitation")
    page = visitor.get(link).text
    assert "Vorname" in page and "Nachname" in page and "cem@example.org" in page
    assert visitor.post(link, data=ACCEPTED).location == "/"
    assert "Cem Yıldız" in visitor.get("/account").text
    cem = User.get(User.email == "cem@example.org")
    assert (cem.name, cem.role, cem.active, cem.invited) == ("Cem Yıldız", "staff", True, False)
    assert visitor.post("/sign-in", data={"email": "cem@example.org", "password": "long enough"}).location == "/"


def test_b6_the_link_is_in_no_table_no_log_no_journal_and_no_outbox(
    admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cem = invited(admin)
    link = link_in(mailing, "invitation")
    visitor.get(link)
    token = link.rpartition("/")[2]
    assert len(token) == 43
    assert token not in everything_kept()
    visitor.post(link, data=ACCEPTED)
    assert token not in everything_kept() and token not in caplog.text
    assert (Message.select().count(), Mail.select().count()) == (0, 0)
    said = {entry.what: entry.data for entry in Entry.select()}
    assert said["user.invited"] == said["user.joined"] == {"user": cem.id}


def test_the_mail_and_the_page_speak_the_language_the_admin_chose(
    admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice
) -> None:
    invited(admin, language="en", name="Cem Yıldız")
    assert "Hello Cem Yıldız," in words(mailing) and "Accept the invitation" in words(mailing)
    page = visitor.get(link_in(mailing, "invitation")).text
    assert "First name" in page and 'value="Cem"' in page and 'value="Yıldız"' in page
    visitor.post(link_in(mailing, "invitation"), data=ACCEPTED)
    assert "Your account" in visitor.get("/account").text


def test_until_it_is_accepted_nobody_gets_in(admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice) -> None:
    cem = invited(admin)
    assert "Eingeladen, noch nicht angenommen" in admin.get("/users").text
    for password in ("", "!", "nobody has this password"):
        assert visitor.post("/sign-in", data={"email": cem.email, "password": password}).status_code == 422
    visitor.post("/password", data={"email": cem.email})
    settle()
    assert len(mailing.mails) == 1, "no second way in beside the invitation"
    assert admin.post(f"/users/{cem.id}/active", data={"on": "1"}).status_code == 409
    assert admin.post(f"/users/{cem.id}/password", data={"new_password": "long enough"}).status_code == 409
    assert User.get_by_id(cem.id).invited


def test_an_invitation_works_once_and_for_seven_days(
    admin: FlaskClient, visitor: FlaskClient, house: Flask, mailing: PostOffice
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        invited(admin)
        link = link_in(mailing, "invitation")
        time.shift(timedelta(days=7, seconds=-1))
        assert visitor.get(link).status_code == 200
        time.shift(timedelta(seconds=1))
        assert visitor.get(link).status_code == visitor.post(link, data=ACCEPTED).status_code == 410
        assert "Einladung abgelaufen" in admin.get("/users").text
        admin.post(f"/users/{User.get(User.email == 'cem@example.org').id}/invitation")
    again = link_in(mailing, "invitation")
    visitor.post(again, data=ACCEPTED)
    answer = house.test_client().post(again, data=ACCEPTED)
    assert answer.status_code == 410 and "Wer Sie eingeladen hat" in answer.text


def test_sent_again_the_link_before_ends(admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice) -> None:
    cem = invited(admin)
    assert admin.post(f"/users/{cem.id}/invitation").location == "/users"
    older, newer = link_in(mailing, "invitation", 0), link_in(mailing, "invitation", 1)
    assert (visitor.get(older).status_code, visitor.get(newer).status_code) == (410, 200)


def test_withdrawn_nothing_of_it_is_kept(admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice) -> None:
    cem = invited(admin)
    link = link_in(mailing, "invitation")
    assert admin.post(f"/users/{cem.id}/withdraw").location == "/users"
    assert visitor.post(link, data=ACCEPTED).status_code == 410
    assert "cem@example.org" not in everything_kept()
    assert Ticket.select().count() == 0
    assert admin.post("/users/new", data=CEM).location == "/users", "and may be invited anew"


def test_what_was_accepted_is_neither_sent_again_nor_withdrawn(
    admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice
) -> None:
    cem = invited(admin)
    visitor.post(link_in(mailing, "invitation"), data=ACCEPTED)
    for deed in ("invitation", "withdraw"):
        answer = admin.post(f"/users/{cem.id}/{deed}")
        assert answer.status_code == 409 and "schon angenommen" in answer.text
    assert User.get_by_id(cem.id).active
    assert admin.post("/users/99/withdraw").status_code == 404


def test_with_another_address_the_link_that_was_sent_ends(
    admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice
) -> None:
    cem = invited(admin)
    link = link_in(mailing, "invitation")
    assert admin.post(f"/users/{cem.id}", data={**CEM, "email": "cem@elsewhere.example"}).location == "/users"
    assert visitor.get(link).status_code == 410


@pytest.mark.parametrize("wrong", [
    {"first_name": ""}, {"last_name": " "}, {"first_name": "C\nBcc: x"}, {"new_password": "short"},
    {"new_password_again": "another one"},
])
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice, wrong: dict[str, str]
) -> None:
    invited(admin)
    answer = visitor.post(link_in(mailing, "invitation"), data={**ACCEPTED, **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text and "long enough" not in answer.text
    assert ("Yıldız" in answer.text) == ("last_name" not in wrong)
    assert User.get(User.email == "cem@example.org").invited


@pytest.mark.parametrize("wrong", [{"email": "cem"}, {"email": ""}, {"role": "owner"}, {"email": "ada.admin@example.org"}])
def test_only_a_whole_form_invites(admin: FlaskClient, mailing: PostOffice, wrong: dict[str, str]) -> None:
    assert admin.post("/users/new", data={**CEM, **wrong}).status_code == 422
    settle()
    assert (User.select().count(), mailing.mails) == (1, [])


def test_b6_without_a_mail_server_the_admin_hands_the_link_over(admin: FlaskClient, visitor: FlaskClient) -> None:
    answer = admin.post("/users/new", data=CEM)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    link = shown(answer)
    assert link.rpartition("/")[2] not in everything_kept(), "shown this once"
    assert link not in admin.get("/users").text
    assert visitor.post(link, data=ACCEPTED).location == "/"


@pytest.mark.parametrize("fault", ["550 5.7.1 no", HANG])
def test_where_the_mail_is_not_taken_the_admin_is_told_and_hands_the_link_over(
    admin: FlaskClient, visitor: FlaskClient, mailing: PostOffice, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(invitations, "PATIENCE", 0.1 if fault == HANG else 10)
    monkeypatch.setattr(smtp, "REPLY", 0.5)
    mailing.faults["RCPT"] = fault
    answer = admin.post("/users/new", data=CEM)
    assert "Der Mailserver hat die E\u2011Mail bisher nicht angenommen." in answer.text
    assert visitor.get(shown(answer)).status_code == 200


def test_only_admins_invite(clerk: FlaskClient) -> None:
    assert clerk.get("/users/new").status_code == clerk.post("/users/new", data=CEM).status_code == 403
