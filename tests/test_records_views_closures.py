"""The form of a location: catholic holidays as a choice, own closing days, and which days off come of it (R7)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from records.closures import MOST
from records.models import Location
from tests.browsing import PHONE, faults

PLACE = {"name": "Werkstatt München", "time_zone": "Europe/Berlin", "state": "BY", "mon.from": "09:00", "mon.to": "12:00"}


@pytest.fixture(autouse=True)
def _a_friday_in_november(house: Any) -> Iterator[None]:
    with time_machine.travel("2026-11-20 10:00+01:00", tick=True):
        yield


def rows(*given: tuple[str, str, str]) -> dict[str, list[str]]:
    return {f"closure.{part}": [row[n] for row in given] for n, part in enumerate(("from", "to", "name"))}


def shown(page: str) -> list[tuple[str, str]]:
    """The days off that the form tells, each with its name."""
    told = page.partition('id="next-off"')[2].partition("</dl>")[0]
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", told)


def first_days(page: str) -> list[str]:
    return re.findall(r'name="closure\.from"[^>]* value="([^"]*)"', page)


def test_r7_closing_days_and_the_choice_are_kept_in_order(admin: FlaskClient) -> None:
    typed = rows(("2026-12-24", "2027-01-04", "Betriebsferien"), ("", "", ""), ("2026-11-27", "", " Umzug "))
    assert admin.post("/locations/new", data=PLACE | typed | {"catholic": "1"}).status_code == 302
    place = Location.get()
    assert place.catholic is True
    assert place.closures == [
        {"from": "2026-11-27", "to": "2026-11-27", "name": "Umzug"},
        {"from": "2026-12-24", "to": "2027-01-04", "name": "Betriebsferien"},
    ]
    assert first_days(admin.get(f"/locations/{place.key}").text) == ["2026-11-27", "2026-12-24", ""]


def test_r7_the_form_tells_the_next_days_off(admin: FlaskClient) -> None:
    Location.create(key="m", name="M", state="BY", closures=[{"from": "2026-12-24", "to": "2027-01-04", "name": "Ferien"}])
    assert shown(admin.get("/locations/m").text) == [
        ("24. Dez. 2026 – 4. Jan. 2027", "Ferien"), ("Mi, 6. Jan. 2027", "Heilige Drei Könige"),
        ("Fr, 26. März 2027", "Karfreitag"), ("Mo, 29. März 2027", "Ostermontag"), ("Sa, 1. Mai 2027", "Erster Mai"),
    ]
    assert "Es ist kein Bundesland gewählt" in admin.get("/locations/new").text


def test_r7_a_catholic_tick_where_there_are_no_such_holidays_is_not_kept(admin: FlaskClient) -> None:
    admin.post("/locations/new", data=PLACE | {"state": "BE", "catholic": "1"})
    assert Location.get().catholic is False


@pytest.mark.parametrize(("row", "field", "sentence"), [
    (("2026-12-24", "2026-12-01", "Ferien"), "to", "Der letzte Tag darf nicht vor dem ersten liegen."),
    (("24.12.", "", "Ferien"), "from", "Das ist kein Datum."),
    (("2026-12-24", "2026-02-30", ""), "to", "Das ist kein Datum."),
    (("", "", "Ferien"), "from", "fehlt"), (("", "2026-12-24", ""), "from", "fehlt"),
    (("2026-12-24", "", "x" * 101), "name", "100 Zeichen"), (("2026-12-24", "", "a\x00b"), "name", "Steuerzeichen"),
])
def test_r7_closing_days_that_cannot_be_are_refused_at_their_field(
    admin: FlaskClient, row: tuple[str, str, str], field: str, sentence: str
) -> None:
    answer = admin.post("/locations/new", data=PLACE | rows(("2026-11-27", "", "Umzug"), row))
    assert answer.status_code == 422 and not Location.select().exists()
    error = re.search(rf'id="closure-2-{field}">.*?</span></span>', answer.text, re.DOTALL)
    assert error and sentence in error[0]
    assert answer.text.count('aria-invalid="true"') == 1 and "Werkstatt München" in answer.text
    assert shown(answer.text)[0] == ("Fr, 27. Nov. 2026", "Umzug"), "the right row still counts"


def test_r7_more_rows_than_anybody_needs_are_refused(admin: FlaskClient) -> None:
    days = [(date(2027, 1, 1) + timedelta(days=n)).isoformat() for n in range(MOST + 1)]
    answer = admin.post("/locations/new", data=PLACE | rows(*((day, "", "") for day in days)))
    assert answer.status_code == 422 and "Höchstens 60 Zeilen" in answer.text and not Location.select().exists()
    assert first_days(answer.text) == [*days, ""]
    assert admin.post("/locations/new", data=PLACE | rows(*((day, "", "") for day in days[1:]))).status_code == 302


def test_r7_rows_come_and_go_without_a_script_and_nothing_is_saved(admin: FlaskClient) -> None:
    typed = PLACE | rows(("2026-11-27", "", "Umzug"), ("", "", ""), ("2026-12-24", "", "Heiligabend"), ("", "", ""))
    more = admin.post("/locations/new", data=typed | {"more": "1"})
    assert more.status_code == 200 and first_days(more.text) == ["2026-11-27", "2026-12-24", ""]
    less = admin.post("/locations/new", data=typed | {"remove": "2"})
    assert less.status_code == 200 and first_days(less.text) == ["2026-11-27", ""]
    assert "Werkstatt München" in less.text and not Location.select().exists()


def test_r7_looking_at_the_days_off_saves_nothing(admin: FlaskClient) -> None:
    page = admin.post("/locations/new", data=PLACE | rows(("2026-11-27", "", "Umzug")) | {"look": "1", "name": ""}).text
    assert shown(page)[0] == ("Fr, 27. Nov. 2026", "Umzug") and "aria-invalid" not in page
    assert not Location.select().exists()


def test_enter_in_a_field_saves(admin: FlaskClient) -> None:
    """The first button of a form is the one that Enter presses."""
    buttons = re.findall(r"<button[^>]*>", admin.get("/locations/new").text.partition('id="location-form"')[2])
    assert "name=" not in buttons[0]


def test_r7_open_until_midnight(admin: FlaskClient) -> None:
    admin.post("/locations/new", data=PLACE | {"mon.from": "18:00", "mon.to": "00:00"})
    place = Location.get()
    assert place.hours == {"mon": [["18:00", "24:00"]]}
    assert re.search(r'name="mon\.to" value="00:00"', admin.get(f"/locations/{place.key}").text)
    assert "18:00–24:00" in admin.get("/locations").text


def test_the_list_tells_today_and_the_next_day_off(admin: FlaskClient, shop: dict[str, Location]) -> None:
    page = admin.get("/locations").text
    assert "Heute 09:00–13:00, 14:00–18:30" in page
    assert "Nächster freier Tag: Fr, 25. Dez. 2026, Erster Weihnachtstag" in page
    Location.update(closures=[{"from": "2026-11-20", "to": "2026-11-20", "name": "Umzug"}]).execute()
    assert "Heute geschlossen: Umzug" in admin.get("/locations").text
    with time_machine.travel("2026-11-22 10:00+01:00"):
        assert re.search(r"Heute geschlossen\s*<", admin.get("/locations").text)


def test_r7_in_a_browser_the_days_off_follow_what_is_typed(
    admin: FlaskClient, shop: dict[str, Location], chromium: Browser, address: str
) -> None:
    Location.update(state="BE").execute()
    cookie = admin.get_cookie("session")
    assert cookie
    with chromium.new_context(viewport=PHONE, locale="de-DE") as context:
        context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/locations/berlin")
        tick, told = page.get_by_label("Auch katholische Feiertage"), page.locator("#next-off")
        expect(tick).to_be_hidden()
        page.get_by_label("Bundesland").select_option("BY")
        expect(tick).to_be_visible()
        expect(told).to_contain_text("Heilige Drei Könige")
        page.get_by_label("Schließtage 1: erster Tag").fill("2026-11-27")
        page.get_by_label("Schließtage 1: Name").fill("Umzug")
        page.get_by_role("button", name="Weitere Zeile").click()
        expect(told).to_contain_text("Fr, 27. Nov. 2026")
        page.get_by_label("Schließtage 2: erster Tag").fill("2026-12-01")
        page.get_by_role("button", name="Schließtage 1 entfernen").click()
        expect(told).not_to_contain_text("Umzug")
        assert faults(page) == []
        page.get_by_label("Straße").press("Enter")
        page.wait_for_url(f"{address}/locations")
    place = Location.get(Location.key == "berlin")
    assert place.state == "BY" and place.closures == [{"from": "2026-12-01", "to": "2026-12-01", "name": ""}]
