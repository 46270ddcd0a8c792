"""Sessions: who gets in, how long, and where they land."""

import re

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from accounts import access, passwords, users
from accounts.models import User
from core import clock
from core.db import transaction

TOKEN = re.compile(r"[\w.-]{60,}")


@pytest.fixture
def ben(house: Flask) -> User:
    with transaction():
        return User.create(
            email="ben@example.org", name="Ben", password=passwords.hash("right as rain"), role="staff", language="en",
            created_at=clock.now(),
        )


def enter(client: FlaskClient, password: str = "right as rain", **more: str) -> int:
    return client.post("/sign-in", data={"email": "Ben@example.org", "password": password, **more}).status_code


def test_a_visitor_is_asked_to_sign_in_and_comes_back(client: FlaskClient, ben: User) -> None:
    assert client.get("/account").location == "/sign-in?back=/account"
    answer = client.post("/sign-in", data={"email": "ben@example.org", "password": "right as rain", "back": "/account"})
    assert answer.location == "/account"
    assert "Your account" in client.get("/account").text


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(client: FlaskClient, ben: User) -> None:
    wrong = client.post("/sign-in", data={"email": "ben@example.org", "password": "wrong"})
    unknown = client.post("/sign-in", data={"email": "cem@example.org", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 422
    assert "E\u2011Mail-Adresse und Passwort passen nicht zusammen." in wrong.text
    assert TOKEN.sub("", wrong.text).replace("ben@", "cem@") == TOKEN.sub("", unknown.text)
    assert client.get("/account").status_code == 302


def test_signing_in_starts_a_new_session(client: FlaskClient, ben: User) -> None:
    client.get("/sign-in")
    with client.session_transaction() as before:
        before["left over"] = "by a stranger"
        token = before.get("csrf_token")
    enter(client)
    with client.session_transaction() as after:
        assert "left over" not in after
        assert after.get("csrf_token") != token
        assert after["_user_id"] == f"{ben.id}.0"
        assert after["language"] == "en"


def test_signing_out_is_a_post_and_ends_the_session(client: FlaskClient, ben: User) -> None:
    enter(client)
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/account").status_code == 302


def test_after_ten_failures_even_the_right_password_waits(client: FlaskClient, ben: User) -> None:
    assert [enter(client, "wrong") for _ in range(10)] == [422] * 10
    assert enter(client) == 429


def test_success_does_not_count_against_anybody(client: FlaskClient, ben: User) -> None:
    assert [enter(client) for _ in range(12)] == [302] * 12


def test_a_deactivated_person_loses_every_session(client: FlaskClient, admin: FlaskClient, ben: User) -> None:
    enter(client)
    assert client.get("/account").status_code == 200
    admin.post(f"/users/{ben.id}/active", data={"on": "0"})
    assert client.get("/account").status_code == 302
    assert enter(client) == 422
    admin.post(f"/users/{ben.id}/active", data={"on": "1"})
    assert client.get("/account").status_code == 302, "an old session does not come back to life"
    assert enter(client) == 302


def test_a_new_password_ends_the_sessions_elsewhere(house: Flask, client: FlaskClient, ben: User) -> None:
    elsewhere = house.test_client()
    enter(client), enter(elsewhere)
    answer = client.post("/account/password", data={"password": "right as rain", "new_password": "a better one"})
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert enter(elsewhere) == 422
    assert enter(elsewhere, "a better one") == 302


def test_the_present_password_is_asked_for(client: FlaskClient, ben: User) -> None:
    enter(client)
    answer = client.post("/account/password", data={"password": "wrong", "new_password": "a better one"})
    assert answer.status_code == 422
    assert "This is not your present password." in answer.text


def test_staff_may_not_do_what_admins_do(clerk: FlaskClient) -> None:
    pages = ("/users/new", "/users/1", "/users/keys", "/company")
    for path in ("/users", *pages):
        assert clerk.get(path).status_code == 403
    for path in (*pages, "/users/1/active", "/users/1/password", "/users/keys/1/revoke"):
        assert clerk.post(path).status_code == 403


@pytest.mark.parametrize(
    "path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", "", None, "evil"]
)
def test_no_way_leads_out_of_the_house(path: str | None) -> None:
    assert access.local(path) == "/"


def test_a_path_of_the_house_is_kept() -> None:
    assert access.local("/records/orders?q=Ada&page=2") == "/records/orders?q=Ada&page=2"
    assert access.local("/company?") == "/company"


def test_a_session_of_nonsense_is_no_session(house: Flask) -> None:
    for remembered in ("", "1", "1.", "x.0", "1.0.0", "²."):
        client = house.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = remembered
        assert client.get("/account").status_code == 302


def test_name_and_language_are_everybodys_own(client: FlaskClient, ben: User) -> None:
    enter(client)
    client.post("/account", data={"name": "Benjamin", "language": "de"})
    assert "Ihr Konto" in client.get("/account").text
    assert User.get_by_id(ben.id).name == "Benjamin"


def test_trying_passwords_is_made_dear(dear_passwords: PasswordHasher) -> None:
    """RFC 9106, section 4, the second recommendation: three passes over 64 MiB."""
    assert dear_passwords.hash("right as rain").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_an_old_hash_is_renewed_at_sign_in(client: FlaskClient, ben: User) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("right as rain")
    users.change(ben, "console", password=weak)
    enter(client)
    assert not passwords.outdated(User.get_by_id(ben.id).password)
