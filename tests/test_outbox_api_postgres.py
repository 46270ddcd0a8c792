"""The reading half of the HTTP API on PostgreSQL: the same questions, the same answers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from accounts import keys
from core import clock
from outbox.models import Message
from outbox.states import STATES

pytestmark = pytest.mark.postgres


def test_every_question_is_answered(house: Flask, put: Callable[..., Message]) -> None:
    now = clock.now()
    rows = {state: put(state=state, planned_at=now - timedelta(days=20 - n)) for n, state in enumerate(STATES)}
    ids = {state: row.id for state, row in rows.items()}
    bearer = {"Authorization": f"Bearer {keys.make('shop')}"}

    def asked(path: str, **query: Any) -> list[int]:
        answer = house.test_client().get(f"/api/v1/{path}", query_string=query, headers=bearer)
        assert answer.status_code == 200, answer.text
        return [message["id"] for message in answer.json["messages"]]

    assert asked("messages") == asked("orders/1001/messages") == sorted(ids.values(), reverse=True)
    assert {state: asked("messages", state=state) for state in STATES} == {state: [id] for state, id in ids.items()}
    since = (now - timedelta(days=20 - 7)).isoformat()
    assert asked("messages", since=since) == [ids[state] for state in list(STATES)[:6:-1]]
    story = house.test_client().get("/api/v1/orders/1001/biography", headers=bearer)
    assert len(story.json["biography"]) == len(STATES) + 1
