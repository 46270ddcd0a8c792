"""Settings for status files on PostgreSQL: the same versions, the same pages made anew, one winner of two at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from core import db, journal
from core.db import transaction
from pages import links, publish
from pages.models import Page
from pages.settings import renewal, store
from pages.settings.models import PageSetting, PageSettingVersion
from records.models import Record

URL = "/pages/settings/orders"


pytestmark = pytest.mark.postgres


def test_m3_settings_are_kept_shown_restored_and_pages_made_anew(
    admin: FlaskClient, make_record: Callable[..., Record]
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as time:
        record = make_record("1", status="ready")
        journal.read([publish.read])
        with transaction():
            links.save_many([links.prepare(record.id, "customer", "ada@example.org")])
        time.shift(60)
        for version, words in enumerate(("Eins", "Zwei")):
            assert admin.post(URL, data={"version": version, "headline.de": words}).status_code == 303
        assert admin.post(f"{URL}/history/1").status_code == 303 and "Eins" in admin.get(f"{URL}/history").text
        time.shift(timedelta(seconds=5))
        renewal.renew()
        kept = publish.newest(record.id)
        assert Page.select().count() == 2 and kept and kept.path and "Eins" in kept.path.read_text()
        assert [row.how for row in PageSettingVersion.select().order_by(PageSettingVersion.version)][-1] == "restored:1"


def test_x12_of_two_who_begin_at_once_one_is_told(house: Flask) -> None:
    told: list[str] = []
    both = threading.Barrier(2)

    def save(words: str) -> None:
        with db.database.connection_context():
            both.wait()
            try:
                store.save("order", "", {"headline": {"de": words}}, 0, "user:1")
                told.append("saved")
            except store.Overtaken:
                told.append("overtaken")

    threads = [threading.Thread(target=save, args=[words]) for words in ("Ben", "Cem")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["overtaken", "saved"] and PageSetting.select().count() == 1
