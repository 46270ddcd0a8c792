"""Layouts of an admin's own on PostgreSQL: the same queries, the same answers."""


import pytest
from flask.testing import FlaskClient

from emails.layouts import kept
from emails.layouts.models import Layout, LayoutVersion

pytestmark = pytest.mark.postgres


def test_a_layout_is_written_changed_restored_and_deleted(admin: FlaskClient) -> None:
    source = kept.source("letter")
    for version, said in enumerate((source, source.replace("640px", "600px"))):
        where = f"/appearance/layouts/{Layout.get().id}" if version else "/appearance/layouts/new"
        assert admin.post(where, data={"name": "Haus", "source": said, "version": str(version)}).status_code == 303
    url = f"/appearance/layouts/{Layout.get().id}"
    assert admin.post(f"{url}/history/1").status_code == 303
    assert (Layout.get().source, LayoutVersion.select().count()) == (source, 3) and kept.exists(url.rpartition("/")[2])
    for path in (url, f"{url}/history", "/appearance/layouts", "/appearance"):
        assert admin.get(path).status_code == 200
    assert admin.post(f"{url}/delete").status_code == 303
    assert Layout.select().count() == LayoutVersion.select().count() == 0
