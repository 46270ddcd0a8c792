"""Records entered and corrected by hand, and contacts."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.journal import Entry
from records import numbers
from records.models import Contact, Kind, Location, Record

Make = Callable[..., Record]
FILLED = {
    "number": "1047", "status": "accepted", "contact.name": "Ada Lovelace", "contact.email": "Ada@Example.org",
    "contact.phone": "030 123456", "contact.language": "en", "consent.email": "1", "location": "berlin",
    "scheduled_date": "2026-11-24", "scheduled_time": "16:30", "total": "1.299,90",
    "item.name": ["Display", ""], "item.quantity": ["2", ""], "item.price": ["649,95", ""],
}


def order(number: str = "1047") -> Record:
    return Record.get(Record.kind == "order", Record.number == number)


def inputs(page: str) -> dict[str, str]:
    """What a browser would send back of a form: its inputs and the chosen options."""

    class Reader(HTMLParser):
        found: dict[str, Any]
        select = ""

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            given = dict(attributes)
            name = given.get("name") or ""
            if tag == "select":
                self.select = name
                self.found[name] = ""
            elif tag == "option" and "selected" in given and self.select:
                self.found[self.select] = given["value"]
            elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
                self.found.setdefault(name, []).append(given.get("value") or "")

    reader = Reader()
    reader.found = {}
    reader.feed(page[page.index('id="record-form"'):])
    return reader.found


def test_an_order_is_entered_by_hand(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    answer = clerk.post("/records/orders/new", data=FILLED, follow_redirects=True)
    record = order()
    assert answer.request.path == "/records/orders/1047" and "Auftrag 1047 ist angelegt." in answer.text
    assert (record.status, record.total, record.location.key) == ("accepted", Decimal("1299.90"), "berlin")
    assert record.items == [{"name": "Display", "quantity": 2, "price": "649.95"}]
    assert record.scheduled_at == datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    contact = record.contact
    assert (contact.email, contact.phone, contact.language) == ("Ada@example.org", "+4930123456", "en")
    assert contact.consents["email"]["given"] and "sms" not in contact.consents


def test_an_appointment_is_meant_in_the_time_zone_of_its_location(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    Location.update(time_zone="America/New_York").where(Location.key == "berlin").execute()
    clerk.post("/records/orders/new", data=FILLED)
    assert order().scheduled_at == datetime(2026, 11, 24, 21, 30, tzinfo=UTC)


def test_an_hour_the_clocks_skip_moves_forward(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    clerk.post("/records/orders/new", data=FILLED | {"scheduled_date": "2027-03-28", "scheduled_time": "02:30"})
    assert order().scheduled_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_an_empty_total_adds_up_the_items(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    clerk.post("/records/orders/new", data=FILLED | {"total": ""})
    assert order().total == Decimal("1299.90")


def test_an_order_can_be_entered_silently(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    clerk.post("/records/orders/new", data=FILLED | {"silent": "1"})
    assert Entry.get(Entry.what == "order.created").data["silent"] is True


def test_everything_typed_is_kept_when_something_is_wrong(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    wrong = FILLED | {"contact.email": "ada@", "total": "12.34", "scheduled_time": ""}
    answer = clerk.post("/records/orders/new", data=wrong)
    assert answer.status_code == 422 and not Record.select().exists()
    assert not Contact.select().where(Contact.name == "Ada Lovelace").exists()
    kept = ("Das ist keine E‑Mail-Adresse.", "Bitte schreiben Sie eine Zahl wie 129,90.", "Die Uhrzeit fehlt.",
            'value="ada@"', 'value="12.34"', 'value="Display"', 'value="649,95"', 'value="berlin" selected')
    assert [words for words in kept if words not in answer.text] == []


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("number", "", "Eine Nummer wird gebraucht."),
    ("number", "10\x0747", "Steuerzeichen sind hier nicht erlaubt."),
    ("contact.email", "ada@example.org, ben@example.org", "genau eine E‑Mail-Adresse"),
    ("contact.phone", "0000", "Telefonnummer"),
    ("contact.name", "Ada\u202e", "Steuerzeichen sind hier nicht erlaubt."),
    ("item.price", ["teuer", ""], "Bitte schreiben Sie eine Zahl"),
    ("item.quantity", ["-1", ""], "Bitte schreiben Sie eine Zahl"),
    ("item.name", ["", ""], "Wie heißt dieser Posten?"),
    ("total", "NaN", "Bitte schreiben Sie eine Zahl"),
    ("total", "9" * 40, "Bitte schreiben Sie eine Zahl"),
    ("scheduled_date", "2026-13-01", "Das ist kein Datum."),
    ("scheduled_date", "9999-12-31", "Das ist kein Datum."),
    ("scheduled_time", "25:00", "Das ist keine Uhrzeit."),
    ("paid_date", "gestern", "Das ist kein Datum."),
    ("status", "gone", "Den Status „gone“ gibt es nicht"),
])
def test_what_cannot_be_is_refused_at_its_field(
    clerk: FlaskClient, shop: dict[str, Location], field: str, value: Any, sentence: str
) -> None:
    answer = clerk.post("/records/orders/new", data=FILLED | {field: value})
    assert answer.status_code == 422 and sentence in answer.text and not Record.select().exists()


def test_a_number_is_not_given_twice(clerk: FlaskClient, shop: dict[str, Location], make_record: Make) -> None:
    make_record("1047", status="done")
    answer = clerk.post("/records/orders/new", data=FILLED)
    assert answer.status_code == 422 and "Diese Nummer ist schon vergeben." in answer.text and order().status == "done"


@pytest.mark.parametrize(("newest", "suggested"), [("1047", "1048"), ("R-0099", "R-0100"), ("2026/A", "2026/A-2")])
def test_the_next_number_is_suggested(make_record: Make, newest: str, suggested: str) -> None:
    make_record(newest)
    assert numbers.suggest(Kind.get(Kind.key == "order")) == suggested


def test_a_further_line_comes_without_a_script(clerk: FlaskClient, shop: dict[str, Location]) -> None:
    page = clerk.post("/records/orders/new", data=FILLED | {"more": "1"}).text
    assert page.count('name="item.name"') == 2 and not Record.select().exists()


def test_opening_and_saving_changes_nothing(clerk: FlaskClient, shop: dict[str, Location], make_record: Make) -> None:
    record = make_record(
        "1047", location="berlin", total=Decimal("11.50"), paid_at=datetime(2026, 11, 19, 8, 15, 30, tzinfo=UTC),
        scheduled_at=datetime(2026, 11, 24, 15, 30, 12, tzinfo=UTC), fields={"Rad": "Kettler", "n": 3},
        items=[{"name": "Kette", "quantity": 1.5}, {"name": "Schlauch", "price": "11.50"}],
    )
    answer = clerk.post("/records/orders/1047/edit", data=inputs(clerk.get("/records/orders/1047/edit").text))
    after = order()
    assert answer.status_code == 302 and after.updated_at == record.updated_at
    assert (after.items, after.fields, after.paid_at) == (record.items, record.fields, record.paid_at)
    assert Entry.select().where(Entry.what << ["order.changed", "contact.changed"]).count() == 0


def test_a_corrected_record_says_what_changed(clerk: FlaskClient, shop: dict[str, Location], make_record: Make) -> None:
    make_record("1047", location="berlin")
    form = inputs(clerk.get("/records/orders/1047/edit").text)
    clerk.post("/records/orders/1047/edit", data=form | {"location": "potsdam", "contact.phone": ""})
    assert order().location.key == "potsdam" and order().contact.phone is None
    assert Entry.get(Entry.what == "order.changed").data["fields"] == ["location"]


def test_emptying_the_contact_takes_it_off_the_record_and_keeps_the_person(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    form = inputs(clerk.get("/records/orders/1047/edit").text)
    clerk.post("/records/orders/1047/edit", data=form | {"contact.name": "", "contact.email": "", "contact.phone": ""})
    assert order().contact is None and Contact.get(Contact.name == "Ada Lovelace").email == "ada@example.org"


def test_who_was_slower_is_asked_to_compare(clerk: FlaskClient, make_record: Make) -> None:
    make_record("1047")
    form = inputs(clerk.get("/records/orders/1047/edit").text)
    make_record("1047", total=Decimal(5))
    answer = clerk.post("/records/orders/1047/edit", data=form | {"total": "7,00"})
    assert answer.status_code == 422 and "hat sich hier etwas geändert" in answer.text and order().total == Decimal(5)


def test_contacts_are_found_and_show_their_records(clerk: FlaskClient, make_record: Make) -> None:
    record = make_record("1047")
    assert "ada@" in clerk.get("/contacts?q=LOVE").text.replace("<wbr>", "")
    page = clerk.get(f"/contacts/{record.contact_id}").text
    assert "Auftrag 1047" in page and "E‑Mail erlaubt" in page


def test_a_contact_is_corrected_and_consents_keep_when_and_how(clerk: FlaskClient, make_record: Make) -> None:
    contact = make_record("1047").contact
    answer = clerk.post(f"/contacts/{contact.id}/edit", data={
        "contact.name": "Ada King", "contact.email": "king@example.org", "contact.phone": "", "contact.language": "en",
        "consent.sms": "1",
    })
    contact = Contact.get_by_id(contact.id)
    assert answer.status_code == 302
    assert (contact.name, contact.email, contact.phone, contact.language) == ("Ada King", "king@example.org", None, "en")
    assert not contact.consents_to("email") and contact.consents_to("sms")
    assert contact.consents["sms"]["how"].startswith("user:") and contact.consents["sms"]["at"]
    entry = Entry.get(Entry.what == "contact.changed")
    assert set(entry.data["fields"]) == {"phone", "name", "email", "language", "consent.email", "consent.sms"}
    assert "King" not in str(entry.data)


def test_a_wrong_address_of_a_contact_is_refused_and_kept(clerk: FlaskClient, make_record: Make) -> None:
    contact = make_record("1047").contact
    typed = {"contact.name": "Ada", "contact.email": "nowhere", "contact.phone": ""}
    answer = clerk.post(f"/contacts/{contact.id}/edit", data=typed)
    assert answer.status_code == 422 and 'value="nowhere"' in answer.text
    assert Contact.get_by_id(contact.id).email == "ada@example.org"
