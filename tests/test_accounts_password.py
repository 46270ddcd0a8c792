"""A lost password (B1): a link by mail, at once, the same answer for everybody, and nothing of it kept anywhere."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from accounts import commands, errands, passwords, users
from accounts.lost import bring
from accounts.models import Ticket, User
from core import clock, db
from core.db import transaction
from core.journal import Entry
from outbox import direct
from outbox.models import Mail, Message, Sender
from tests.conftest import make_user, sign_in
from tests.mailing import everything_kept, link_in, settle, words
from tests.postoffice import PostOffice

NEW = {"new_password": "a better one", "new_password_again": "a better one"}
TOKEN = re.compile(r"[\w.-]{60,}")


@pytest.fixture
def ben(house: Flask) -> User:
    return users.make("ben@example.org", "Ben", "staff", "de", "right as rain", "console")


def ask(client: FlaskClient, address: str = "ben@example.org") -> str:
    answer = client.post("/password", data={"email": address}, follow_redirects=True)
    settle()
    assert answer.status_code == 200
    return TOKEN.sub("", answer.text)


def enter(client: FlaskClient, password: str) -> int:
    return client.post("/sign-in", data={"email": "ben@example.org", "password": password}).status_code


def test_b1_a_link_comes_at_once_and_its_page_signs_in(client: FlaskClient, ben: User, mailing: PostOffice) -> None:
    assert "/password" in client.get("/sign-in").text
    ask(client, " BEN@example.org ")
    assert [address for address, _ in mailing.mails] == ["ben@example.org"]
    assert "Guten Tag Ben," in words(mailing) and "60 Minuten" in words(mailing)
    link = link_in(mailing, "password")
    assert "ben@example.org" in client.get(link).text
    assert client.post(link, data=NEW).location == "/"
    assert client.get("/account").status_code == 200
    assert enter(client, "right as rain") == 422
    assert enter(client, "a better one") == 302


def test_b1_the_link_is_in_no_table_no_log_no_journal_and_no_outbox(
    client: FlaskClient, ben: User, mailing: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ask(client)
    link = link_in(mailing, "password")
    client.get(link)
    client.post(link, data={})
    token = link.rpartition("/")[2]
    assert len(token) == 43
    assert token not in everything_kept() and token not in caplog.text
    assert (Message.select().count(), Mail.select().count()) == (0, 0)
    client.post(link, data=NEW)
    assert token not in everything_kept() and token not in caplog.text
    said = {entry.what: entry.data for entry in Entry.select()}
    assert said["user.password_asked"] == said["user.password_reset"] == {"user": ben.id}


def test_b1_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: FlaskClient, ben: User, mailing: PostOffice
) -> None:
    users.change(make_user("cem@example.org", "Cem", "staff"), "console", active=False)
    known, unknown, inactive = ask(client), ask(client, "eve@example.org"), ask(client, "cem@example.org")
    assert known == unknown == inactive
    assert len(mailing.mails) == 1


def test_b1_nobody_is_looked_up_before_the_answer(
    client: FlaskClient, ben: User, mailing: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Callable[[], bool]] = []
    monkeypatch.setattr(errands, "start", kept.append)
    asked: list[str] = []
    monkeypatch.setattr(db.database.obj, "execute_sql", lambda sql, *rest: asked.append(sql))
    client.post("/password", data={"email": "ben@example.org"})
    assert (len(kept), asked) == (1, [])


def test_b1_a_link_works_once_and_ends_every_session(
    house: Flask, client: FlaskClient, ben: User, mailing: PostOffice
) -> None:
    elsewhere = sign_in(house, ben)
    ask(client)
    link = link_in(mailing, "password")
    client.post(link, data=NEW)
    assert elsewhere.get("/account").status_code == 302
    stranger = house.test_client()
    for answer in (stranger.get(link), stranger.post(link, data=NEW)):
        assert answer.status_code == 410 and "Dieser Link gilt nicht mehr" in answer.text
    assert client.post(link, data=NEW).location == "/", "a double click"


def test_b1_a_link_is_valid_for_an_hour(client: FlaskClient, ben: User, mailing: PostOffice) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        ask(client)
        link = link_in(mailing, "password")
        time.shift(timedelta(minutes=59, seconds=59))
        assert client.get(link).status_code == 200
        time.shift(timedelta(seconds=1))
        assert client.get(link).status_code == 410
        assert client.post(link, data=NEW).status_code == 410


def test_b1_only_the_newest_link_counts(client: FlaskClient, ben: User, mailing: PostOffice) -> None:
    ask(client)
    ask(client)
    older, newer = link_in(mailing, "password", 0), link_in(mailing, "password", 1)
    assert (client.get(older).status_code, client.get(newer).status_code) == (410, 200)
    assert Ticket.select().count() == 1


@pytest.mark.parametrize("change", [{"email": "ben@elsewhere.example"}, {"active": False}, {"password": "!"}])
def test_a_link_ends_with_what_it_was_sent_for(
    client: FlaskClient, ben: User, mailing: PostOffice, change: dict[str, object]
) -> None:
    ask(client)
    link = link_in(mailing, "password")
    users.change(ben, "console", **change)
    assert client.get(link).status_code == 410


def test_looking_at_the_link_does_not_use_it_up(client: FlaskClient, ben: User, mailing: PostOffice) -> None:
    ask(client)
    link = link_in(mailing, "password")
    before = everything_kept()
    assert [client.get(link).status_code for _ in range(3)] == [200] * 3
    client.head(link)
    assert everything_kept() == before


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"new_password": "short", "new_password_again": "short"}, "Ein Passwort braucht mindestens"),
    ({"new_password": "a better one", "new_password_again": "another one"}, "Die beiden Passwörter sind verschieden."),
])
def test_a_password_is_long_enough_and_typed_twice(
    client: FlaskClient, ben: User, mailing: PostOffice, typed: dict[str, str], sentence: str
) -> None:
    ask(client)
    link = link_in(mailing, "password")
    answer = client.post(link, data=typed)
    assert answer.status_code == 422 and sentence in answer.text and "a better one" not in answer.text
    assert client.post(link, data=NEW).status_code == 302, "the link is still good"


def test_the_link_leaves_the_page_by_no_referer_and_no_cache(client: FlaskClient, ben: User, mailing: PostOffice) -> None:
    ask(client)
    link = link_in(mailing, "password")
    for answer in (client.get(link), client.post(link, data={}), client.get(link[:-1] + "_")):
        assert (answer.headers["Referrer-Policy"], answer.headers["Cache-Control"]) == ("strict-origin", "no-store")


def test_over_https_the_form_is_believed_by_its_origin_alone(
    house: Flask, client: FlaskClient, ben: User, mailing: PostOffice
) -> None:
    house.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/password", base_url="https://localhost").text
    typed = {"csrf_token": re.findall('name="csrf_token" value="([^"]+)"', page)[0]}
    there = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/"}}
    client.post("/password", data={**typed, "email": ben.email}, **there)
    link = link_in(mailing, "password")
    assert client.post(link, data={**typed, **NEW}, base_url="https://localhost").status_code == 400
    assert client.post(link, data={**typed, **NEW}, **there).location == "/"


def test_an_address_is_mailed_three_times_an_hour_and_a_network_asks_twenty(
    client: FlaskClient, ben: User, mailing: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    codes = [client.post("/password", data={"email": "ben@example.org"}).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]
    assert "ben@example.org" not in caplog.text
    codes = [client.post("/password", data={"email": f"{n}@example.org"}).status_code for n in range(18)]
    assert codes == [302] * 17 + [429]


def test_guessing_links_ends_soon(client: FlaskClient, ben: User) -> None:
    assert [client.get(f"/password/{n:043}").status_code for n in range(21)] == [410] * 20 + [429]


@pytest.mark.parametrize("verb", ["CONNECT", "RCPT", "DOT"])
def test_a_mail_server_that_refuses_changes_no_answer(
    client: FlaskClient, ben: User, mailing: PostOffice, caplog: pytest.LogCaptureFixture, verb: str
) -> None:
    usual = ask(client, "eve@example.org")
    mailing.faults[verb] = "550 5.7.1 not today, ben@example.org"
    assert ask(client) == usual
    assert mailing.mails == []
    assert "was not taken" in caplog.text and "ben@" not in caplog.text


def test_b1_without_a_mail_server_the_page_says_who_helps(client: FlaskClient, ben: User) -> None:
    page = client.get("/password").text
    assert "statusbote user password EMAIL" in page and "/password\"" not in page.split("<main")[1]
    assert client.post("/password", data={"email": "ben@example.org"}).status_code == 422
    assert Ticket.select().count() == Mail.select().count() == 0


def test_b1_a_house_with_a_sender_only_sends_through_it(house: Flask, client: FlaskClient, ben: User) -> None:
    with PostOffice() as office, transaction():
        Sender.create(
            label="Werkstatt", host="127.0.0.1", port=office.port, tls="none", from_address="werkstatt@example.org",
            users=[99], created_at=clock.now(),
        )
        assert direct.way_out("", "status.example.org") is None, "it is somebody's own"
        Sender.update(users=[]).execute()
        send = direct.way_out("", "status.example.org")
        assert send and bring(send, "ben@example.org", "http://127.0.0.1:8000")
        assert b"From: werkstatt@example.org" in office.mails[0][1] and link_in(office, "password")


def test_the_console_gives_a_new_password(client: FlaskClient, ben: User) -> None:
    run = CliRunner().invoke
    assert run(commands.user, ["password", "eve@example.org", "--password", "a better one"]).exit_code == 1
    assert run(commands.user, ["password", "ben@example.org", "--password", "short"]).exit_code == 1
    typed = run(commands.user, ["password", "Ben@example.org"], input="a better one\na better one\n")
    assert typed.exit_code == 0 and "a better one" not in typed.output
    assert enter(client, "a better one") == 302
    assert User.get_by_id(ben.id).epoch == ben.epoch + 1


def test_at_the_first_start_there_is_nothing_to_forget(client: FlaskClient) -> None:
    assert client.get("/password").location == "/setup"


def test_no_password_is_no_password() -> None:
    assert not passwords.matches("", "nobody has this password")
