"""Retention, the command and the criteria of status pages on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from flask.testing import FlaskClient

from core import journal
from pages import audience, commands, keeping, publish, sweep
from pages.keeping import Keeping
from pages.models import Page
from records.models import Record

pytestmark = pytest.mark.postgres


def test_replaced_pages_and_those_of_ended_records_go_in_time_and_may_be_made_anew(
    shop: Any, make_record: Callable[..., Record]
) -> None:
    keeping.choose(Keeping(older=30, closed=100), "user:1")
    with time_machine.travel(datetime.now(UTC), tick=False) as time:
        for status in ("new", "in_progress", "done"):
            make_record("1", status=status)
            journal.read([publish.read])
        time.shift(timedelta(days=31))
        sweep.sweep()
        assert Page.select().count() == 1
        again = CliRunner().invoke(commands.pages, ["republish", "--kind", "order", "--since", "2020-01-01"])
        assert "1 of 1" in again.output
        time.shift(timedelta(days=70))
        sweep.sweep()
        assert Page.select().count() == 0
        assert "0 of 0" in CliRunner().invoke(commands.pages, ["republish"]).output


def test_m6_who_gets_one_is_chosen_and_shown(admin: FlaskClient, make_record: Callable[..., Record]) -> None:
    record = make_record("1", source="webshop")
    assert 'value="order:webshop"' in admin.get("/pages/settings/audience").text
    audience.choose({"order": ["webshop"]}, "user:1")
    where = f"/pages/settings/audience/contact/{record.contact_id}"
    assert "Bekommt derzeit keine." in admin.get(where).text
    assert admin.post(where, data={"choice": "no"}).status_code == 302
    assert "Bekommt keine, wie hier gewählt." in admin.get(where).text
