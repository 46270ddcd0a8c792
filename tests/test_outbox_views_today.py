"""Today: tasks, calls, figures, the messenger's health, and the switch that stops all sending."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from core import clock, journal, settings
from core.db import transaction
from core.journal import Entry
from outbox import chart, claim, pulse, today, valve
from outbox.models import Message, SenderState, Worker
from records.models import Record
from tests.conftest import make_user, sign_in

HTMX = {"HX-Request": "true"}
Make = Callable[..., Record]
Put = Callable[..., Message]
HOUR = timedelta(hours=1)
MORNING = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # half past nine in Berlin


def beat(ago: timedelta = timedelta(0)) -> None:
    with transaction():
        Worker.create(name="host.0", boot="a", beat_at=clock.now() - ago)


def test_the_day_begins_with_a_greeting(house: Flask) -> None:
    with time_machine.travel(MORNING, tick=False):
        page = sign_in(house, make_user("cem@example.org", "Cem Clerk", "staff")).get("/").text
    assert "Guten Morgen, Cem" in page and "Freitag, 20. November 2026, 9:30\u00a0Uhr" in page


def test_a_new_house_says_honestly_that_nothing_is_there(clerk: FlaskClient) -> None:
    page = clerk.get("/").text
    assert "Noch ist keine Nachricht geplant." in page and "Heute ist noch nichts hinausgegangen" in page
    assert "Nicht erreicht" not in page


def test_what_needs_a_person_stands_there_with_its_question(clerk: FlaskClient, put: Put) -> None:
    put(state="unclear", reason="silent")
    put(state="failed", reason="not_composed")
    page = clerk.get("/").text
    assert "Ist „Abholbereit melden“ bei Ada Lovelace" in page and "Gilt als gesendet" in page
    assert "ist nicht hinausgegangen" in page and today.open_tasks() == 2


def test_what_settles_itself_or_asks_for_a_call_is_no_task(put: Put) -> None:
    put(state="unclear", reason="repeating")
    put(state="failed", reason="unknown_address")
    put(state="dropped", reason="conditions")
    put()
    assert today.open_tasks() == 0 and today.tasks() == []


def test_a_flood_of_tasks_shows_the_newest_twenty(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    ids = [put(record, "held").id for _ in range(25)]
    assert [told.message.id for told in today.tasks()] == ids[:-21:-1]
    assert "25\u00a0Nachrichten" in clerk.get("/").text


@pytest.mark.parametrize(
    ("state", "reason"),
    [("dropped", "no_address"), ("dropped", "no_consent"), ("dropped", "suppressed"), ("failed", "unknown_address")],
)
def test_whom_no_message_reached_is_to_be_called(clerk: FlaskClient, put: Put, state: str, reason: str) -> None:
    message = put(state=state, reason=reason)
    page = clerk.get("/").text
    assert "Nicht erreicht" in page and "tel:+4930123456" in page and f'id="call-{message.id}"' in page


def test_one_record_is_one_call_and_a_later_message_that_arrived_ends_it(put: Put, make_record: Make) -> None:
    ada = make_record()
    put(ada, "dropped", reason="no_address")
    newest = put(ada, "dropped", reason="no_address")
    assert [told.message.id for told in today.calls()] == [newest.id]
    put(ada, "sent")
    assert today.calls() == []


def test_old_ones_and_people_of_the_business_are_not_called(put: Put) -> None:
    put(state="dropped", reason="no_address", planned_at=clock.now() - timedelta(days=8))
    put(state="dropped", reason="no_address", recipient="manager")
    assert today.calls() == []


def test_told_in_person_settles_all_of_that_record(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    both = [put(record, "dropped", reason="no_address"), put(record, "failed", reason="unknown_address")]
    answer = clerk.post(f"/outbox/{both[1].id}/told", headers=HTMX, data={"back": "today"})
    assert "Nicht erreicht" not in answer.text and "Bescheid gesagt" in answer.text
    assert [(row.state, row.reason) for row in Message.select()] == [("dropped", "told")] * 2
    assert clerk.post(f"/outbox/{both[1].id}/told", headers=HTMX).status_code == 409


def test_figures_count_this_day_of_the_house_by_the_hour(put: Put, make_record: Make) -> None:
    with time_machine.travel(MORNING, tick=False):
        record, midnight = make_record(), datetime(2026, 11, 19, 23, tzinfo=UTC)
        for at in (midnight - HOUR, midnight, MORNING, MORNING):
            put(record, "sent", sent_at=at)
        for due in (-HOUR, HOUR, 15 * HOUR):
            put(record, due=due)
        with transaction():
            journal.record("message.dropped", record.id, "worker", message=1)
        figures = today.figures()
    assert (sum(figures.sent), figures.sent[0], figures.sent[9]) == (3, 1, 2)
    assert (sum(figures.planned), figures.planned[9], figures.planned[10]) == (2, 1, 1)
    assert figures.dropped == 1


@pytest.mark.parametrize("day", [datetime(2026, 3, 29, 10, tzinfo=UTC), datetime(2026, 10, 25, 10, tzinfo=UTC)])
def test_figures_survive_the_days_on_which_the_clocks_change(house: object, day: datetime) -> None:
    with time_machine.travel(day, tick=False):
        assert len(today.figures().sent) == 24


def test_the_chart_widens_for_early_and_late_messages() -> None:
    hours = [0] * 24
    day = chart.draw([*hours[:10], 8, *hours[11:]], hours)
    night = chart.draw([3, *hours[1:]], [*hours[:23], 41])
    assert [len(day.bars), day.full, day.half] == [1, 10, 5] and [len(night.bars), night.full] == [2, 100]
    assert all(bar.x >= 0 and bar.x + bar.width <= chart.WIDTH and bar.y >= 8 for bar in (*day.bars, *night.bars))


def test_a_messenger_with_a_heartbeat_is_awake(clerk: FlaskClient) -> None:
    beat()
    page = clerk.get("/today/health").text
    assert "Der Bote ist wach" in page and 'href="/mailbox"' in page and 'hx-trigger="every 15s"' in page


@pytest.mark.parametrize("ago", [None, timedelta(minutes=2)])
def test_without_a_heartbeat_it_is_asleep_and_says_what_to_do(clerk: FlaskClient, ago: timedelta | None) -> None:
    if ago:
        beat(ago)
    page = clerk.get("/today/health").text
    assert "Der Bote schläft" in page and "starten Sie den Worker" in page


def test_an_overdue_message_is_said(put: Put) -> None:
    beat()
    put(due=-5 * timedelta(minutes=1))
    sign = next(sign for sign in pulse.look(mailbox=True).signs if sign.what == "Überfällig")
    assert (sign.how, sign.tone) == ("vor 5\u00a0Minuten", "stop")


def test_a_resting_mail_server_is_said_with_its_reason(house: object) -> None:
    with transaction():
        SenderState.create(sender="smtp:x:25", rests_until=clock.now() + HOUR, open_since=clock.now(), reason="sender")
    way = pulse.look(mailbox=False).signs[-1]
    assert way.how.startswith("ruht bis") and "Zugangsdaten" in way.how and way.tone == "stop"
    with transaction():
        SenderState.update(rests_until=clock.now() - HOUR, reason="later").execute()
    assert pulse.look(mailbox=False).signs[-1].tone == "wait"
    with transaction():
        SenderState.delete().execute()
    assert pulse.look(mailbox=False).signs[-1].how == "nimmt an"


def test_an_admin_stops_and_starts_all_sending(admin: FlaskClient, put: Put) -> None:
    put(due=-HOUR)
    stopped = admin.post("/outbox/valve", data={"stop": "1"}, headers=HTMX)
    assert "Der Versand steht" in stopped.text and "von Ada Admin" in stopped.text
    assert settings.get("stopped")["by"] == "user:1" and claim.claim("me", 10) == []
    assert "Der Versand steht" in admin.get("/today/health").text
    assert "angehalten ist" in admin.get("/outbox").text
    started = admin.post("/outbox/valve", headers=HTMX)
    assert "Versand läuft" in started.text and len(claim.claim("me", 10)) == 1
    said = [entry.what for entry in Entry.select() if entry.what.startswith("sending")]
    assert said == ["sending.stopped", "sending.started"]


def test_whoever_stopped_first_stays_on_record(house: object) -> None:
    valve.stop("user:1")
    valve.stop("user:2")
    assert (valve.stopped() or {})["by"] == "user:1"
    valve.start("user:2")
    valve.start("user:2")
    assert valve.stopped() is None and Entry.select().where(Entry.what == "sending.started").count() == 1


def test_a_clerk_sees_the_switch_and_cannot_turn_it(clerk: FlaskClient) -> None:
    assert "Versand läuft" in clerk.get("/outbox/valve").text and "Alles anhalten" not in clerk.get("/outbox/valve").text
    assert clerk.post("/outbox/valve", data={"stop": "1"}).status_code == 403 and valve.stopped() is None


def test_the_rail_counts_the_open_tasks(clerk: FlaskClient, put: Put) -> None:
    assert '<b id="today-count" hx-swap-oob="true"></b>' in clerk.get("/outbox/valve").text
    put(state="held")
    assert '<b id="today-count" hx-swap-oob="true">1<' in clerk.get("/outbox/valve").text


def test_without_script_the_switch_leads_back_to_today(admin: FlaskClient) -> None:
    assert admin.post("/outbox/valve", data={"stop": "1"}).headers["Location"] == "/"
