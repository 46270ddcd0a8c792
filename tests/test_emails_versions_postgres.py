"""Versions of templates on PostgreSQL: the same queries, the same answers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from core import clock, db, i18n
from emails.models import Template, TemplateVersion
from tests.test_emails_versions import BODY, form


@pytest.fixture
def house(settings_of: Callable[..., Any], postgres_url: str) -> Iterator[Flask]:
    """The house on PostgreSQL."""
    app = create_app(settings_of(STATUSBOTE_DATABASE_URL=postgres_url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    i18n.choose("de")
    yield app
    db.database.close_all()


def test_x12_a_template_is_changed_restored_deleted_and_brought_back(admin: FlaskClient) -> None:
    texts = {"de": {"subject": "Fertig", "body": BODY}}
    template = Template.create(name="Bereit", kind_id="order", texts=texts, updated_at=clock.now())
    url = f"/templates/{template.id}"
    admin.post(url, data=form(template, name="Fertig"))
    for deed in ("/history/1", "/delete", "/back"):
        assert admin.post(url + deed).status_code == 303
    kept = TemplateVersion.select().where(TemplateVersion.template_id == template.id).order_by(TemplateVersion.version)
    assert [row.how for row in kept] == ["found", "edited", "restored:1", "deleted", "returned"]
    assert [admin.get(path).status_code for path in (f"{url}/history", "/templates/deleted", "/templates")] == [200] * 3
    assert Template.create(name="Neu", texts={}, updated_at=clock.now()).id > template.id
