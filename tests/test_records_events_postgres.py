"""Named events on PostgreSQL: heard once per key, also when two tell it at once, said in the mail, and forgotten."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts import keys as api_keys
from core.journal import Entry
from outbox import fleeting
from records.models import Event
from rules.packs import reader
from tests.test_rules_packs_play import BEN, CEM, mails

pytestmark = pytest.mark.postgres


def test_told_twice_at_the_same_moment_it_is_heard_once(house: Flask, client: FlaskClient, shop: dict[str, Any]) -> None:
    reader.install("advice-platform")
    bearer = {"Authorization": f"Bearer {api_keys.make('platform')}", "Idempotency-Key": "4711"}
    client.put("/api/v1/advisors/1", json={"contact": BEN, "status": "member"}, headers=bearer)
    said = {"event": "appointment_request", "data": {"wish": "Freitag"}, "to": CEM}
    together = Barrier(4)

    def tell(_n: int) -> tuple[int, Any]:
        together.wait()
        answer = house.test_client().post("/api/v1/advisors/1/events", json=said, headers=bearer)
        return answer.status_code, answer.json

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(tell, range(4)))
    assert answers == [answers[0]] * 4 and answers[0][0] == 201
    assert Event.select().count() == Entry.select().where(Entry.what == "advisor.appointment_request").count() == 1
    assert [who for who, _subject in mails()] == ["ben@example.org", "cem@example.org"]
    fleeting.forget()
    assert (Event.get().data, Event.get().person) == ({}, None)
