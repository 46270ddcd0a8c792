"""Claiming on PostgreSQL: as many as asked for and not one more, else neither quota nor probe would hold."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core import clock
from core.db import transaction
from outbox import claim
from outbox.models import Message, Sender

pytestmark = pytest.mark.postgres


def test_a_claim_takes_no_more_than_it_may(put: Callable[..., Message]) -> None:
    with transaction():
        sender = Sender.create(
            label="Werkstatt", host="127.0.0.1", port=1, tls="none", from_address="w@example.org", quota=3,
            created_at=clock.now(),
        )
    for _n in range(6):
        put(due=-timedelta(minutes=1), sender_id=sender.id)
        put(due=-timedelta(minutes=1))
    assert [row.sender_id for row in claim.claim("one", 2, others=[sender.id])] == [None, None]
    assert [row.sender_id for row in claim.claim("one", 10, sender)] == [sender.id] * 3
    assert claim.claim("two", 10, sender) == []
    assert len(claim.claim("two", 10)) == 7
