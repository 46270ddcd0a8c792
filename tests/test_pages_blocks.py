"""What each block of a status page tells, and when it tells nothing."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from werkzeug.datastructures import MultiDict

from core import i18n
from pages import publish
from pages.blocks import carriers
from pages.settings import store as page_settings
from records import forms, payments
from records.intake import schema
from records.models import Kind, Location, Record

START = datetime(2026, 11, 16, 9, 12, tzinfo=UTC)
Make = Callable[..., Record]


@pytest.fixture(autouse=True)
def time(shop: Any) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def html(record: Record) -> str:
    return publish.print_pages([record.id])[0].html


def text(record: Record) -> str:
    """What a reader sees, without markup."""
    plain = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html(record), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain.replace("\u00a0", " "))


def item(name: str, price: str | None = "10.00", quantity: float = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "quantity": quantity, "price": price, **more}


# Dates (M8)


def test_m8_the_page_says_when_delivery_and_invoice_are_expected(make_record: Make) -> None:
    days = {"delivery_expected": "2026-11-24", "delivery_latest": "2026-11-27", "invoice_expected": "2026-12-01"}
    said = text(make_record("1", status="in_progress", fields=days))
    assert "Voraussichtlich Lieferung zwischen Dienstag, 24. November und Freitag, 27. November" in said
    assert "Rechnung Dienstag, 1. Dezember" in said
    assert "Lieferung bis Freitag, 27. November" in text(make_record("2", fields={"delivery_latest": "2026-11-27"}))


@pytest.mark.parametrize("state", [
    {"fields": {"delivery_expected": "2026-11-15"}},
    {"fields": {"delivery_expected": "2026-11-24"}, "status": "cancelled"},
    {"fields": {"delivery_expected": "2026-11-24"}, "status": "done"},
    {"fields": {"delivery_expected": "2026-11-24"}, "items": [item("Display", delivered=1)]},
])
def test_m8_what_is_over_is_not_expected(make_record: Make, state: dict[str, Any]) -> None:
    assert "Voraussichtlich" not in text(make_record("1", **state))


def test_an_appointment_that_has_passed_says_so(make_record: Make, time: time_machine.Traveller) -> None:
    make_record("1", status="new", scheduled_at=START + timedelta(days=1))
    time.shift(timedelta(days=2))
    said = text(make_record("1", status="in_progress"))
    assert "Ihr Termin war" in said and "Dienstag, 17. November" in said


# The course


def test_earlier_steps_are_a_press_away_without_a_script(make_record: Make) -> None:
    for status in ("new", "accepted", "in_progress", "waiting", "ready"):
        record = make_record("1", status=status)
    older, newest = re.findall(r'<ol class="course.*?</ol>', html(record), re.DOTALL)
    assert "<summary>2 frühere Schritte</summary>" in html(record)
    assert [older.count("<li"), newest.count("<li")] == [2, 4] and "Neu" in older and "Neu" not in newest


# Items, part deliveries and credits (M5)


def test_m5_a_part_delivery_says_what_came_and_what_follows(make_record: Make) -> None:
    items = [item("Display", delivered=1), item("Bremsbelag", quantity=3, delivered=2), item("Kette", delivered=0)]
    said = text(make_record("1", status="in_progress", items=items))
    assert "Ein Teil ist geliefert. Noch nicht geliefert: Bremsbelag, Kette." in said
    assert "Display geliefert" in said and "2 von 3 geliefert, 1 noch ausstehend" in said and "Kette folgt noch" in said


def test_m5_nothing_follows_once_it_is_cancelled(make_record: Make) -> None:
    items = [item("Bremsbelag", quantity=3, delivered=2), item("Kette", delivered=0)]
    said = text(make_record("1", status="cancelled", items=items))
    assert "2 von 3 geliefert 30,00 €" in said and "Kette nicht geliefert" in said and "folgt" not in said


def test_m5_a_credit_is_taken_off_below_the_subtotal(make_record: Make) -> None:
    items = [item("Display", "129.90"), item("Gutschrift Kratzer", "-20.00")]
    said = text(make_record("1", status="ready", items=items, total=Decimal("109.90")))
    assert "Zwischensumme 129,90 € Gutschrift Kratzer -20,00 € Summe 109,90 €" in said
    assert "Noch offen 109,90 € Eine Gutschrift von 20,00 € ist berücksichtigt." in said


def test_m5_a_credit_note_shows_what_is_in_the_customers_favour(make_record: Make) -> None:
    said = text(make_record("1", status="done", items=[item("Gutschrift", "-50.00")], total=Decimal("-50.00")))
    assert "Guthaben 50,00 €" in said and "Noch offen" not in said and "Zwischensumme" not in said


def test_m5_a_cancelled_order_that_was_paid_thanks_nobody(make_record: Make) -> None:
    said = text(make_record("1", status="cancelled", total=Decimal("45.10"), paid_at=START))
    assert "Bezahlt 45,10 € Eingegangen am Montag, 16. November." in said and "Vielen Dank" not in said


def test_of_forty_items_ten_are_shown_and_the_others_are_a_press_away(make_record: Make) -> None:
    items = [item(f"Teil {number}") for number in range(1, 41)]
    page = html(make_record("1", items=items, total=Decimal("400.00")))
    first, more, sums = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert [first.count("Teil"), more.count("Teil")] == [10, 30] and "<summary>30 weitere Posten</summary>" in page
    assert "Summe" in sums and "Summe</th>" not in first and len(page) < 60_000


def test_what_is_delivered_is_told_over_the_api() -> None:
    said = schema.State.model_validate_json('{"items": [{"name": "Bremsbelag", "quantity": 3, "delivered": 2}]}').state()
    assert said == {"items": [{"name": "Bremsbelag", "quantity": 3, "delivered": 2}]}
    with pytest.raises(ValueError, match="delivered"):
        schema.State.model_validate_json('{"items": [{"name": "Bremsbelag", "delivered": -1}]}')


def test_what_is_delivered_is_entered_by_hand(make_record: Make) -> None:
    record = make_record("1", items=[item("Bremsbelag", "18.90", 3, delivered=2)])
    given = forms.shown(record)
    assert given["items"][0]["delivered"] == "2"
    columns = [("item.name", "Bremsbelag"), ("item.quantity", "3"), ("item.price", "18,90"), ("item.delivered", "3")]
    with i18n.speaking("de"):
        state, faults = forms.read(forms.typed(MultiDict(columns)) | {"seen": given["seen"]}, record.kind, None)
        wrong = forms.read(forms.typed(MultiDict([*columns[:3], ("item.delivered", "viele")])), record.kind, None)[1]
    assert faults == {} and state["items"] == [item("Bremsbelag", "18.90", 3, delivered=3)]
    assert list(wrong) == ["items.0.delivered"]


def test_x6_an_open_amount_says_up_to_when_payments_are_considered(make_record: Make) -> None:
    record = make_record("1", status="ready", total=Decimal("45.10"))
    assert "berücksichtigt" not in text(record)
    payments.tell(START - timedelta(hours=16), "user:1")
    assert "Zahlungen sind bis Sonntag, 15. November, 18:12 Uhr berücksichtigt." in text(record)
    assert "berücksichtigt" not in text(make_record("1", paid_at=START))


# The parcel


@pytest.mark.parametrize(("carrier", "number", "address"), [
    ("DHL", "00340434161094022115",
     "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=00340434161094022115"),
    ("DHL Paket", "0034 0434 1610 9402 2115",
     "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=00340434161094022115"),
    ("dpd", "01234567890123", "https://tracking.dpd.de/status/de_DE/parcel/01234567890123"),
    ("GLS", "ZYX1AB23", "https://gls-group.com/track/ZYX1AB23"),
    ("Hermes Germany", "H1000250123456789012",
     "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#H1000250123456789012"),
    ("UPS", "1Z999AA10123456784", "https://www.ups.com/track?loc=de_DE&tracknum=1Z999AA10123456784"),
    ("FedEx Express", "123456789012", "https://www.fedex.com/fedextrack/?trknbr=123456789012"),
    ("post.at", "1000000000000000000001", "https://www.post.at/sv/sendungsdetails?snr=1000000000000000000001"),
    ("Schweizerische Post", "99.00.123456.12345678",
     "https://service.post.ch/ekp-web/ui/entry/search/990012345612345678?lang=de"),
    ("Radkurier Süd", "RK 17-2", ""),
    ("DHL", "https://evil.example", ""),
    ("DPD", "12\"><script>", ""),
])
def test_a_parcel_leads_to_its_carrier(make_record: Make, carrier: str, number: str, address: str) -> None:
    known = carriers.known(carrier)
    assert (known.follow(number, "de") if known else "") == address
    page = html(make_record("1", status="done", tracking={"carrier": carrier, "number": number}))
    links = re.findall(r'<a class="button" href="([^"]+)" rel="noopener noreferrer">', page)
    assert links == ([address.replace("&", "&amp;")] if address else [])


# The place


def test_the_place_leads_to_a_map_and_tells_days_off_that_are_near(make_record: Make) -> None:
    closures = [
        {"from": "2026-12-24", "to": "2027-01-01", "name": "Betriebsferien"},
        {"from": "2026-11-02", "to": "2026-11-06", "name": "vorbei"},
        {"from": "2027-08-02", "to": "2027-08-14", "name": "fern"},
    ]
    Location.update(closures=closures).where(Location.key == "berlin").execute()
    record = make_record("1", location="berlin")
    place = html(record).split('id="place"')[1]
    lead = "https://www.openstreetmap.org/search?query=Adalbertstra%C3%9Fe+31%2C+10999+Berlin"
    assert f'<a class="map" href="{lead}" rel="noopener noreferrer">Auf der Karte zeigen</a>' in place
    assert "Geschlossen: 24. Dezember bis 1. Januar (Betriebsferien)" in text(record)
    assert "vorbei" not in place and "fern" not in place


# Change and cancel


def test_an_appointment_ahead_says_how_to_change_it(make_record: Make) -> None:
    said = text(make_record("1", location="berlin", scheduled_at=START + timedelta(days=3)))
    assert "Bitte sagen Sie uns so früh wie möglich Bescheid. Telefon 030 23125140" in said
    gone = make_record("2", location="berlin", scheduled_at=START - timedelta(days=3))
    off = make_record("3", location="berlin", scheduled_at=START + timedelta(days=3), status="cancelled")
    assert all("Ändern oder absagen" not in text(record) for record in (gone, off, make_record("4", location="berlin")))


def test_m3_conditions_of_changing_stand_there_until_the_record_has_ended(make_record: Make) -> None:
    content = {"terms": {"de": "Bis **24 Stunden** vorher kostenlos, {{ record.number }}."}}
    page_settings.save("order", "", content, 0, "user:1")
    record = make_record("7", location="berlin")
    assert "Bis <strong>24 Stunden</strong> vorher kostenlos, 7." in html(record) and "Telefon" in text(record)
    assert "kostenlos" not in text(make_record("7", status="done"))


# What a kind asks for, and what staff say


def test_customers_see_the_further_fields_that_the_kind_shows_them(make_record: Make) -> None:
    own = [
        {"key": "device", "labels": {"de": "Gerät", "en": "Device"}, "type": "text", "page": True},
        {"key": "secret", "labels": {"de": "Intern", "en": "Internal"}, "type": "text"},
    ]
    kind = Kind.get_by_id("order")
    Kind.update(fields=kind.fields + own).where(Kind.key == "order").execute()
    said = text(make_record("1", fields={"device": "Trekkingrad", "secret": "schwieriger Kunde", "unheard": "of"}))
    assert "Im Einzelnen Gerät Trekkingrad" in said
    assert "schwieriger" not in said and "unheard" not in said and " of " not in said


def test_a_message_of_the_shop_stands_below_the_status(make_record: Make) -> None:
    note = "Die Bremsen waren <b>abgefahren</b>.\n\nBitte bringen Sie die Quittung mit."
    page = html(make_record("1", fields={"note_to_customer": note}))
    assert "<p>Die Bremsen waren &lt;b&gt;abgefahren&lt;/b&gt;.</p>" in page and "<p>Bitte bringen" in page
