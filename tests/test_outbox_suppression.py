"""Blocked addresses: what stands in the list without storing addresses, and how a block is made and lifted."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from core.journal import Entry
from outbox import truth
from outbox.afterwards import blocked
from outbox.models import Message, Suppression
from records.models import Contact

Put = Callable[..., Message]


def lines(what: str) -> list[dict[str, Any]]:
    return [entry.data for entry in Entry.select().where(Entry.what == what)]


def test_an_empty_list_says_so(admin: FlaskClient) -> None:
    assert "Keine Adresse ist gesperrt." in admin.get("/outbox/blocked").text


def test_an_address_blocked_by_hand_is_not_written_to(admin: FlaskClient, put: Put) -> None:
    message = put()
    assert truth.check([message], [])[0] != []
    admin.post("/outbox/blocked", data={"address": "Ada@Example.org", "reason": "wish"})
    wishes, ends = truth.check([message], [])
    assert wishes == [] and ends[message.id].reason == "suppressed"


def test_the_list_names_the_contact_and_stores_no_address(admin: FlaskClient, put: Put) -> None:
    put()
    admin.post("/outbox/blocked", data={"address": "ada@example.org", "reason": "wish"})
    page = admin.get("/outbox/blocked").text
    assert "Ada Lovelace" in page and "Die Person möchte dort keine Nachrichten." in page
    assert lines("address.blocked") == [{"reason": "wish", "contacts": [Contact.get(Contact.name == "Ada Lovelace").id]}]
    stored = repr(list(Suppression.select().tuples())) + repr(list(Entry.select().tuples()))
    assert "ada@example.org" not in stored


def test_a_bounced_address_is_named_by_the_message_that_failed(admin: FlaskClient, put: Put) -> None:
    put(state="failed", reason="unknown_address", address="ada@example.org")
    put(recipient="chef@example.org", state="failed", reason="unknown_address", address="chef@example.org")
    with transaction():
        for address in ("ada@example.org", "chef@example.org", "niemand@example.org"):
            Suppression.create(fingerprint=blocked.mark(address), reason="unknown_address", at=clock.now())
    page = admin.get("/outbox/blocked").text
    assert "Ada Lovelace" in page and "chef@example.org" in page
    assert "unbekannte Adresse" in page and blocked.mark("niemand@example.org")[:12] in page


def test_an_address_is_looked_up_by_typing_it(admin: FlaskClient) -> None:
    blocked.block("dora@example.org", "other", "user:1")
    found = admin.get("/outbox/blocked?q=Dora@example.org").text
    assert f'value="{blocked.mark("dora@example.org")}"' in found and "<td>Von Hand gesperrt.</td>" in found
    assert "ben@example.org ist nicht gesperrt." in admin.get("/outbox/blocked?q=ben@example.org").text


def test_lifting_a_block_writes_to_the_address_again_and_is_on_record(admin: FlaskClient, put: Put) -> None:
    message = put()
    blocked.block("ada@example.org", "wish", "user:1")
    admin.post("/outbox/blocked/lift", data={"address": blocked.mark("ada@example.org")})
    assert Suppression.select().count() == 0 and truth.check([message], [])[0] != []
    assert lines("address.unblocked") == [{"contacts": [message.record.contact_id]}]
    admin.post("/outbox/blocked/lift", data={"address": blocked.mark("ada@example.org")})
    assert len(lines("address.unblocked")) == 1


def test_blocking_twice_is_one_block(admin: FlaskClient) -> None:
    assert blocked.block("ben@example.org", "wish", "user:1") and not blocked.block("BEN@example.org", "other", "user:1")
    assert (Suppression.get().reason, len(lines("address.blocked"))) == ("wish", 1)


@pytest.mark.parametrize("typed", [{"address": "keine", "reason": "wish"}, {"address": "ada@example.org", "reason": "full"}])
def test_what_is_no_address_or_no_reason_is_refused_and_kept(admin: FlaskClient, typed: dict[str, str]) -> None:
    answer = admin.post("/outbox/blocked", data=typed)
    assert answer.status_code == 422 and f'value="{typed["address"]}"' in answer.text and Suppression.select().count() == 0


def test_many_are_shown_a_page_at_a_time(admin: FlaskClient) -> None:
    now = clock.now()
    with transaction():
        for number in range(blocked.PAGE + 2):
            Suppression.create(fingerprint=blocked.mark(f"{number}@example.org"), reason="other", at=now)
    first = blocked.page()
    rest = blocked.page(first.after)
    assert (len(first.rows), len(rest.rows), rest.after) == (blocked.PAGE, 2, "")
    assert not {row.fingerprint for row in first.rows} & {row.fingerprint for row in rest.rows}
    assert "Ältere zeigen" in admin.get("/outbox/blocked").text


def test_a_clerk_may_not_block_anybody(clerk: FlaskClient) -> None:
    assert clerk.get("/outbox/blocked").status_code == 403
    assert clerk.post("/outbox/blocked", data={"address": "a@example.org", "reason": "wish"}).status_code == 403
