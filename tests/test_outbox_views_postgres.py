"""The pages of the outbox on PostgreSQL: the same queries, the same answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core import clock
from outbox import guard, lists, release
from outbox.models import Message

HTMX = {"HX-Request": "true"}
HOUR = timedelta(hours=1)


pytestmark = pytest.mark.postgres


def test_every_page_answers(clerk: FlaskClient, put: Callable[..., Message]) -> None:
    messages = [put(state=state, reason=reason) for state, reason in (
        ("planned", ""), ("sent", ""), ("unclear", "silent"), ("dropped", "no_address"), ("failed", "refused")
    )]
    paths = ["/", "/mailbox", "/outbox/valve", f"/outbox/{messages[0].id}", "/outbox?q=1001", "/outbox?q=ada@example.org"]
    paths += [f"/outbox?state={group}" for group in lists.GROUPS]
    paths += [f"/outbox?state={group}&after={messages[1].id}" for group in lists.GROUPS]
    assert {path: clerk.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert clerk.get(f"/outbox/for/{messages[0].record_id}", headers=HTMX).status_code == 200


def test_deeds_settle_what_they_should(clerk: FlaskClient, put: Callable[..., Message]) -> None:
    unclear, unreached = put(state="unclear", reason="silent"), put(state="dropped", reason="no_address")
    page = clerk.get("/").text
    assert "angekommen?" in page and "Nicht erreicht" in page
    codes = [
        clerk.post(f"/outbox/{id}/{deed}", headers=HTMX).status_code
        for id, deed in ((unclear.id, "again"), (unclear.id, "again"), (unreached.id, "told"))
    ]
    assert codes == [200, 409, 200]


def test_the_guard_counts_alike(put: Callable[..., Message]) -> None:
    past = [clock.now() - timedelta(days=day) for day in range(1, 5) for _ in range(20)]
    for at in past:
        put(state="sent", rule_id=1, sent_at=at, address="ada@example.org")
    asked = put(state="sending_pre", rule_id=1, owner="me", lease_until=clock.now() + timedelta(hours=1))
    assert guard._usual(1, clock.now()) == 20
    assert guard.Guard("me")._room(1, 61, [asked]) == 60
    assert guard._had({"ada@example.org"}) == {}


def test_what_awaits_release_is_released_alike(clerk: FlaskClient, put: Callable[..., Message]) -> None:
    old, due, coming = put(state="awaiting", due=-9 * HOUR), put(state="awaiting", due=-HOUR / 2), put(state="awaiting")
    paths = ("?q=Ada&kind=order", f"/send?id={due.id}")
    assert [clerk.get(f"/outbox/release{path}").status_code for path in paths] == [200, 200]
    assert release.release([old.id, due.id, coming.id, 999], "user:1") == release.Outcome(2, missed=1, late=1)
    later = put(state="awaiting", entry_id=1), put(state="awaiting", entry_id=2)
    release.supersede([due.record_id])
    assert [Message.get_by_id(message.id).state for message in later] == ["dropped", "awaiting"]
    assert release.discard([later[1].id], "user:1").done == 1 and release.waiting() == 0
