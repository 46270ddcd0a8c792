"""The company: what customers see of it."""

import pytest
from flask.testing import FlaskClient

from core import settings
from core.journal import Entry

TYPED = {
    "name": "Radhaus Lindner", "street": "Adalbertstraße 31", "city": "10999 Berlin", "phone": "030 23125140",
    "email": "Hallo@Radhaus.example", "mail_from": "", "website": "radhaus.example", "language": "de",
}


def test_what_is_typed_is_kept_in_one_form(admin: FlaskClient) -> None:
    assert admin.post("/company", data=TYPED).location == "/company"
    kept = settings.get("company")
    assert kept["phone"] == "+493023125140"
    assert kept["website"] == "https://radhaus.example"
    assert kept["email"] == "hallo@radhaus.example"
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
        ("website", "ftp://radhaus.example"), ("website", "https://"), ("language", "fr"), ("city", "two\nlines"),
        ("website", 'https://a.b/"onclick'),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(admin: FlaskClient, name: str, value: str) -> None:
    answer = admin.post("/company", data={**TYPED, name: value})
    assert answer.status_code == 422
    assert f'id="field-{name}-error"' in answer.text
    assert "street" not in settings.get("company")


def test_the_first_start_leaves_a_company_that_can_be_edited(client: FlaskClient) -> None:
    ada = {"name": "Ada", "email": "ada@example.org", "password": "long enough", "language": "de"}
    client.post("/setup", data={"company": "Radhaus", **ada})
    page = client.get("/company")
    assert page.status_code == 200 and 'value="Radhaus"' in page.text
