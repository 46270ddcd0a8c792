"""People who sign in: changed, deactivated; one admin always stays."""

import pytest
from flask.testing import FlaskClient

from accounts import users
from accounts.models import User
from core.journal import Entry

CEM = {"name": "Cem", "email": "cem@example.org", "role": "staff", "language": "de"}


def make(**more: str) -> User:
    given = {**CEM, **more}
    return users.make(given["email"], given["name"], given["role"], given["language"], "for the moment", "console")


def test_the_console_makes_somebody_who_can_sign_in(client: FlaskClient) -> None:
    make()
    assert client.post("/sign-in", data={"email": "cem@example.org", "password": "for the moment"}).location == "/"
    entry = Entry.select().where(Entry.what == "user.created").get()
    assert entry.data == {"user": User.get(User.name == "Cem").id}


def test_an_address_is_taken_once(admin: FlaskClient) -> None:
    make()
    with pytest.raises(ValueError):
        make(email=" CEM@example.org", name="Another")
    ada = User.get(User.role == "admin")
    answer = admin.post(f"/users/{ada.id}", data={**CEM, "name": "Another", "role": "admin"})
    assert answer.status_code == 422
    assert "Mit dieser Adresse gibt es schon jemanden." in answer.text
    assert "Another" in answer.text, "what was typed is kept"


def test_a_person_can_be_changed(admin: FlaskClient) -> None:
    cem = make()
    assert "cem@example.org" in admin.get(f"/users/{cem.id}").text
    admin.post(f"/users/{cem.id}", data={**CEM, "name": "Cem Yıldız", "role": "admin"})
    cem = User.get_by_id(cem.id)
    assert (cem.name, cem.role) == ("Cem Yıldız", "admin")
    assert Entry.select().where(Entry.what == "user.changed").get().data == {"user": cem.id, "fields": ["name", "role"]}


@pytest.mark.parametrize("role", ["owner", "", "ADMIN"])
def test_there_are_only_two_roles(admin: FlaskClient, role: str) -> None:
    assert admin.post(f"/users/{make().id}", data={**CEM, "role": role}).status_code == 422


def test_the_last_admin_stays_an_admin(admin: FlaskClient) -> None:
    ada = User.get()
    answer = admin.post(f"/users/{ada.id}", data={**CEM, "name": ada.name, "email": ada.email})
    assert answer.status_code == 422
    assert "Das ist der letzte Admin." in answer.text
    admin.post(f"/users/{ada.id}/active", data={"on": "0"})
    ada = User.get_by_id(ada.id)
    assert ada.active and ada.is_admin


def test_a_deactivated_admin_does_not_count(admin: FlaskClient) -> None:
    make(role="admin")
    ada, cem = User.select().order_by(User.id)
    admin.post(f"/users/{cem.id}/active", data={"on": "0"})
    admin.post(f"/users/{ada.id}/active", data={"on": "0"})
    assert User.get_by_id(ada.id).active


def test_one_of_two_admins_may_go(admin: FlaskClient) -> None:
    make(role="admin")
    ada, cem = User.select().order_by(User.id)
    admin.post(f"/users/{cem.id}/active", data={"on": "0"})
    assert not User.get_by_id(cem.id).active
    assert "Deaktiviert" in admin.get("/users").text


def test_a_lost_password_is_set_anew(admin: FlaskClient, client: FlaskClient) -> None:
    cem = make()
    assert admin.post(f"/users/{cem.id}/password", data={"new_password": "short"}).status_code == 422
    admin.post(f"/users/{cem.id}/password", data={"new_password": "found again"})
    assert client.post("/sign-in", data={"email": "cem@example.org", "password": "for the moment"}).status_code == 422
    assert client.post("/sign-in", data={"email": "cem@example.org", "password": "found again"}).status_code == 302


def test_nobody_is_a_404(admin: FlaskClient) -> None:
    assert admin.get("/users/99").status_code == 404
    assert admin.post("/users/99/active").status_code == 404


def test_a_name_is_not_markup(admin: FlaskClient) -> None:
    make(name="<b>Cem</b>")
    assert "<b>Cem" not in admin.get("/users").text
