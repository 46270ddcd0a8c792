"""A record's biography with its messages among its own entries."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from outbox.models import Message
from records.models import Record

HTMX = {"HX-Request": "true"}
Make = Callable[..., Record]
Put = Callable[..., Message]
HOUR = timedelta(hours=1)


def read_all() -> None:
    """As after the worker has read the news."""
    with transaction():
        Entry.update(unread=False).execute()


def story(client: FlaskClient, record: Record) -> str:
    return client.get(f"/outbox/for/{record.id}", headers=HTMX).text


def test_what_comes_stands_before_what_was(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    put(record)
    put(record, "dropped", reason="superseded")
    told = story(clerk, record)
    assert told.index("Kommt noch") < told.index("entry ahead") < told.index(">jetzt<") < told.index("entry dropped")
    assert "Eine neuere Nachricht tritt an ihre Stelle." in told


def test_messages_and_status_changes_are_one_story_in_time_order(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    sent = put(record, "sent", subject="Angenommen", address="ada@example.org")
    make_record(status="ready")
    told = story(clerk, record)
    assert told.index("Abholbereit</b>") < told.index("„Angenommen“") < told.index("angelegt als")
    assert f"/outbox/{sent.id}" in told


def test_each_state_has_its_look_and_its_sentence(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    looks = {
        "planned": "ahead", "sending_data": "ahead", "sent": "sent", "held": "held", "unclear": "held", "failed": "failed",
        "dropped": "dropped",
    }
    for state in looks:
        put(record, state)
    told = story(clerk, record)
    assert sorted(re.findall(r'class="entry (\w+)"', told)) == sorted([*looks.values(), "moved"])


def test_a_settled_line_stands_when_it_was_settled(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    message = put(record, "dropped", due=-HOUR)
    with transaction():
        row = journal.row("message.dropped", record.id, "worker", message=message.id, reason="missed")
        journal.record_many([{**row, "at": clock.now() - timedelta(days=3)}])
    assert story(clerk, record).count("<h3>") == 2


def test_it_asks_again_while_something_waits_and_ends_with_286(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    assert clerk.get(f"/outbox/for/{record.id}", headers=HTMX).status_code == 200  # the worker has not read the news yet
    read_all()
    message = put(record, due=timedelta(0))
    waiting = clerk.get(f"/outbox/for/{record.id}", headers=HTMX)
    assert waiting.status_code == 200 and 'hx-trigger="every 5s"' in waiting.text
    with transaction():
        Message.update(state="sent", sent_at=clock.now()).where(Message.id == message.id).execute()
    done = clerk.get(f"/outbox/for/{record.id}", headers=HTMX)
    assert done.status_code == 286 and "hx-trigger" not in done.text


def test_what_is_due_tomorrow_is_asked_for_less_often(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    read_all()
    put(record, due=timedelta(days=1))
    assert 'hx-trigger="every 30s"' in story(clerk, record)


def test_the_record_page_asks_for_its_story(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record()
    assert f'hx-get="/outbox/for/{record.id}"' in clerk.get("/records/orders/1001").text


def test_without_script_the_story_is_the_list_of_the_records_messages(clerk: FlaskClient, make_record: Make) -> None:
    assert clerk.get(f"/outbox/for/{make_record('1047').id}").headers["Location"] == "/outbox?q=1047"
