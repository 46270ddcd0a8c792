"""Invitation and lost password on PostgreSQL (B1, B6)."""

import re
from pathlib import Path

from accounts import tickets, users
from accounts.models import Ticket, User
from app import create_app
from core import config, db
from core.db import transaction

CEM = {"email": "cem@example.org", "role": "staff", "language": "de"}
TWICE = {"new_password": "long enough", "new_password_again": "long enough"}


def test_b1_and_b6_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    app = create_app(config.read({"STATUSBOTE_DATA": str(tmp_path), "STATUSBOTE_DATABASE_URL": postgres_url}))
    app.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    users.make("ada@example.org", "Ada", "admin", "de", "right as rain", "console")
    admin, visitor = app.test_client(), app.test_client()
    admin.post("/sign-in", data={"email": "ada@example.org", "password": "right as rain"})
    admin.post("/users/new", data=CEM)
    cem = User.get(User.email == "cem@example.org")
    again = admin.post(f"/users/{cem.id}/invitation").text
    link = re.findall(r":8000(/invitation/\w+)", again)[0]
    assert visitor.post(link, data={"first_name": "Cem", "last_name": "Yıldız", **TWICE}).location == "/"
    with transaction():
        token, _ = tickets.issue(cem, "password")
    assert visitor.post(f"/password/{token}", data=TWICE).location == "/"
    admin.post("/users/new", data={**CEM, "email": "eve@example.org"})
    eve = User.get(User.email == "eve@example.org")
    assert admin.post(f"/users/{eve.id}/withdraw").location == "/users"
    assert (Ticket.select().count(), User.select().count()) == (0, 2)
    db.database.close()
    db.database.obj.close_all()
