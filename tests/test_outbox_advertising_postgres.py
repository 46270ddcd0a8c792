"""Advertising on PostgreSQL: the same consent, the same end of it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from app import create_app
from core import db, i18n
from tests.test_outbox_advertising import feedback as feedback
from tests.test_outbox_advertising import send as send
from tests.test_outbox_advertising import (
    test_one_click_ends_the_consent_and_says_the_same_every_time as test_one_click_ends_the_consent,
)
from tests.test_outbox_advertising import (
    test_who_unsubscribed_stays_so_until_they_agree_anew as test_who_unsubscribed_stays_so,
)

__all__ = ["test_one_click_ends_the_consent", "test_who_unsubscribed_stays_so"]


@pytest.fixture
def house(settings_of: Callable[..., Any], postgres_url: str) -> Iterator[Flask]:
    """The house on PostgreSQL."""
    app = create_app(settings_of(STATUSBOTE_DATABASE_URL=postgres_url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    i18n.choose("de")
    yield app
    db.database.close_all()
