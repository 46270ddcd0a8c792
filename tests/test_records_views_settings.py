"""Settings of the records room: locations with their hours, shops with their secrets and words."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core import secrets
from core.journal import Entry
from records import sources
from records.hours import opening
from records.models import Contact, Kind, Location, Source

Spans = list[tuple[str, str]]
PLACE = {
    "name": "Werkstatt Köln", "street": "Ring 1", "city": "50667 Köln", "phone": "0221 2345678",
    "time_zone": "Europe/Berlin", "state": "NW", "manager.name": "Ben", "manager.email": "ben@example.org",
}


def week(**days: Spans) -> dict[str, list[str]]:
    """Inputs of working hours: three intervals a day, empty where none is given."""
    form: dict[str, list[str]] = {}
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        spans = (days.get(day, []) + [("", "")] * 3)[:3]
        form |= {f"{day}.from": [start for start, _ in spans], f"{day}.to": [end for _, end in spans]}
    return form


@pytest.fixture
def source(house: Any) -> Source:
    return sources.create("woocommerce", "Webshop", Kind.get(Kind.key == "order"), secret="correct horse battery")[0]


def test_a_location_is_added_with_hours_and_manager(admin: FlaskClient) -> None:
    admin.post("/locations/new", data=PLACE | week(mon=[("14:00", "18:30"), ("09:00", "13:00")], sat=[("10:00", "12:00")]))
    place = Location.get()
    assert (place.key, place.phone, place.state) == ("werkstatt-koeln", "+492212345678", "NW")
    assert place.hours == {"mon": [["09:00", "13:00"], ["14:00", "18:30"]], "sat": [["10:00", "12:00"]]}
    assert place.manager.email == "ben@example.org" and place.manager.consents == {}
    assert Entry.get(Entry.what == "location.created").data["location"] == place.id


def test_two_locations_of_one_name_have_two_keys(admin: FlaskClient) -> None:
    for _ in range(2):
        admin.post("/locations/new", data=PLACE | week())
    assert {place.key for place in Location.select()} == {"werkstatt-koeln", "werkstatt-koeln-2"}


@pytest.mark.parametrize(("spans", "sentence"), [
    ([("09:00", "")], "Beginn und Ende gehören zusammen."),
    ([("18:00", "09:00")], "Das Ende muss nach dem Beginn liegen."),
    ([("09:00", "13:00"), ("12:00", "18:00")], "Diese Zeiten überschneiden sich."),
    ([("9 Uhr", "13:00")], "Das ist keine Uhrzeit."),
])
def test_hours_that_cannot_be_are_refused_at_their_day(admin: FlaskClient, spans: Spans, sentence: str) -> None:
    answer = admin.post("/locations/new", data=PLACE | week(tue=spans))
    assert answer.status_code == 422 and sentence in answer.text and "Werkstatt Köln" in answer.text
    assert not Location.select().exists()


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("name", " ", "Ein Name wird gebraucht."), ("phone", "12", "Telefonnummer"), ("state", "XX", "aus der Liste"),
    ("time_zone", "Mars/Base", "aus der Liste"), ("manager.email", "", "nicht erreichbar"),
    ("manager.email", "ben", "keine E‑Mail-Adresse"),
])
def test_a_location_that_cannot_be_is_refused_at_a_field(admin: FlaskClient, field: str, value: str, sentence: str) -> None:
    answer = admin.post("/locations/new", data=PLACE | week() | {field: value})
    assert answer.status_code == 422 and sentence in answer.text and not Location.select().exists()


def test_a_changed_location_keeps_its_key_and_says_what_changed(admin: FlaskClient, shop: dict[str, Location]) -> None:
    admin.post("/locations/berlin", data=PLACE | week(mon=[("09:00", "13:00")]) | {"manager.name": "", "manager.email": ""})
    place = Location.get(Location.key == "berlin")
    assert place.name == "Werkstatt Köln" and place.manager is None
    assert "hours" in Entry.get(Entry.what == "location.changed").data["fields"]
    assert Contact.get(Contact.email == "mira@radhaus-lindner.example").name == "Mira Aydın"


def test_days_with_the_same_hours_are_told_together(house: Any) -> None:
    day = [["09:00", "13:00"]]
    assert opening({"mon": day, "tue": day, "wed": day, "fri": day}) == [("Mo–Mi", "09:00–13:00"), ("Fr", "09:00–13:00")]


def test_a_shop_gets_a_secret_that_is_shown_once_and_sealed(admin: FlaskClient) -> None:
    page = admin.post("/shops/new", data={"shop": "woocommerce", "title": "Mein Laden", "secret": ""}).text
    source = Source.get()
    secret = sources.secret_of(source)
    assert secret in page and "http://127.0.0.1:8000/hooks/mein-laden" in page
    assert secret not in source.secret and secrets.open_(source.secret) == secret
    assert secret not in admin.get("/shops/mein-laden").text


def test_a_secret_from_the_shop_is_never_shown(admin: FlaskClient) -> None:
    page = admin.post("/shops/new", data={"shop": "shopify", "title": "Laden", "secret": "shpss_0123456789"}).text
    assert "shpss_0123456789" not in page and sources.secret_of(Source.get()) == "shpss_0123456789"


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("title", "", "Ein Name wird gebraucht."), ("title", "☃", "Ein Name wird gebraucht."),
    ("shop", "magento", "aus der Liste"), ("secret", "short", "mindestens 8 Zeichen"),
])
def test_a_shop_that_cannot_be_is_refused(admin: FlaskClient, field: str, value: str, sentence: str) -> None:
    answer = admin.post("/shops/new", data={"shop": "woocommerce", "title": "Laden", "secret": ""} | {field: value})
    assert answer.status_code == 422 and sentence in answer.text and not Source.select().exists()


def test_two_shops_cannot_share_an_address(admin: FlaskClient, source: Source) -> None:
    assert admin.post("/shops/new", data={"shop": "shopify", "title": "WebShop"}).status_code == 422


def test_an_empty_secret_keeps_the_one_there_is_and_a_typed_one_replaces_it(admin: FlaskClient, source: Source) -> None:
    admin.post("/shops/webshop", data={"title": "Webshop", "secret": "", "active": "1"})
    assert sources.secret_of(Source.get()) == "correct horse battery"
    admin.post("/shops/webshop", data={"title": "Webshop", "secret": "staple staple", "active": "1"})
    assert sources.secret_of(Source.get()) == "staple staple"


def test_only_words_with_another_meaning_are_kept(admin: FlaskClient, source: Source) -> None:
    admin.post("/shops/webshop", data={
        "title": "Webshop", "active": "1", "word": ["completed", "pending", "wc-repair", "unused"],
        "status": ["ready", "new", "in_progress", ""],
    })
    assert Source.get().statuses == {"completed": "ready", "wc-repair": "in_progress"}
    page = admin.get("/shops/webshop").text
    assert re.search(r'value="wc-repair".*?value="in_progress" selected', page, re.S)


def test_a_further_word_comes_without_a_script(admin: FlaskClient, source: Source) -> None:
    page = admin.post("/shops/webshop", data={"title": "Anders", "word": ["x"], "status": ["new"], "more": "1"}).text
    assert page.count('name="word"') == 2 and 'value="Anders"' in page and Source.get().title == "Webshop"


def test_a_shop_can_be_switched_off(admin: FlaskClient, source: Source) -> None:
    admin.post("/shops/webshop", data={"title": "Webshop"})
    assert not Source.get().active and "ausgeschaltet" in admin.get("/shops").text


@pytest.mark.parametrize("path", ["locations", "locations/new", "locations/berlin", "shops", "shops/new", "shops/webshop"])
def test_settings_are_for_admins(clerk: FlaskClient, admin: FlaskClient, shop: Any, source: Source, path: str) -> None:
    assert admin.get(f"/{path}").status_code == 200
    assert clerk.get(f"/{path}").status_code == 403
    assert clerk.post(f"/{path}", data={}).status_code in (403, 405)


def test_a_secret_sealed_elsewhere_does_not_open(house: Any) -> None:
    with pytest.raises(secrets.Unopenable):
        secrets.open_("gAAAAABnonsense")
