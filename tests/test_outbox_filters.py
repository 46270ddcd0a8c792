"""The list of messages: narrowed, searched by words, settled many at once; and one message read in full."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import clock, db, migrate
from core.db import database, transaction
from core.journal import Entry
from emails.models import Template
from outbox import facets, lists, seek
from outbox.models import Mail, Message, Sender
from outbox.seek import Within
from records.models import Record

Put = Callable[..., Message]
Make = Callable[..., Record]
DAY = timedelta(days=1)


def found(words: str = "", **within: Any) -> list[int]:
    return [row.id for row in lists.page(words=words, within=Within(**within)).rows]


def sender() -> Sender:
    with transaction():
        given = {"label": "Werkstatt", "host": "h", "port": 1, "tls": "none", "from_address": "w@example.org"}
        return Sender.create(**given, created_at=clock.now())


def test_each_narrowing_leaves_what_fits(put: Put, make_record: Make) -> None:
    record, one = make_record(), sender()
    by_rule, by_sender = put(record, rule_id=7), put(record, sender_id=one.id)
    sms, old = put(record, channel="sms", sender_id=one.id), put(record, planned_at=clock.now() - 40 * DAY)
    assert found(rule=7) == [by_rule.id]
    assert found(sender=one.id) == [sms.id, by_sender.id]
    assert found(channel="sms") == [sms.id] and found(sender=one.id, channel="email") == [by_sender.id]
    assert old.id not in found(span="month") and len(found(span="day")) == 3


@pytest.mark.parametrize("words", ["abholbereit", "Ihr Rad", "1047"])
def test_search_finds_template_subject_and_number(put: Put, make_record: Make, words: str) -> None:
    mine = put(make_record("1047"), state="sent", subject="Ihr Rad ist fertig")
    with transaction():
        other = Template.create(name="Anderes", texts={}, updated_at=clock.now())
    Message.update(template=other).where(Message.id == put(make_record("2000")).id).execute()
    assert found(words) == [mine.id]


def test_links_say_how_many_there_would_be_and_lead_there(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record, one = make_record(), sender()
    for given in ({}, {"sender_id": one.id}, {"sender_id": one.id}):
        put(record, **given)
    page = clerk.get("/outbox").text
    link = re.search(rf'href="(/outbox\?sender={one.id})">Werkstatt <small>(\d+)', page)
    assert link and link[2] == "2"
    narrowed = clerk.get(link[1]).text
    assert narrowed.count('id="message-') == 2 and "Werkstatt" in narrowed and 'aria-current="true"' in narrowed


def test_groups_say_how_many_messages_they_hold(clerk: FlaskClient, put: Put, make_record: Make) -> None:
    record = make_record()
    for state in ("failed", "unclear", "dropped"):
        put(record, state=state)
    page = clerk.get("/outbox").text
    assert re.search(r"Braucht[^<]*<small>2</small>|Entscheid[^<]*<small>2</small>|<small>2</small>", page)


def test_a_narrowing_that_makes_no_sense_narrows_nothing(clerk: FlaskClient, put: Put) -> None:
    put()
    for query in ("channel=fax", "sender=x", "rule=-1", "span=century", "sender=99999999999999"):
        assert 'id="message-' in clerk.get(f"/outbox?{query}").text


@pytest.mark.parametrize(
    ("do", "states"),
    [("again", "planned planned sent"), ("settled", "sent sent sent"), ("discard", "dropped dropped sent")],
)
def test_many_are_settled_at_once_and_what_moved_on_is_left(
    clerk: FlaskClient, put: Put, make_record: Make, do: str, states: str
) -> None:
    record = make_record()
    messages = [put(record, state=state) for state in ("failed", "unclear", "sent")]
    given = {"do": do, "message": [message.id for message in messages], "state": "trouble"}
    answer = clerk.post("/outbox/many", data=given)
    assert answer.headers["Location"] == "/outbox?state=trouble"
    assert [Message.get_by_id(message.id).state for message in messages] == states.split()
    page = clerk.get("/outbox").text
    assert "2 Nachrichten" in page and "1 Nachricht blieb" in page
    assert {entry.actor.partition(":")[0] for entry in Entry.select().where(Entry.what.startswith("message."))} == {"user"}


def test_nothing_marked_is_said_so(clerk: FlaskClient, put: Put) -> None:
    put(state="failed")
    clerk.post("/outbox/many", data={"do": "discard"})
    assert "mindestens eine" in clerk.get("/outbox").text
    assert clerk.post("/outbox/many", data={"do": "burn", "message": "1"}).status_code == 422


def test_a_planned_message_shows_how_it_would_go_out(clerk: FlaskClient, put: Put, letter: Template) -> None:
    message = put()
    Message.update(template=letter).where(Message.id == message.id).execute()
    page = clerk.get(f"/outbox/{message.id}").text
    assert "So würde es jetzt hinausgehen" in page and "Guten Tag Ada Lovelace" in page
    mail = clerk.get(f"/outbox/{message.id}/mail")
    assert "Guten Tag Ada Lovelace" in mail.text and "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script-src" not in mail.headers["Content-Security-Policy"]


def test_what_was_kept_is_shown_as_it_went_out_with_its_headers(clerk: FlaskClient, put: Put) -> None:
    message = put(state="sent", message_id="<one@example.org>", address="ada@example.org")
    raw = b"From: a@example.org\r\nTo: ada@example.org\r\nSubject: Hallo\r\nX-Kept: ja\r\n\r\nGenau so.\r\n"
    with transaction():
        given = {"message_id": "<one@example.org>", "recipient": "ada@example.org", "subject": "Hallo", "content": raw}
        Mail.create(**given, at=clock.now())
    page = clerk.get(f"/outbox/{message.id}").text
    assert "Genau so." in page and "X-Kept" in page and "nicht aufbewahrt" not in page


def test_what_was_not_kept_is_told_in_the_words_of_then(
    clerk: FlaskClient, put: Put, letter: Template, admin: FlaskClient
) -> None:
    message = put(state="sent", dated_at=clock.now(), message_id="<two@example.org>")
    Message.update(template=letter).where(Message.id == message.id).execute()
    Template.update(updated_at=clock.now() - DAY).where(Template.id == letter.id).execute()
    texts = {"subject_de": "Neu", "body_de": "Ganz andere Worte", "name": "Auftragsstatus"}
    admin.post(f"/templates/{letter.id}", data=texts)
    page = clerk.get(f"/outbox/{message.id}").text
    assert "nicht aufbewahrt" in page and "Ganz andere Worte" not in page


def test_a_text_that_cannot_be_composed_says_why_and_the_page_still_stands(clerk: FlaskClient, put: Put) -> None:
    message = put()
    page = clerk.get(f"/outbox/{message.id}")
    assert page.status_code == 200 and "Was darin steht" in page.text
    assert clerk.get(f"/outbox/{message.id}/mail").status_code == 404


# a hundred thousand messages

MANY = 100_000
FILL = """
    INSERT INTO message (rule_id, record_id, occasion, recipient, channel, template_id, sort, address, subject, state,
    reason, due_at, planned_at, expires_at, owner, attempts, sent_at, message_id, depth, sender_id)
    SELECT n % 7, 1, 'o' || n, 'customer', CASE WHEN n % 50 = 0 THEN 'sms' ELSE 'email' END, n % 5, 'status', '',
    'Betreff ' || n,
    CASE n % 4 WHEN 0 THEN 'planned' WHEN 1 THEN 'dropped' ELSE 'sent' END, '', {at}, {at}, {at}, '', 0,
    CASE WHEN n % 4 > 1 THEN {at} END, '', 0, CASE WHEN n % 50 = 0 THEN 3 END FROM {numbers}
"""
PLACES = {
    "sqlite": ("'2026-11-22 10:00:00.000000'",
               f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {MANY}) SELECT n FROM c)"),
    "postgres": ("TIMESTAMPTZ '2026-11-22 10:00:00+00'", f"generate_series(1, {MANY}) AS n"),
}


@pytest.fixture(params=["sqlite", "postgres"])
def crowded(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[str]:
    """A database with a hundred thousand messages, and which it is."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'house.db'}"
    db.bind(url)
    migrate.migrate(tmp_path)
    database.connect(reuse_if_open=True)
    at, numbers = PLACES[request.param]
    with transaction():
        fill = FILL.format(at=at, numbers=numbers)
        database.execute_sql(fill.replace("%", "%%") if request.param == "postgres" else fill)
    database.execute_sql("ANALYZE message" if request.param == "postgres" else "PRAGMA optimize")
    yield request.param
    database.close()
    if request.param == "postgres":
        database.obj.close_all()


WITHINS = [Within(), Within(rule=3), Within(sender=3), Within(channel="sms"), Within(rule=99)]
ALL = r"Seq Scan on message|(SCAN t1(?! USING)[\s\S]*TEMP B-TREE)"  # walking along the table, the newest first, is none


def test_no_page_of_a_hundred_thousand_messages_is_found_by_looking_at_all(crowded: str) -> None:
    slow = {
        (group, str(within)): plan for group in lists.GROUPS for within in WITHINS
        if re.search(ALL, plan := _plan(lists.sought(group, "", within).limit(lists.PAGE + 1), crowded))
    }
    assert slow == {}
    _is_read_without_gaps()
    assert lists.counts()["dropped"] == lists.COUNTED
    assert seek.spoken_of(f"Betreff {MANY}")[0] == MANY
    assert {facet.label for facet in facets.of("", "", Within())}


def _is_read_without_gaps() -> None:
    first = lists.page(within=Within(rule=3))
    second = lists.page(after=first.after, within=Within(rule=3))
    ids = [row.id for row in first.rows + second.rows]
    assert len(ids) == 2 * lists.PAGE and ids == sorted(set(ids), reverse=True)
    assert {row.rule_id for row in first.rows + second.rows} == {3}


def _plan(query: Any, sort: str) -> str:
    sql, values = query.sql()
    prefix = "EXPLAIN " if sort == "postgres" else "EXPLAIN QUERY PLAN "
    return "\n".join(str(row[-1]) for row in database.execute_sql(prefix + sql, values).fetchall())
