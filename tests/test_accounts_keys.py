"""API keys: shown once, kept as fingerprints, revoked."""

import re

from flask import Flask
from flask.testing import FlaskClient

from accounts import keys
from accounts.models import ApiKey


def test_a_key_is_found_by_its_text_only(house: Flask) -> None:
    raw = keys.make("Webshop")
    assert re.fullmatch(r"sb_[0-9A-Za-z]{43}", raw)
    found = keys.find(raw)
    assert found and found.name == "Webshop"
    for wrong in (raw[:-1], raw + "x", raw.swapcase(), "", "sb_" + "x" * 43, found.fingerprint):
        assert keys.find(wrong) is None


def test_the_database_does_not_know_the_key(house: Flask) -> None:
    raw = keys.make("Webshop")
    row = ApiKey.select().dicts().get()
    assert raw not in str(row) and raw[3:] not in str(row)


def test_a_key_is_shown_once(admin: FlaskClient) -> None:
    page = admin.post("/users/keys", data={"name": "Webshop"}).text
    raw = re.search(r"sb_[0-9A-Za-z]{43}", page)
    assert raw and keys.find(raw[0])
    assert raw[0] not in admin.get("/users/keys").text


def test_a_key_needs_a_name(admin: FlaskClient) -> None:
    assert admin.post("/users/keys", data={"name": ""}).status_code == 422
    assert not ApiKey.select().exists()


def test_a_revoked_key_opens_nothing(admin: FlaskClient) -> None:
    raw = keys.make("Webshop")
    admin.post(f"/users/keys/{ApiKey.get().id}/revoke")
    assert keys.find(raw) is None
    assert "Widerrufen" in admin.get("/users/keys").text
    assert admin.post("/users/keys/99/revoke").status_code == 404
