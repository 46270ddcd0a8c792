"""Messages that wait for a person: planned by rules with release by hand, looked through, released or discarded (M7)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock, journal
from core.db import transaction
from core.i18n import gettext as _
from core.journal import Entry
from core.keys import fingerprint
from emails.models import Template
from outbox import claim, offers, plan, release, today
from outbox.models import Message, Suppression
from outbox.plan import Planned
from outbox.states import REASONS, Later
from pages.models import Link
from records.models import Location, Record
from rules import engine
from rules.builder import saving
from rules.models import Rule

Make = Callable[..., Record]
Wait = Callable[..., Message]
HTMX = {"HX-Request": "true"}
HOUR = timedelta(hours=1)


@pytest.fixture
def wait(make_record: Make, letter: Template) -> Wait:
    """Has a message planned that awaits release, as rules do it."""

    def wait(number: str = "1001", entry: int = 1, due: timedelta = -HOUR, ends: timedelta = HOUR, **more: Any) -> Message:
        record = Record.get_or_none(Record.number == number) or make_record(number)
        now, occasion = clock.now(), more.pop("occasion", f"entry:{entry}")
        given = {"rule_id": None, "recipient": "customer", "channel": "email", "sort": "status", **more}
        with transaction():
            plan.plan_many([Planned(
                record_id=record.id, entry_id=entry, occasion=occasion, template_id=letter.id, due_at=now + due,
                expires_at=now + ends, state="awaiting", **given,
            )])
        return Message.select().order_by(Message.id.desc()).get()

    return wait


def states(*messages: Message) -> list[tuple[str, str]]:
    found = {row.id: row for row in Message.select()}
    return [(found[message.id].state, found[message.id].reason) for message in messages]


def told(message: Message) -> list[tuple[str, str]]:
    """What the journal says of a message, and by whom."""
    entries = [entry for entry in Entry.select().order_by(Entry.id) if entry.data.get("message") == message.id]
    return [(entry.what, entry.actor) for entry in entries]


def question(client: FlaskClient, *messages: Message) -> list[str]:
    """Asks to send these; what the form would answer."""
    page = client.get("/outbox/release/send", query_string={"id": [message.id for message in messages]}).text
    return [part.split('"')[0] for part in page.split('name="shown" value="')[1:]]


def test_m7_nothing_goes_out_before_a_person_says_so(wait: Wait) -> None:
    wait()
    assert claim.claim("worker", 10) == []


def test_m7_released_messages_go_out_now_or_at_their_moment(wait: Wait) -> None:
    due, coming = wait("1001"), wait("1002", due=HOUR, ends=3 * HOUR)
    assert release.release([due.id, coming.id], "user:1") == release.Outcome(2)
    assert [message.id for message in claim.claim("worker", 10)] == [due.id]
    assert Message.get_by_id(coming.id).due_at == coming.due_at and states(coming) == [("planned", "")]
    assert told(due) == told(coming) == [("message.released", "user:1")]


def test_what_is_past_its_time_is_dropped_and_said(wait: Wait) -> None:
    late = wait(ends=-HOUR)
    assert release.release([late.id], "user:1") == release.Outcome(0, missed=1)
    assert states(late) == [("dropped", "missed")] and told(late) == [("message.dropped", "user:1")]


def test_what_nobody_released_in_time_is_dropped_overnight(wait: Wait) -> None:
    late, still = wait("1001", ends=-HOUR), wait("1002")
    release.expire()
    assert states(late, still) == [("dropped", "missed"), ("awaiting", "")]


def test_two_people_releasing_at_once_send_it_once(wait: Wait) -> None:
    message = wait()
    assert release.release([message.id], "user:1").done == 1
    assert release.release([message.id], "user:2") == release.Outcome(0, late=1)
    assert release.discard([message.id], "user:2") == release.Outcome(0, late=1)
    assert told(message) == [("message.released", "user:1")]


def test_m7_of_several_statuses_only_the_newest_waits(wait: Wait) -> None:
    first, other_record = wait("1001", 1), wait("1002", 2)
    second = wait("1001", 3)
    to_the_shop = wait("1001", 4, recipient="manager")
    assert states(first, second, other_record, to_the_shop) == [("dropped", "superseded"), *[("awaiting", "")] * 3]
    assert told(first) == [("message.dropped", "worker")]


def test_steps_of_a_ladder_and_released_messages_are_not_superseded(wait: Wait) -> None:
    steps = [wait("1001", 1, due=day * HOUR, sort="payment", occasion=f"step:{day}") for day in (1, 2)]
    released = wait("1002", 1)
    release.release([released.id], "user:1")
    wait("1002", 2)
    assert states(*steps, released) == [("awaiting", ""), ("awaiting", ""), ("planned", "")]


def test_two_rules_about_the_same_news_both_wait(wait: Wait) -> None:
    both = [wait("1001", 7, rule_id=rule) for rule in (1, 2)]
    assert states(*both) == [("awaiting", "")] * 2


@pytest.mark.parametrize(("trouble", "reason"), [
    ({"contact.consent": {"email": False}}, "no_consent"), ({"contact.email": None}, "no_address"),
    ({"suppressed": True}, "suppressed"), ({"ends": -HOUR}, "missed"), ({"recipient": "assignee"}, "no_recipient"),
])
def test_m7_the_list_says_beforehand_what_would_not_go(
    clerk: FlaskClient, wait: Wait, make_record: Make, ada: dict[str, Any], trouble: dict[str, Any], reason: str
) -> None:
    said = {name.partition(".")[2]: value for name, value in trouble.items() if name.startswith("contact.")}
    make_record("1001", contact={**ada, **said})
    message = wait("1001", **{name: trouble[name] for name in ("ends", "recipient") if name in trouble})
    if trouble.get("suppressed"):
        with transaction():
            Suppression.create(fingerprint=fingerprint("ada@example.org"), reason="unknown_address", at=clock.now())
    before = Entry.select().count()
    page = clerk.get("/outbox/release").text
    assert "Ginge nicht hinaus:" in page and _(REASONS[reason]) in page
    assert question(clerk, message) == [] and _(REASONS[reason]) in clerk.get(f"/outbox/release/send?id={message.id}").text
    assert states(message) == [("awaiting", "")] and Entry.select().count() == before


def test_what_the_rule_no_longer_wants_is_said_beforehand(clerk: FlaskClient, wait: Wait, rule: Rule) -> None:
    wait(rule_id=rule.id)
    assert "Ginge nicht hinaus" not in clerk.get("/outbox/release").text
    saving.switch([rule], False, "user:1")
    assert _(REASONS["rule_off"]) in clerk.get("/outbox/release").text


def test_m7_the_question_names_exactly_what_goes_to_whom(clerk: FlaskClient, wait: Wait) -> None:
    wait("1001")
    message = wait("1002")
    page = clerk.get(f"/outbox/release/send?id={message.id}").text
    said = ("Ada Lovelace", "ada@example.org", "Auftrag 1002: Neu", "1\u00a0Nachricht senden")
    assert all(words in page for words in said)
    assert "1001" not in page


def test_m7_exactly_what_was_shown_is_released(clerk: FlaskClient, wait: Wait) -> None:
    shown = [wait("1001"), wait("1002")]
    answer = question(clerk, *shown)
    later = wait("1003")
    page = clerk.post("/outbox/release/send", data={"shown": answer}, follow_redirects=True).text
    assert states(*shown, later) == [("planned", ""), ("planned", ""), ("awaiting", "")]
    assert "2\u00a0Nachrichten sind freigegeben." in page and told(shown[0]) == [("message.released", "user:1")]


@pytest.mark.parametrize("news", [
    {"contact": {"name": "Ada King", "email": "ada@example.org", "consent": {"email": True}}},
    {"contact": {"name": "Ada Lovelace", "email": "king@example.org", "consent": {"email": True}}},
    {"contact": {"name": "Ada Lovelace", "email": "ada@example.org", "consent": {"email": False}}}, {"status": "ready"},
])
def test_what_has_changed_since_it_was_shown_stays(
    clerk: FlaskClient, wait: Wait, make_record: Make, news: dict[str, Any]
) -> None:
    message, other = wait("1001"), wait("1002", recipient="ben@example.org")
    answer = question(clerk, message, other)
    make_record("1001", **news)
    page = clerk.post("/outbox/release/send", data={"shown": answer}, follow_redirects=True).text
    assert states(message) == [("awaiting", "")] and "hat sich geändert" in page
    assert f'value="{message.id}" checked' in page


def test_a_newer_status_between_question_and_answer_waits_for_its_own_release(clerk: FlaskClient, wait: Wait) -> None:
    old = wait("1001", 1)
    answer = question(clerk, old)
    new = wait("1001", 2)
    page = clerk.post("/outbox/release/send", data={"shown": answer}, follow_redirects=True).text
    assert states(old, new) == [("dropped", "superseded"), ("awaiting", "")]
    assert "1\u00a0Nachricht war inzwischen schon erledigt" in page


def test_many_are_discarded_after_a_question(clerk: FlaskClient, wait: Wait) -> None:
    both, third = [wait("1001"), wait("1002")], wait("1003")
    ids = {"id": [message.id for message in both]}
    page = clerk.get("/outbox/release/discard", query_string=ids).text
    assert "Diese 2\u00a0Nachrichten verwerfen?" in page and "1003" not in page and states(*both) == [("awaiting", "")] * 2
    said = clerk.post("/outbox/release/discard", data=ids, follow_redirects=True).text
    assert "2\u00a0Nachrichten sind verworfen." in said
    assert states(*both, third) == [("dropped", "discarded"), ("dropped", "discarded"), ("awaiting", "")]
    assert told(both[0]) == [("message.dropped", "user:1")]


@pytest.mark.parametrize("path", ["send", "discard"])
def test_without_a_mark_there_is_no_question(clerk: FlaskClient, wait: Wait, path: str) -> None:
    message = wait()
    for query in ("", "?id=x", "?id=999", "?id=99999999999999999999999"):
        page = clerk.get(f"/outbox/release/{path}{query}", follow_redirects=True).text
        assert "Bitte wählen Sie zuerst mindestens eine Nachricht aus." in page
    assert clerk.post(f"/outbox/release/{path}", data={"shown": ["x", "1:2", ":"], "id": ["x"]}).status_code == 303
    assert states(message) == [("awaiting", "")]


def test_all_that_can_go_are_marked_at_once(clerk: FlaskClient, wait: Wait) -> None:
    can, cannot = wait("1001"), wait("1002", ends=-HOUR)
    page = clerk.get("/outbox/release?mark=all").text
    assert f'value="{can.id}" checked' in page and f'value="{cannot.id}" checked' not in page


def test_the_list_is_found_by_kind_location_words_and_record(
    clerk: FlaskClient, wait: Wait, make_record: Make, shop: dict[str, Location]
) -> None:
    make_record("1001", location="berlin")
    make_record("7001", collection="inquiries", contact={"name": "Ben Ökonom", "email": "ben@example.org"})
    for number in ("1001", "7001"):
        wait(number)
    record = Record.get(Record.number == "7001").id
    asked = {"location=berlin": "1001"}
    asked |= dict.fromkeys(("kind=inquiry", "q=700", "q=%C3%B6konom", f"record={record}"), "7001")
    for query, number in asked.items():
        fragment = clerk.get(f"/outbox/release?{query}", headers=HTMX).text
        assert [one for one in ("1001", "7001") if f">{one}</a>" in fragment] == [number], query
    assert "passt" in clerk.get("/outbox/release?q=nobody").text
    whole = clerk.get("/outbox/release?kind=unicorn&location=mars").text
    assert whole.index("Aufträge</h2>") < whole.index(">1001</a>") < whole.index("Anfragen</h2>") < whole.index(">7001</a>")


def test_an_empty_list_says_where_messages_come_from(clerk: FlaskClient) -> None:
    assert "Nichts wartet auf Freigabe." in clerk.get("/outbox/release").text


def test_more_than_fit_are_said(clerk: FlaskClient, wait: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        wait("1001", occasion=f"o{number}", sort="event")
    monkeypatch.setattr(offers, "MOST", 3)
    page = clerk.get("/outbox/release").text
    assert page.count('id="offer-') == 3 and "es gibt noch mehr" in page


def test_the_finished_mail_is_shown_without_script_and_rights(clerk: FlaskClient, wait: Wait) -> None:
    message = wait("1001")
    framed = clerk.get(f"/outbox/release/{message.id}", headers=HTMX).text
    assert "<iframe" in framed and "sandbox" in framed and "<html" not in framed
    letter = clerk.get(f"/outbox/release/{message.id}/mail")
    assert "sandbox" in letter.headers["Content-Security-Policy"] and "Guten Tag" in letter.text
    assert clerk.get("/outbox/release/999").status_code == 404


def test_looking_makes_no_link_and_changes_no_row(clerk: FlaskClient, wait: Wait) -> None:
    message = wait("1001")
    for path in ("", f"/send?id={message.id}", f"/discard?id={message.id}", f"/{message.id}", f"/{message.id}/mail"):
        assert clerk.get(f"/outbox/release{path}").status_code == 200
    assert Link.select().count() == 0 and Message.get_by_id(message.id) == message


@pytest.mark.parametrize("texts", [{}, {"de": {}}, {"de": {"subject": "{{ nobody }}", "body": "x"}}])
def test_a_template_that_cannot_be_written_stays_with_its_reason(
    clerk: FlaskClient, wait: Wait, letter: Template, texts: dict[str, Any]
) -> None:
    message = wait("1001")
    with transaction():
        Template.update(texts=texts).where(Template.id == letter.id).execute()
    page = clerk.get(f"/outbox/release/send?id={message.id}").text
    assert "bleiben in der Liste" in page and question(clerk, message) == []


def test_steps_still_to_come_do_not_outdo_each_other_in_the_look_ahead(wait: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(offers, "wanted", [lambda messages: asked.append(len(messages)) or {}])
    steps = [wait("1001", due=day * HOUR, ends=99 * HOUR, sort="payment", occasion=f"step:{day}") for day in (-2, -1, 3, 7)]
    assert [offer.why for offer in offers.look(steps)] == [""] * 4 and asked == [2, 1, 1]


def test_what_only_waits_for_working_hours_can_go_and_says_when(wait: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    opens, message = clock.now() + HOUR / 2, wait("1001")
    monkeypatch.setattr(offers, "wanted", [lambda messages: {message.id: Later(opens, "closed")}])
    [offer] = offers.look([message], written=True)
    assert (offer.why, offer.later) == ("", opens) and offer.mail


def test_today_has_one_task_for_all_that_waits(clerk: FlaskClient, wait: Wait) -> None:
    assert "warten auf Freigabe" not in clerk.get("/").text and today.open_tasks() == 0
    for number in ("1001", "1002", "1003"):
        wait(number)
    page = clerk.get("/").text
    assert "3\u00a0Nachrichten warten auf Freigabe." in page and "/outbox/release" in page
    assert today.open_tasks() == 1 and today.tasks() == []


def test_the_menu_names_it_only_where_something_waits_or_may_come_to_wait(
    clerk: FlaskClient, wait: Wait, rule: Rule
) -> None:
    entry = 'href="/outbox/release"'
    assert entry not in clerk.get("/contacts").text
    rule.release = "hand"
    rule.save()
    assert entry in clerk.get("/contacts").text
    rule.release = "auto"
    rule.save()
    assert entry not in clerk.get("/contacts").text
    wait()
    page = clerk.get("/contacts").text
    assert entry in page and "<b>1<" in page


def test_the_menu_marks_only_the_nearest_place(clerk: FlaskClient, wait: Wait) -> None:
    wait()
    page = clerk.get("/outbox/release/send?id=1").text
    assert page.count("aria-current=") == 1 and 'href="/outbox/release" aria-current="true"' in page


def test_the_records_story_offers_release_and_discard(clerk: FlaskClient, wait: Wait) -> None:
    message = wait("1001")
    story = clerk.get(f"/outbox/for/{message.record_id}", headers=HTMX).text
    assert "Freigeben" in story and "Verwerfen" in story and "Sie wartet, bis jemand sie freigibt." in story
    assert 'id="record-release" hx-swap-oob="true"' in story and f"/outbox/release?record={message.record_id}" in story
    assert 'id="record-release"' in clerk.get("/records/orders/1001").text
    clerk.post(f"/outbox/{message.id}/release", headers=HTMX, data={"back": "record"})
    assert states(message) == [("planned", "")] and told(message) == [("message.released", "user:1")]
    after = clerk.get(f"/outbox/for/{message.record_id}", headers=HTMX).text
    assert "/outbox/release" not in after
    assert "Freigegeben, Cem Clerk" in clerk.get(f"/outbox/{message.id}").text


def test_one_that_is_past_its_time_cannot_be_released_and_says_so(clerk: FlaskClient, wait: Wait) -> None:
    message = wait("1001", ends=-HOUR)
    answer = clerk.post(f"/outbox/{message.id}/release", headers=HTMX, data={"back": "list"})
    assert answer.status_code == 409 and "schon „verworfen“" in answer.text
    assert states(message) == [("dropped", "missed")]


def test_a_waiting_message_alone_is_looked_for_seldom(clerk: FlaskClient, wait: Wait) -> None:
    message = wait("1001")
    with transaction():
        Entry.update(unread=False).execute()
    assert 'hx-trigger="every 30s"' in clerk.get(f"/outbox/for/{message.record_id}", headers=HTMX).text


def test_hostile_names_stay_text_in_list_question_and_mail(clerk: FlaskClient, wait: Wait, make_record: Make) -> None:
    hostile = {"name": "<script>alert(1)</script>", "email": "eve@example.org", "consent": {"email": True}}
    make_record("1001", contact=hostile)
    message = wait("1001")
    for path in ("", f"/send?id={message.id}", f"/discard?id={message.id}", f"/{message.id}", f"/{message.id}/mail"):
        assert "<script>alert" not in clerk.get(f"/outbox/release{path}").text


def test_m7_a_rule_by_hand_plans_waits_and_sends(
    clerk: FlaskClient, house: Flask, make_record: Make, rule: Rule
) -> None:
    rule.release = "hand"
    rule.save()
    for number in ("1001", "1002"):
        make_record(number)
    journal.read([engine.read])
    first, second = Message.select().order_by(Message.id)
    assert states(first, second) == [("awaiting", "")] * 2
    clerk.post("/outbox/release/send", data={"shown": question(clerk, first)})
    assert [message.id for message in claim.claim("worker", 10)] == [first.id] and states(second) == [("awaiting", "")]
