"""Web manners: headers, errors in words, files of ours, language and light, the frame."""

import re

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from peewee import OperationalError

from app import create_app
from core import web

HTMX = {"HX-Request": "true"}


def test_every_page_is_dressed(client: FlaskClient) -> None:
    answer = client.get("/setup")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "HX-Request" in answer.headers["Vary"]


def test_no_page_carries_style_or_script_of_its_own(admin: FlaskClient) -> None:
    for path in ("/users", "/users/new", "/users/keys", "/company", "/account", "/nothing"):
        page = admin.get(path).text
        assert not re.search(r"<style|\sstyle=|<script(?! src=)|\son[a-z]+=|hx-on|javascript:", page), path


@pytest.mark.parametrize("name", ["app.css", "app.js", "icons.svg", "mark.svg", "htmx.js"])
def test_a_file_of_ours_is_kept_for_ever_under_its_hash(house: Flask, client: FlaskClient, name: str) -> None:
    with house.test_request_context():
        url = web.asset(name)
    answer = client.get(url)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/static/000000000000/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/static/x/../app.py", "/static//app.css", "/static/x/%2e%2e/app.py"])
def test_no_other_file_is_served(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (308, 404)


def test_every_sign_used_is_in_the_sprite(house: Flask, admin: FlaskClient) -> None:
    with house.test_request_context():
        signs = set(re.findall(r'id="i-([a-z]+)"', admin.get(web.asset("icons.svg")).text))
    for path in ("/users", "/users/keys", "/company", "/setup", "/nothing"):
        assert set(re.findall(r"#i-([a-z]+)", admin.get(path).text)) <= signs


@pytest.fixture
def troubled(house: Flask) -> FlaskClient:
    """A visitor of a house in which things go wrong, put together anew because it gets a page of its own."""
    given = house.config
    house = create_app(given["STATUSBOTE"])
    house.config.update(given)

    @house.get("/trouble/<int:code>")
    def trouble(code: int) -> None:
        if code == 503:
            raise OperationalError("no such disk")
        if code == 500:
            raise ZeroDivisionError("with secrets")
        abort(code)

    house.config["PROPAGATE_EXCEPTIONS"] = False
    return house.test_client()


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 429, 500, 503])
def test_an_error_is_said_in_the_readers_words(troubled: FlaskClient, code: int) -> None:
    german = troubled.get(f"/trouble/{code}", headers={"Accept-Language": "de"})
    english = troubled.get(f"/trouble/{code}", headers={"Accept-Language": "en"})
    assert german.status_code == english.status_code == code
    assert f"Fehler\u00a0{code}" in german.text and f"Error {code}" in english.text
    assert "secrets" not in english.text and "disk" not in english.text and "The request was" not in english.text


@pytest.mark.parametrize("code", [400, 404, 409, 422, 500, 503])
def test_for_htmx_an_error_is_a_toast_that_leaves_the_page_alone(troubled: FlaskClient, code: int) -> None:
    answer = troubled.get(f"/trouble/{code}", headers=HTMX)
    assert answer.headers["HX-Retarget"] == "#toasts"
    assert answer.text.lstrip().startswith('<div class="toast stop"')
    assert "<html" in troubled.get(f"/trouble/{code}", headers={**HTMX, "HX-Boosted": "true"}).text


def test_a_form_without_its_token_is_refused(house: Flask, client: FlaskClient) -> None:
    house.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/look", data={"language": "en"}, headers={"Accept-Language": "de"})
    assert answer.status_code == 400
    assert "Bitte laden Sie sie neu" in answer.text


def test_the_header_that_htmx_sends_is_a_token(house: Flask, client: FlaskClient) -> None:
    house.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r'"X-CSRFToken": "([^"]+)"', client.get("/setup").text)
    assert token
    assert client.post("/look", data={"language": "en"}, headers={"X-CSRFToken": token[1]}).status_code == 302


def test_language_and_light_are_anybodys_choice(client: FlaskClient) -> None:
    client.post("/look", data={"language": "en", "scheme": "dark", "back": "/setup"})
    page = client.get("/setup", headers={"Accept-Language": "de"}).text
    assert '<html lang="en" data-scheme="dark">' in page
    assert 'name="color-scheme" content="dark"' in page
    client.post("/look", data={"language": "tlh", "scheme": "neon"})
    assert '<html lang="en" data-scheme="dark">' in client.get("/setup").text


def test_the_switch_leads_back_to_the_page_but_never_away(client: FlaskClient) -> None:
    assert client.post("/look", data={"scheme": "light", "back": "/company?x=1"}).location == "/company?x=1"
    assert client.post("/look", data={"scheme": "light", "back": "//evil.example"}).location == "/"


def test_the_menu_says_where_one_is(admin: FlaskClient) -> None:
    assert '<a href="/company" aria-current="page">' in admin.get("/company").text
    assert '<a href="/users" aria-current="true">' in admin.get("/users/new").text
    assert admin.get("/account").text.count("aria-current") == 0


def test_the_settings_are_folded_away_until_one_stands_in_them(admin: FlaskClient, clerk: FlaskClient) -> None:
    assert "<details open>" in admin.get("/company").text
    today = admin.get("/").text
    assert '<a href="/company">' in today and "<details open>" not in today
    assert '<a href="/company">' not in clerk.get("/").text
