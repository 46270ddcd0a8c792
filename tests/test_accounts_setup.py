"""The first start: a company and its first admin."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import access
from accounts.models import User
from accounts.setup import Starter, furnish
from core import settings

TYPED = {
    "company": "Radhaus Lindner", "name": "Ada", "email": "Ada@Example.org", "password": "long enough", "language": "en",
}


def test_the_first_visitor_is_led_to_the_first_start(client: FlaskClient) -> None:
    assert client.get("/company").location == "/setup"
    assert client.get("/sign-in").location == "/setup"
    assert "Schön, dass Sie da sind" in client.get("/setup", headers={"Accept-Language": "de"}).text


def test_htmx_is_led_there_as_a_whole_page(client: FlaskClient) -> None:
    answer = client.get("/company", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/setup"


def test_it_makes_the_company_and_its_admin_and_signs_in(client: FlaskClient) -> None:
    answer = client.post("/setup", data=TYPED)
    assert (answer.status_code, answer.location) == (302, "/")
    ada = User.get()
    assert (ada.email, ada.name, ada.role, ada.language) == ("ada@example.org", "Ada", "admin", "en")
    assert ada.password.startswith("$argon2id$")
    assert settings.get("company")["name"] == "Radhaus Lindner"
    assert "Ada" in client.get("/users").text


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("company", " ", "Please fill this in."),
        ("email", "ada", "This is not an e-mail address."),
        ("email", "ada@example.org, ben@example.org", "This is not an e-mail address."),
        ("name", "Ada\nBcc: x", "control characters"),
        ("password", "short", "at least 10 characters"),
        ("language", "fr", "Please choose one of these."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client: FlaskClient, name: str, value: str, sentence: str) -> None:
    answer = client.post("/setup", data={**TYPED, name: value}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="field-{name}-error"' in answer.text
    assert "long enough" not in answer.text
    assert access.nobody_yet()


def test_it_happens_once(client: FlaskClient, admin: FlaskClient) -> None:
    assert client.get("/setup").location == "/sign-in"
    assert client.post("/setup", data=TYPED).location == "/sign-in"
    assert User.select().count() == 1


def test_a_pack_can_be_chosen_along_the_way(house: Flask) -> None:
    chosen: list[tuple[str, str]] = []
    name = {"de": "Werkstatt", "en": "Repair shop"}
    furnish(house, [Starter("repair-shop", name, {"de": "Räder"}, "repair", lambda *what: chosen.append(what))])
    assert "Werkstatt" in house.test_client().get("/setup", headers={"Accept-Language": "de"}).text
    house.test_client().post("/setup", data={**TYPED, "pack": "repair-shop"})
    assert chosen == [("repair-shop", User.get().actor)]


def test_the_real_packs_can_be_chosen(client: FlaskClient) -> None:
    assert "repair-shop" in client.get("/setup").text
    assert client.post("/setup", data={**TYPED, "pack": "repair-shop"}).location == "/"
    assert client.get("/").status_code == 200
