"""What comes after sending, on PostgreSQL: the same queries, the same answers, and the worker's own thread."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from outbox.afterwards import account, blocked, bounces, calls, imap
from outbox.afterwards.report import Report
from outbox.models import Message
from pages import links
from tests.letterbox import Letterbox
from tests.test_outbox_bounces import OURS, notification

pytestmark = pytest.mark.postgres


def test_calls_and_blocks_are_the_same(admin: FlaskClient, put: Callable[..., Message], make_record: Any) -> None:
    ago = clock.now() - timedelta(days=4)
    link = links.prepare(make_record("1002").id, "customer", "ada@example.org")
    with transaction():
        links.save_many([link])
    lost = put(state="dropped", reason="no_address")
    unopened = put(make_record("1002"), "sent", sent_at=ago, planned_at=ago, link_id=link.id)
    assert [call.told.message.id for call in calls.find()] == [unopened.id, lost.id]
    admin.post(f"/outbox/unreached/{lost.id}", data={"outcome": "reached"})
    calls.answer(unopened, "again", "user:1")
    assert calls.find() == [] and [call.told.message.id for call in calls.find("again")] == [unopened.id]
    assert blocked.block("ada@example.org", "wish", "user:1") and not blocked.block("ada@example.org", "wish", "user:1")
    for path in ("/", "/outbox/unreached?shown=reached", "/outbox/blocked?q=ada@example.org", "/outbox/bounces"):
        assert admin.get(path).status_code == 200
    assert [contact.name for contact in blocked.page().rows[0].contacts] == ["Ada Lovelace"]
    assert blocked.unblock(blocked.mark("ada@example.org"), "user:1")


def test_reports_are_the_same(put: Callable[..., Message]) -> None:
    for number in range(3):
        put(state="sent", message_id=f"<{number}@shop.example>", address="ada@example.org")
        assert bounces.hear(Report((f"<{number}@shop.example>",), "later", "4.2.2"))
    assert [row.state for row in Message.select().order_by(Message.id)] == ["sent", "sent", "bounced"]
    assert blocked.find("ada@example.org")


def test_the_thread_of_the_worker_reads_with_a_connection_of_its_own(put: Callable[..., Message]) -> None:
    put(state="sent", message_id=OURS, address="ada@example.org")
    with Letterbox({1: notification()}) as box:
        where = {"on": True, "host": "127.0.0.1", "port": box.port, "tls": "none", "user": "reader", "folder": "INBOX"}
        account.save(where, "geheim", "user:1")
        imap.sweep()
        with imap._busy:
            assert Message.get().state == "bounced"
