"""What staff sees of status pages: the page itself, the state of its links, and taking one back."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from pages import grants, links, publish
from pages.models import Grant, Link
from records.models import Record


@pytest.fixture
def link(shop: Any, make_record: Callable[..., Record]) -> Link:
    record = make_record("1047", status="ready", location="berlin")
    journal.read([publish.read])
    made = links.prepare(record.id, "customer", "ada@example.org")
    with transaction():
        links.save_many([made])
        links.mark_sent([made.id], clock.now())
    return made


def test_staff_sees_the_page_without_touching_a_link(link: Link, clerk: FlaskClient) -> None:
    page = clerk.get(f"/pages/for/{link.record_id}")
    assert page.status_code == 200 and "Ihr Auftrag ist abholbereit." in page.text
    assert "style-src 'sha256-" in page.headers["Content-Security-Policy"]
    assert Link.get().state == "issued" and not Grant.select().exists()


def test_strangers_see_neither(link: Link, client: FlaskClient) -> None:
    for path in (f"/pages/for/{link.record_id}", f"/pages/slot/{link.record_id}"):
        assert client.get(path).status_code == 302
    assert client.post(f"/pages/links/{link.id}/revoke").status_code == 302
    assert Link.get().state == "issued"


def test_there_is_no_page_of_an_unknown_record(clerk: FlaskClient) -> None:
    assert clerk.get("/pages/for/999").status_code == clerk.get("/pages/slot/999").status_code == 404
    assert clerk.post("/pages/links/nothing-1/revoke").status_code == 404


def test_the_slot_tells_the_state_of_each_link(link: Link, clerk: FlaskClient) -> None:
    slot = clerk.get(f"/pages/slot/{link.record_id}").text
    assert f'id="pages-{link.record_id}"' in slot and "Statusseite ansehen" in slot and "noch nicht geöffnet" in slot
    assert links.token_of(link.id) not in slot
    grants.open_in(links.find(links.token_of(link.id)) or pytest.fail(), "n" * 22)
    assert "geöffnet am" in clerk.get(f"/pages/slot/{link.record_id}").text


def test_staff_takes_a_link_back(link: Link, clerk: FlaskClient) -> None:
    slot = clerk.post(f"/pages/links/{link.id}/revoke", headers={"HX-Request": "true"})
    assert slot.status_code == 200 and "widerrufen" in slot.text and "Widerrufen</button>" not in slot.text
    entry = Entry.get(Entry.what == "link.revoked")
    assert entry.data["reason"] == "staff" and entry.actor.startswith("user:")


def test_without_a_script_revoking_leads_back_to_the_record(link: Link, clerk: FlaskClient) -> None:
    answer = clerk.post(f"/pages/links/{link.id}/revoke")
    assert answer.status_code == 302 and answer.location.endswith("/records/orders/1047")


def test_a_record_nobody_was_written_about_offers_just_the_page(
    make_record: Callable[..., Record], clerk: FlaskClient
) -> None:
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC)):
        record = make_record("1048")
    slot = clerk.get(f"/pages/slot/{record.id}").text
    assert "Statusseite ansehen" in slot and "<li" not in slot
