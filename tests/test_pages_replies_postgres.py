"""Customers' answers on PostgreSQL: said once however often it is pressed, dealt with and taken back alike."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app import create_app
from core import db, i18n
from core.db import transaction
from pages import links
from pages.replies import kept
from pages.replies.models import Reply
from records.models import Record


@pytest.fixture
def house(settings_of: Callable[..., Any], postgres_url: str) -> Iterator[Flask]:
    """The house on PostgreSQL."""
    app = create_app(settings_of(STATUSBOTE_DATABASE_URL=postgres_url))
    i18n.choose("de")
    yield app
    db.database.close_all()


def test_an_answer_counts_once_until_it_is_taken_back(make_record: Callable[..., Record]) -> None:
    record = make_record("1047")
    link = links.prepare(record.id, "customer", "ada@example.org")
    with transaction():
        links.save_many([link])
    assert [kept.give(link, record, "call_wished", "1", "") for _ in range(2)] == [True, False]
    reply = Reply.get()
    deeds = ("done", "done", "reopened", "undone", "done")
    assert [kept.settle([reply], deed, "user:1") for deed in deeds] == [1, 0, 1, 1, 0]
    assert kept.give(link, record, "call_wished", "1", "Bitte") and kept.of([record.id])[record.id][0].words == "Bitte"
    with transaction():
        kept.erase([record.id])
    assert not Reply.select().exists()
