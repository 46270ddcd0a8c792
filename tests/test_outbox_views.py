"""The list of messages, one message with its history, and what a person does with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core import clock, journal
from core.db import transaction
from core.journal import Entry
from outbox import lists
from outbox.models import Message
from records.models import Record

HTMX = {"HX-Request": "true"}
Make = Callable[..., Record]
Put = Callable[..., Message]
HOUR = timedelta(hours=1)


def now_is(message: Message) -> Message:
    return Message.get_by_id(message.id)


def told(message: Message) -> list[tuple[str, str]]:
    """What the journal says of a message, and by whom."""
    entries = [entry for entry in Entry.select().order_by(Entry.id) if entry.data.get("message") == message.id]
    return [(entry.what, entry.actor) for entry in entries]


def test_the_list_says_what_goes_to_whom_and_how_it_stands(clerk: FlaskClient, put: Put) -> None:
    put(state="dropped", reason="no_consent")
    page = clerk.get("/outbox").text
    assert all(words in page for words in ("Abholbereit melden", "/records/orders/1001", "Ada Lovelace", "ada@example.org"))
    assert "verworfen" in page and "nicht zugestimmt" in page


def test_a_group_shows_only_its_states(clerk: FlaskClient, put: Put) -> None:
    shown = {state: put(state=state).id for state in ("planned", "sent", "failed", "unclear", "dropped")}
    for group, states in (("waiting", "planned"), ("sent", "sent"), ("trouble", "failed unclear"), ("dropped", "dropped")):
        page = clerk.get("/outbox", query_string={"state": group}).text
        assert {state for state, id in shown.items() if f'id="message-{id}"' in page} == set(states.split())


@pytest.mark.parametrize(
    ("group", "say"), [("", "Noch keine Nachrichten"), ("trouble", "Nichts klemmt"), ("waiting", "nichts geplant")]
)
def test_an_empty_group_says_so_in_a_sentence(clerk: FlaskClient, group: str, say: str) -> None:
    assert say in clerk.get("/outbox", query_string={"state": group}).text


@pytest.mark.parametrize("words", ["1047", "#1047", "ada@example.org", "Lovelace"])
def test_search_finds_by_number_address_and_name(make_record: Make, put: Put, words: str) -> None:
    mine = put(make_record("1047"))
    put(make_record("2000", contact={"name": "Ben", "email": "ben@example.org"}))
    assert [row.id for row in lists.page(words=words).rows] == [mine.id]


def test_search_finds_the_address_a_mail_really_went_to(put: Put) -> None:
    mine = put(state="sent", address="old@example.org")
    assert [row.id for row in lists.page(words="old@example.org").rows] == [mine.id]


@pytest.mark.parametrize("group", list(lists.GROUPS))
def test_every_group_is_read_page_by_page_without_gap_or_repetition(put: Put, make_record: Make, group: str) -> None:
    states = {"": "planned", "waiting": "planned", "sent": "sent", "trouble": "failed", "dropped": "dropped"}
    record = make_record()
    ids = {put(record, states[group], due=HOUR * (number % 7)).id for number in range(lists.PAGE * 2 + 3)}
    seen: list[int] = []
    page = lists.page(group)
    while True:
        seen += [row.id for row in page.rows]
        if not page.after:
            break
        page = lists.page(group, after=page.after)
    assert len(seen) == len(ids) and set(seen) == ids


def test_htmx_gets_the_rows_below_those_it_has(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    for _ in range(lists.PAGE + 1):
        put(record)
    first = clerk.get("/outbox").text
    last = min(Message.select(), key=lambda message: message.id)
    assert f'id="message-{last.id}"' not in first
    more = clerk.get("/outbox", query_string={"after": last.id + 1}, headers={**HTMX, "HX-Target": "more"}).text
    assert f'id="message-{last.id}"' in more and "<table" not in more


def test_nonsense_in_the_address_filters_nothing(clerk: FlaskClient, put: Put) -> None:
    put()
    for query in ("state=unicorn", "after=x", "after=99999999999999999999", "q=%25_"):
        assert clerk.get(f"/outbox?{query}").status_code == 200


def test_a_message_shows_its_facts_and_its_history(clerk: FlaskClient, put: Put) -> None:
    message = put(state="failed", reason="unknown_address", address="ada@example.org", subject="Ihr Auftrag 1001", rule_id=7)
    with transaction():
        why = {"reason": "unknown_address", "code": "550 5.1.1"}
        journal.record("message.failed", message.record_id, "worker", message=message.id, rule=7, **why)
        journal.record("message.sent", message.record_id, "worker", message=message.id + 1)
    page = clerk.get(f"/outbox/{message.id}").text
    told = ("Ihr Auftrag 1001", "kennt diese Adresse nicht", "550 5.1.1", "/rules/7", "Gescheitert, Statusbote")
    assert all(words in page for words in told)
    assert page.count('class="entry') == 2


def test_a_message_nobody_knows_is_not_found(clerk: FlaskClient) -> None:
    assert [clerk.get(path).status_code for path in ("/outbox/7", "/outbox/7/row", "/outbox/for/7")] == [404, 404, 404]
    assert clerk.post("/outbox/7/now").status_code == 404


def test_a_planned_message_can_go_now(clerk: FlaskClient, put: Put) -> None:
    message = put()
    clerk.post(f"/outbox/{message.id}/now")
    assert now_is(message).due_at <= clock.now() and now_is(message).state == "planned"
    assert told(message) == [("message.hurried", "user:1")]


@pytest.mark.parametrize("state", ["planned", "held", "failed", "unclear"])
def test_what_has_not_gone_out_can_be_discarded(clerk: FlaskClient, put: Put, state: str) -> None:
    message = put(state=state)
    clerk.post(f"/outbox/{message.id}/discard")
    assert (now_is(message).state, now_is(message).reason) == ("dropped", "discarded")
    assert told(message) == [("message.dropped", "user:1")]


@pytest.mark.parametrize("state", ["held", "failed", "unclear"])
def test_what_is_stuck_can_be_sent_again_even_after_its_time(clerk: FlaskClient, put: Put, state: str) -> None:
    message = put(state=state, due=-3 * HOUR, attempts=9, owner="gone", message_id="<same@example.org>")
    clerk.post(f"/outbox/{message.id}/again")
    row = now_is(message)
    assert (row.state, row.reason, row.attempts, row.owner) == ("planned", "by_hand", 0, "")
    assert row.expires_at > clock.now() and row.message_id == "<same@example.org>"
    assert told(message) == [("message.retried", "user:1")]


def test_an_unclear_message_can_count_as_sent(clerk: FlaskClient, put: Put) -> None:
    message = put(state="unclear")
    clerk.post(f"/outbox/{message.id}/settled")
    assert now_is(message).state == "sent" and now_is(message).sent_at
    assert told(message) == [("message.sent", "user:1")]


@pytest.mark.parametrize(
    ("state", "deed"), [("sent", "discard"), ("sending_data", "now"), ("dropped", "again"), ("planned", "settled")]
)
def test_what_has_moved_on_meanwhile_is_left_alone_and_said(clerk: FlaskClient, put: Put, state: str, deed: str) -> None:
    message = put(state=state)
    answer = clerk.post(f"/outbox/{message.id}/{deed}", headers=HTMX, data={"back": "list"})
    assert answer.status_code == 409 and "Inzwischen ist die Nachricht schon" in answer.text
    assert now_is(message).state == state and told(message) == []


def test_pressing_twice_does_it_once(clerk: FlaskClient, put: Put) -> None:
    message = put()
    codes = [clerk.post(f"/outbox/{message.id}/discard", headers=HTMX).status_code for _ in range(2)]
    assert codes == [200, 409] and told(message) == [("message.dropped", "user:1")]


def test_a_deed_nobody_knows_is_not_found(clerk: FlaskClient, put: Put) -> None:
    assert clerk.post(f"/outbox/{put().id}/explode").status_code == 404


@pytest.mark.parametrize("back", ["list", "record", "today", ""])
def test_without_script_a_deed_leads_back_to_where_it_was_pressed(clerk: FlaskClient, put: Put, back: str) -> None:
    message = put()
    answer = clerk.post(f"/outbox/{message.id}/now", data={"back": back})
    places = {"list": "/outbox", "record": "/records/orders/1001", "today": "/", "": f"/outbox/{message.id}"}
    assert answer.status_code == 302 and answer.headers["Location"] == places[back]
    assert "Die Nachricht geht jetzt hinaus." in clerk.get(places[back]).text


@pytest.mark.parametrize(("back", "root"), [("list", "message-"), ("record", "story-"), ("today", "open"), ("", "message")])
def test_htmx_gets_the_part_that_changed(clerk: FlaskClient, put: Put, back: str, root: str) -> None:
    answer = clerk.post(f"/outbox/{put(state='unclear').id}/settled", headers=HTMX, data={"back": back}).text
    assert f'id="{root}' in answer and "gilt als gesendet" in answer and 'id="today-count"' in answer
    assert "<html" not in answer


def test_a_row_asks_again_only_while_its_message_moves(clerk: FlaskClient, put: Put) -> None:
    moving, resting = put(due=-HOUR), put(state="sent")
    assert "hx-trigger" in clerk.get(f"/outbox/{moving.id}/row").text.split("<th")[0]
    assert "hx-trigger" not in clerk.get(f"/outbox/{resting.id}/row").text.split("<th")[0]


def test_hostile_names_stay_text(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record("1047", contact={"name": "<script>alert(1)</script>", "email": "eve@example.org"})
    unclear = put(record, "unclear", subject="<b>fett</b>")
    for path in ("/outbox", f"/outbox/{unclear.id}", "/"):
        page = clerk.get(path).text
        assert "<script>alert" not in page and "<b>fett" not in page
    assert "<b>fett" not in clerk.get(f"/outbox/for/{record.id}", headers=HTMX).text


def test_x1_a_planned_message_is_put_off_to_another_moment(clerk: FlaskClient, put: Callable[..., Message]) -> None:
    message = put(due=timedelta(minutes=10))
    at = (clock.now() + timedelta(minutes=30)).astimezone(clock.zone("Europe/Berlin"))
    form = {"date": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}"}
    assert clerk.post(f"/outbox/{message.id}/later", data=form).status_code == 302
    row = Message.get_by_id(message.id)
    assert (row.due_at, row.reason) == (at.replace(second=0, microsecond=0), "by_hand")


@pytest.mark.parametrize(("days", "sentence"), [(-1, "Zeitpunkt, der noch vor uns liegt"), (400, "zu spät")])
def test_a_moment_that_makes_no_sense_is_refused(
    clerk: FlaskClient, put: Callable[..., Message], days: int, sentence: str
) -> None:
    message = put()
    form = {"date": f"{clock.now() + timedelta(days=days):%Y-%m-%d}", "time": "12:00"}
    answer = clerk.post(f"/outbox/{message.id}/later", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 422 and sentence in answer.text
    assert Message.get_by_id(message.id).due_at == message.due_at
