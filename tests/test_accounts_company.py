"""The company: what customers see of it."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from accounts import company
from core import i18n, settings
from core.journal import Entry

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"
TYPED = {
    "name": "Radhaus Lindner", "street": "Adalbertstraße 31", "city": "10999 Berlin", "phone": "030 23125140",
    "email": "Hallo@Radhaus.example", "mail_from": "", "website": "radhaus.example", "imprint_url": "https://radhaus.example/i",
    "privacy_url": "", "language": "de", "colour": "#1C5A44", "footer_de": "Radhaus GmbH", "footer_en": "Radhaus Ltd",
}


def test_what_is_typed_is_kept_in_one_form(admin: FlaskClient) -> None:
    assert admin.post("/company", data=TYPED).location == "/company"
    kept = settings.get("company")
    assert kept["phone"] == "+493023125140"
    assert kept["website"] == "https://radhaus.example"
    assert kept["email"] == "hallo@radhaus.example"
    assert kept["colour"] == "#1c5a44"
    assert kept["footer"] == {"de": "Radhaus GmbH", "en": "Radhaus Ltd"}
    page = admin.get("/company").text
    assert "Adalbertstraße 31" in page and "Gespeichert." in page


def test_a_change_is_on_record_without_what_it_says(admin: FlaskClient) -> None:
    admin.post("/company", data=TYPED)
    admin.post("/company", data={**TYPED, "street": "Oranienstraße 1"})
    last = Entry.select().where(Entry.what == "company.changed").order_by(Entry.id.desc()).get()
    assert last.data == {"fields": ["street"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", ""), ("phone", "12"), ("email", "a@b"), ("mail_from", "x"), ("website", "javascript:alert(1)"),
        ("imprint_url", "ftp://radhaus.example"), ("privacy_url", "https://"), ("colour", "green"), ("colour", "#1c5a4"),
        ("colour", "#fffff0"), ("language", "fr"), ("footer_de", "two\nlines"), ("imprint_url", 'https://a.b/"onclick'),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(admin: FlaskClient, name: str, value: str) -> None:
    answer = admin.post("/company", data={**TYPED, name: value})
    assert answer.status_code == 422
    assert f'id="field-{name}-error"' in answer.text
    assert "street" not in settings.get("company")


def send(client: FlaskClient, content: bytes, **more: Any) -> int:
    return client.post("/company", data={**TYPED, "logo": (io.BytesIO(content), "logo.png"), **more}).status_code


def test_a_logo_is_kept_until_it_is_replaced_or_removed(admin: FlaskClient) -> None:
    assert send(admin, PNG) == 302
    assert settings.get("company")["logo"].startswith("data:image/png;base64,iVBORw0KGg")
    admin.post("/company", data=TYPED)
    assert settings.get("company")["logo"]
    assert send(admin, b"\xff\xd8\xff\xe0jpeg") == 302
    assert settings.get("company")["logo"].startswith("data:image/jpeg;")
    admin.post("/company", data={**TYPED, "no_logo": "1"})
    assert settings.get("company")["logo"] == ""


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"GIF89a", b"", b"%PDF", PNG + bytes(100 * 1024)])
def test_only_small_png_and_jpeg_pictures_are_logos(admin: FlaskClient, content: bytes) -> None:
    assert send(admin, content) == 422


def test_the_colour_is_judged_on_light_and_on_dark_ground() -> None:
    with i18n.speaking("en"):
        assert "dark screens" in company.about_colour("#1c5a44")
        assert "On white" in company.about_colour("#ffb000")


def test_the_first_start_leaves_a_company_that_can_be_edited(client: FlaskClient) -> None:
    ada = {"name": "Ada", "email": "ada@example.org", "password": "long enough", "language": "de"}
    client.post("/setup", data={"company": "Radhaus", **ada})
    page = client.get("/company")
    assert page.status_code == 200 and 'value="Radhaus"' in page.text
