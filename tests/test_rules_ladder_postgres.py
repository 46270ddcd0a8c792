"""Payment reminders on PostgreSQL: pauses, the brake and what goes on afterwards are the same."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from outbox.models import Message
from records import payments
from records.models import Record
from rules.ladder import pauses, waiting

DAY = timedelta(days=1)


pytestmark = pytest.mark.postgres


def test_what_waits_goes_on_alike(
    clerk: FlaskClient, make_record: Callable[..., Record], put: Callable[..., Message]
) -> None:
    record = make_record("1001", total="129.90")
    pauses.pause(record.id, "user:1", clock.now() + DAY, "Ratenzahlung")
    pauses.pause(record.id, "user:1")
    steps = [put(record, "held", reason="paused", rule_id=1, sort="payment", due=n * DAY) for n in (-2, -1)]
    for message in steps:
        Message.update(occasion=f"{message.occasion}@1").where(Message.id == message.id).execute()
    assert list(waiting.holds([put(record, rule_id=1, sort="payment")]).values()) == [waiting.Hold("paused")]
    paths = ("/", "/payments", "/records/orders?mark=paused", f"/rules/ladder/{record.id}")
    assert {path: clerk.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    pauses.resume(record.id, "user:1")
    assert [Message.get_by_id(message.id).state for message in steps] == ["dropped", "planned"]
    pauses.reopen(record.id, "user:1")
    pauses.sweep()
    payments.tell(clock.now() - 5 * DAY, "user:1")
    old = put(record, "held", reason="payments_old", rule_id=2, sort="payment")
    assert waiting.count() == 1 and "Zahlungserinnerung wartet" in clerk.get("/").text
    payments.tell(clock.now(), "user:1")
    with transaction():
        assert waiting.go_on(waiting.OLD, "worker") == 1
    assert Message.get_by_id(old.id).state == "planned"
