"""Versions of templates on PostgreSQL: the same queries, the same answers."""


import pytest
from flask.testing import FlaskClient

from core import clock
from emails.models import Template, TemplateVersion
from tests.test_emails_versions import BODY, form

pytestmark = pytest.mark.postgres


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
