"""The lists of records, the search box, the record page and the next step."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from markupsafe import Markup

from accounts.models import User
from core.db import database
from core.journal import Entry
from records import lists
from records.biography import Line, told
from records.models import Kind, Location, Record

HTMX = {"HX-Request": "true"}
Make = Callable[..., Record]
Places = dict[str, Location]


def entries(record: Record) -> list[str]:
    return [entry.what for entry in Entry.select().where(Entry.record_id == record.id).order_by(Entry.id)]


def test_a_list_shows_number_contact_location_and_total(clerk: FlaskClient, shop: Places, make_record: Make) -> None:
    make_record("1047", location="berlin", total="129.90")
    page = clerk.get("/records/orders").text
    assert all(words in page for words in ("1047", "Ada Lovelace", "Werkstatt Kreuzberg", "129,90\u00a0€"))


def test_an_empty_list_offers_the_next_step(clerk: FlaskClient) -> None:
    page = clerk.get("/records/bookings").text
    assert "Hier ist noch nichts." in page and "/records/bookings/new" in page


def test_a_collection_nobody_knows_is_not_found(clerk: FlaskClient) -> None:
    assert clerk.get("/records/unicorns").status_code == 404


def test_a_visitor_sees_no_record(client: FlaskClient, admin: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    for path in ("/records/orders", "/records/orders/1047", "/records/find?q=1047", "/contacts", "/contacts/1"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize("words", ["1047", "love", "ADA@EXAMPLE", "030 12345"])
def test_search_finds_by_number_name_address_and_phone(clerk: FlaskClient, make_record: Make, words: str) -> None:
    make_record("1047")
    make_record("2000", contact={"name": "Ben", "email": "ben@example.org"})
    page = clerk.get("/records/orders", query_string={"q": words}).text
    assert ">1047<" in page and ">2000<" not in page


def test_search_does_not_care_about_the_case_of_umlauts(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047", contact={"name": "Özlem Kaya"})
    assert ">1047<" in clerk.get("/records/orders", query_string={"q": "özlem"}).text


def test_search_reads_a_percent_sign_as_itself(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    assert ">1047<" not in clerk.get("/records/orders", query_string={"q": "%"}).text


def test_filters_by_status_and_location(clerk: FlaskClient, shop: Places, make_record: Make) -> None:
    make_record("1", location="berlin", status="ready")
    make_record("2", location="potsdam", status="ready")
    make_record("3", location="berlin", status="new")
    page = clerk.get("/records/orders?status=ready&location=berlin").text
    assert "orders/1\"" in page and "orders/2\"" not in page and "orders/3\"" not in page


def test_the_next_forty_follow_without_gap_or_repetition(house: Any, make_record: Make) -> None:
    for number in range(95):
        make_record(str(number))
    kind, seen, after = Kind.get(Kind.key == "order"), [], ""
    while True:
        page = lists.records(kind, after=after)
        seen += [record.number for record in page.rows]
        if not page.after:
            break
        after = page.after
    assert seen == [str(number) for number in reversed(range(95))]


def test_records_changed_at_the_same_moment_are_not_lost_between_pages(house: Any, make_record: Make) -> None:
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=False):
        for number in range(60):
            make_record(str(number))
    first = lists.records(Kind.get(Kind.key == "order"))
    second = lists.records(Kind.get(Kind.key == "order"), after=first.after)
    assert len({record.number for record in first.rows + second.rows}) == 60


def test_a_senseless_cursor_shows_the_first_page(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    for after in ("x", "1-", "99999999999999999999-1", "²-²"):
        assert ">1047<" in clerk.get("/records/orders", query_string={"after": after}).text


def test_a_list_asks_the_database_the_same_number_of_times_however_long_it_is(
    clerk: FlaskClient, shop: Places, make_record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = database.execute_sql
    monkeypatch.setattr(database.obj, "execute_sql", lambda sql, *rest: asked.append(sql) or execute(sql, *rest))

    def questions() -> int:  # settings aside, which are read anew each second
        asked.clear()
        clerk.get("/records/orders")
        return len([sql for sql in asked if sql.startswith("SELECT") and '"setting"' not in sql])

    make_record("1", location="berlin", contact={"name": "A"})
    few = questions()
    for number in range(2, 30):
        make_record(str(number), location="potsdam", contact={"name": f"N{number}"})
    assert questions() == few


def test_htmx_gets_only_the_list_and_below_more_only_the_rows(clerk: FlaskClient, make_record: Make) -> None:
    for number in range(45):
        make_record(str(number))
    assert clerk.get("/records/orders", headers=HTMX).text.lstrip().startswith('<div id="records"')
    rows = clerk.get("/records/orders", headers=HTMX | {"HX-Target": "more"}).text
    assert "<table" not in rows and 'id="more"' in rows


def test_a_status_is_changed_in_the_row(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    answer = clerk.post("/records/orders/1047/status", data={"status": "ready", "back": "list"}, headers=HTMX)
    assert f'id="record-{record.id}"' in answer.text and "Auftrag 1047 steht jetzt auf „Abholbereit“." in answer.text
    assert entries(record) == ["order.created", "order.status_changed"]


def test_a_status_is_changed_without_a_script(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    answer = clerk.post("/records/orders/1047/status", data={"status": "ready", "back": "list"}, follow_redirects=True)
    assert answer.request.path == "/records/orders" and "steht jetzt auf „Abholbereit“" in answer.text
    answer = clerk.post("/records/orders/1047/status", data={"status": "done"}, follow_redirects=True)
    assert answer.request.path == "/records/orders/1047" and "steht jetzt auf „Abgeschlossen“" in answer.text


def test_a_change_can_be_silent(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    clerk.post("/records/orders/1047/status", data={"status": "ready", "silent": "1"})
    entry = Entry.select().where(Entry.record_id == record.id).order_by(Entry.id.desc()).get()
    assert entry.data["silent"] is True and entry.actor.startswith("user:")


def test_the_same_status_again_changes_nothing_and_says_so(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    answer = clerk.post("/records/orders/1047/status", data={"status": "new"}, headers=HTMX)
    assert "stand schon auf „Neu“" in answer.text and entries(record) == ["order.created"]


def test_a_status_the_kind_does_not_have_is_refused(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    answer = clerk.post("/records/orders/1047/status", data={"status": "confirmed"})
    assert answer.status_code == 422 and "Bitte wählen Sie zuerst einen Status." in answer.text
    assert entries(record) == ["order.created"]


def test_choosing_a_status_shows_what_the_customer_will_read(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    fragment = clerk.get("/records/orders/1047/next?status=ready").text
    assert "Ihr Auftrag ist abholbereit." in fragment and "Auf Abholbereit setzen" in fragment


def test_the_record_page_tells_who_what_and_how_much(clerk: FlaskClient, shop: Places, make_record: Make) -> None:
    make_record(
        "1047", location="berlin", total="115.80", scheduled_at=datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
        items=[{"name": "Display", "quantity": 2, "price": "57.90"}], fields={"Rahmennr.": "KT 48213"},
        tracking={"carrier": "DHL", "number": "0034"}, assignee={"name": "Mira Aydın", "email": "mira@example.org"},
    )
    page = clerk.get("/records/orders/1047").text
    expected = (
        "Ada Lovelace", "030 123456", "Werkstatt Kreuzberg", "2 × 57,90\u00a0€", "115,80\u00a0€", "Noch offen", "KT 48213",
        "0034", "Mira Aydın", "16:30\u00a0Uhr", "E‑Mail erlaubt", "SMS abgelehnt",
    )
    assert [words for words in expected if words not in page] == []


def story(record: Record) -> list[tuple[str, list[str]]]:
    return [(day, [str(line.what) for line in lines]) for day, lines in told(Record.get_by_id(record.id)).days]


def test_the_biography_reads_in_days_and_names(clerk: FlaskClient, make_record: Make) -> None:
    with time_machine.travel(datetime(2026, 11, 19, 10, 0, tzinfo=UTC), tick=False):
        make_record("1047", actor="worker")
    with time_machine.travel(datetime(2026, 11, 20, 8, 0, tzinfo=UTC), tick=False):
        record = make_record("1047", status="ready", actor=User.get().actor)
        assert story(record) == [
            ("Heute", ["Status von Neu auf <b>Abholbereit</b>, Cem Clerk"]),
            ("Gestern", ["Auftrag angelegt als <b>Neu</b>, Statusbote"]),
        ]


def test_the_biography_keeps_the_time_of_the_location(shop: Places, make_record: Make) -> None:
    Location.update(time_zone="America/New_York").where(Location.key == "berlin").execute()
    with time_machine.travel(datetime(2026, 11, 19, 2, 30, tzinfo=UTC), tick=False):
        record = make_record("1047", location="berlin")
    with time_machine.travel(datetime(2026, 11, 25, tzinfo=UTC), tick=False):
        assert [day for day, lines in story(record)] == ["Mittwoch, 18. November"]


def test_the_biography_tells_what_other_rooms_add_in_its_place(house: Any, make_record: Make) -> None:
    record = make_record("1047")
    sent = Line(record.created_at + timedelta(seconds=1), "sent", "mail", Markup("gesendet"))
    ahead = Line(record.created_at + timedelta(days=1), "ahead", "mail", Markup("geplant"))
    whole = told(record, [ahead, sent])
    assert [line.what for line in whole.ahead] == ["geplant"]
    assert [line.what for _, lines in whole.days for line in lines][0] == "gesendet"


def test_an_event_nobody_has_words_for_is_told_by_its_name(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    Entry.create(at=record.created_at, what="order.message_received", record_id=record.id, actor="api:1", data={})
    assert "Ereignis <b>message_received</b>" in clerk.get("/records/orders/1047").text


def test_names_and_items_are_never_markup(clerk: FlaskClient, make_record: Make) -> None:
    evil = "<script>alert(1)</script>"
    make_record("1047", contact={"name": evil}, items=[{"name": evil, "quantity": 1}], fields={"x": evil}, source=evil)
    for path in ("records/orders", "records/orders/1047", "records/orders/1047/edit", "records/find?q=script", "contacts"):
        assert evil not in clerk.get(f"/{path}").text


def test_a_number_with_a_slash_has_a_page_too(clerk: FlaskClient, make_record: Make) -> None:
    make_record("2026/7#a")
    page = clerk.get("/records/orders").text
    assert clerk.get("/records/orders/2026/7%23a").status_code == 200 and "/records/orders/2026/7%23a" in page


def test_the_search_box_jumps_to_an_exact_number(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    make_record("#2001")
    assert clerk.get("/records/find?q=1047").headers["Location"] == "/records/orders/1047"
    assert clerk.get("/records/find?q=2001").headers["Location"] == "/records/orders/%232001"


def test_the_search_box_lists_what_shares_a_number_or_a_name(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    make_record("1047", collection="inquiries")
    assert "Anfrage 1047" in clerk.get("/records/find?q=1047").text
    assert "/contacts/" in clerk.get("/records/find?q=lovelace").text
    assert "gibt es nicht" in clerk.get("/records/find?q=nobody").text


def test_english_readers_get_english(house: Any, clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047", total="129.90")
    with clerk.session_transaction() as session:
        session["language"] = "en"
    page = clerk.get("/records/orders/1047").text
    assert "What happens next?" in page and "€129.90" in page and "Order 1047" in page


def test_a_page_does_not_change_anything(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    with time_machine.travel(record.updated_at + timedelta(days=1)):
        for path in ("", "/edit", "/next?status=ready"):
            clerk.get(f"/records/orders/1047{path}")
    assert Record.get_by_id(record.id).updated_at == record.updated_at and entries(record) == ["order.created"]
