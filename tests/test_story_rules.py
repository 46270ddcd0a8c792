"""An admin builds in the browser, from an empty system, what the four source documents say; the mails come on time."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

import app as program
from core import clock, journal, settings
from core.db import transaction
from outbox.models import Mail, Message
from records import events
from records.models import Kind, Location, Record
from rules import jobs, wanted
from rules.models import Rule
from rules.packs import reader
from tests.browsing import faults
from tests.mailing import send_due

Make = Callable[..., Record]
BERLIN = clock.zone("Europe/Berlin")
HOURS = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def berlin(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


class World:
    """One house, its admin's browser, its clock and its worker."""

    def __init__(self, page: Page, monkeypatch: pytest.MonkeyPatch):
        self.page = page
        self.real = clock.now
        self.ahead = timedelta(0)
        monkeypatch.setattr(clock, "now", lambda: self.real() + self.ahead)

    def go_to(self, moment: datetime) -> None:
        """Let time pass until that moment; the worker wakes whenever a message is due."""
        self.work()
        while clock.now() < moment:
            dues = [m.due_at for m in Message.select().where(Message.state == "planned") if clock.now() < m.due_at < moment]
            self._set(min([*dues, moment]))
            self.work()

    def begin(self, moment: datetime) -> None:
        self._set(moment)

    def _set(self, moment: datetime) -> None:
        self.ahead = moment - self.real()

    def work(self) -> None:
        """What the worker does when it wakes."""
        while journal.read(program.READERS):
            pass
        for sweep in program.SWEEPS:
            sweep()
        jobs.run_all()
        send_due(wanted.still_wanted)

    def arrived(self) -> list[tuple[str, str]]:
        """The subjects of all mails, each with its minute in Berlin."""
        self.work()
        return [(mail.subject, f"{mail.at.astimezone(BERLIN):%a %d.%m. %H:%M}") for mail in Mail.select().order_by(Mail.id)]

    def subjects(self) -> list[str]:
        return [subject for subject, _at in self.arrived()]

    def write_rule(self, kind: str, trigger: str, subject: str, fill: Callable[[Page], None] = lambda page: None) -> None:
        """Write a rule with a text of its own in the builder, as an admin does; `fill` chooses what the trigger asks."""
        page = self.page
        page.goto(f"/rules?kind={kind}")
        page.get_by_role("link", name="Benachrichtigung", exact=True).or_(
            page.get_by_role("link", name="Erste Regel schreiben")
        ).first.click()
        page.get_by_label("Auslöser").select_option(trigger)
        self.settled()
        fill(page)
        page.get_by_label("Vorlage", exact=True).select_option("new")
        self.settled()
        page.get_by_label("Betreff").fill(f"{subject} {{{{ record.number }}}}")
        page.get_by_label("Text", exact=True).fill("{{ greeting }}\n\n{{ record.sentence }}\n\n[Ansehen]({{ link }})")
        page.get_by_label("Name der Regel").fill(subject)
        self.save()

    def settled(self) -> None:
        """What the last choice asked for has arrived and taken its place; choices wait a moment before they ask."""
        self.page.clock.run_for(300)
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)

    def save(self) -> None:
        self.page.get_by_role("button", name="Speichern").last.click()
        expect(self.page.get_by_text("Gespeichert.", exact=False)).to_be_visible()


@pytest.fixture
def world(address: str, admin: FlaskClient, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A house with a company and a workshop in Munich, and nothing else."""
    settings.put("company", {"name": "Radhaus Lindner", "language": "de", "mail_from": "hallo@radhaus.example",
                             "colour": "#1c5a44", "footer": {"de": "Radhaus Lindner", "en": "Radhaus Lindner"}})
    with transaction():
        Location.create(key="muc", name="München", hours=HOURS, state="BY", catholic=True)
    context = chromium.new_context(base_url=address, locale="de-DE")
    session = admin.get_cookie("session")
    assert session
    context.add_cookies([{"name": "session", "value": session.value, "url": address}])
    page = context.new_page()
    page.clock.install()
    yield World(page, monkeypatch)
    context.close()


def tick(*labels: str) -> Callable[[Page], None]:
    """Ticks boxes by their words."""
    return lambda page: [page.get_by_label(label, exact=True).check(force=True) for label in labels] and None


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).select_option(value)


def test_r2_the_four_triggers_of_orders(world: World, make_record: Make) -> None:
    world.write_rule("order", "created", "Angelegt")
    world.write_rule("order", "status_changed", "Bewegt")
    world.write_rule("order", "status_changed_to", "Fertig", tick("Abholbereit"))
    world.write_rule("order", "time_changed", "Neuer Termin")
    at = clock.now() + timedelta(days=9)
    make_record("1001", scheduled_at=at)
    assert world.subjects() == ["Angelegt 1001"]
    make_record("1001", status="accepted")
    assert world.subjects()[1:] == ["Bewegt 1001"]
    make_record("1001", status="ready")
    assert sorted(world.subjects()[2:]) == ["Bewegt 1001", "Fertig 1001"]
    make_record("1001", scheduled_at=at + timedelta(days=1))
    assert world.subjects()[4:] == ["Neuer Termin 1001"]
    world.page.goto("/rules?kind=order")
    expect(world.page.get_by_text("Sobald sich bei einem Auftrag der Termin ändert", exact=False)).to_be_visible()
    assert faults(world.page) == []


def test_r3_inquiries_and_bookings(world: World, make_record: Make) -> None:
    world.write_rule("inquiry", "created", "Anfrage da")
    world.write_rule("inquiry", "status_changed_to", "Antwort", tick("Beantwortet"))
    world.write_rule("booking", "created", "Gebucht")
    world.write_rule("booking", "status_changed", "Buchung bewegt")
    world.write_rule("booking", "status_changed_to", "Bestätigt", tick("Bestätigt"))
    world.write_rule("booking", "time_changed", "Buchung verlegt")
    make_record("7", collection="inquiries")
    make_record("7", collection="inquiries", status="in_progress")
    make_record("7", collection="inquiries", status="answered")
    assert world.subjects() == ["Anfrage da 7", "Antwort 7"]
    at = clock.now() + timedelta(days=9)
    ben = {"name": "Ben", "email": "ben@example.org", "consent": {"email": True}}
    make_record("8", collection="bookings", scheduled_at=at, contact=ben)
    make_record("8", collection="bookings", status="confirmed")
    make_record("8", collection="bookings", scheduled_at=at + timedelta(hours=1))
    assert sorted(world.subjects()[2:]) == ["Bestätigt 8", "Buchung bewegt 8", "Buchung verlegt 8", "Gebucht 8"]


def test_r6_r7_an_hour_later_but_in_hours_over_a_weekend_and_a_bavarian_holiday(world: World, make_record: Make) -> None:
    """Friday afternoon, Friday evening, and the evening before Epiphany: 6 January is a holiday in Bavaria."""

    def hour_later(page: Page) -> None:
        tick("Abholbereit")(page)
        page.get_by_role("button", name="Verzögerung").click()
        world.settled()
        page.get_by_label("Wie viel").or_(page.get_by_label("Wie viele")).fill("1")
        page.get_by_label("Einheit").select_option("hours")
        page.get_by_role("button", name="Nur in den Arbeitszeiten").click()
        world.settled()

    world.write_rule("order", "status_changed_to", "Feedback", hour_later)
    world.begin(berlin(1, 8, 12, year=2027))
    for number in ("1", "2", "3"):
        make_record(number, location="muc")
    world.work()
    world.begin(berlin(1, 8, 14, 30, year=2027))
    make_record("1", status="ready")
    world.go_to(berlin(1, 8, 17, 30, year=2027))
    make_record("2", status="ready")
    world.go_to(berlin(1, 11, 12, year=2027))
    assert world.arrived() == [("Feedback 1", "Fri 08.01. 15:30"), ("Feedback 2", "Mon 11.01. 09:00")]
    world.begin(berlin(1, 5, 17, 30, year=2028))
    make_record("3", status="ready")
    world.go_to(berlin(1, 7, 12, year=2028))
    assert world.arrived()[2:] == [("Feedback 3", "Fri 07.01. 09:00")]


def test_r10_a_reminder_moves_with_the_appointment_and_dies_with_it(world: World, make_record: Make) -> None:
    def day_before(page: Page) -> None:
        page.get_by_label("Welcher Zeitpunkt").select_option("scheduled_at")
        page.locator("#blank-step-n-0").fill("1")
        page.locator("#blank-step-unit-0").select_option("days")
        world.settled()

    world.write_rule("order", "before", "Morgen", day_before)
    world.begin(berlin(12, 1, 8))
    make_record("1001", scheduled_at=berlin(12, 4, 16))
    make_record("1002", scheduled_at=berlin(12, 4, 17))
    world.work()
    make_record("1001", scheduled_at=berlin(12, 9, 10))
    make_record("1002", status="cancelled")
    world.go_to(berlin(12, 10, 8))
    assert world.arrived() == [("Morgen 1001", "Tue 08.12. 10:00")]
    world.page.goto("/records/orders/1002")
    expect(world.page.get_by_text("inzwischen storniert oder abgeschlossen", exact=False).first).to_be_visible()


def test_f3_the_ladder_ends_with_the_payment_between_step_two_and_three(world: World, make_record: Make) -> None:
    def ladder(page: Page) -> None:
        page.get_by_label("Welcher Zeitpunkt").select_option("placed_at")
        for place, days in enumerate((3, 7, 14)):
            if place:
                page.get_by_role("button", name="Weitere Stufe").first.click()
                world.settled()
            page.locator(f"#blank-step-n-{place}").fill(str(days))
            page.locator(f"#blank-step-unit-{place}").select_option("days")
            world.settled()
        page.get_by_role("button", name="Bedingung", exact=True).click()
        world.settled()
        page.get_by_label("Feld").select_option("paid")
        world.settled()
        page.get_by_label("Vergleich").select_option("unpaid")
        world.settled()

    world.write_rule("order", "after", "Mahnung", ladder)
    world.begin(berlin(12, 1, 10))
    make_record("1001", placed_at=clock.now())
    make_record("1002", placed_at=clock.now())
    world.go_to(berlin(12, 10, 9))
    make_record("1001", paid_at=clock.now())
    world.go_to(berlin(12, 16, 9))
    mails = world.arrived()
    assert [(subject, at) for subject, at in mails if "1001" in subject] == [
        ("Mahnung 1001", "Fri 04.12. 10:00"), ("Mahnung 1001", "Tue 08.12. 10:00"),
    ]
    assert len([1 for subject, _at in mails if "1002" in subject]) == 3
    world.page.goto(f"/rules/record/{Record.get(Record.number == '1001').id}/why")
    expect(world.page.get_by_text("Insgesamt 2 Nachrichten", exact=False)).to_be_visible()


def test_b3_every_wednesday_advisors_with_few_slots_are_reminded(world: World, make_record: Make) -> None:
    """The pack brings the kind; the rule is written by hand."""
    reader.install("advice-platform")
    with transaction():
        Rule.delete().execute()

    def few_slots(page: Page) -> None:
        tick("Mittwoch")(page)
        page.get_by_label("Uhrzeit", exact=True).fill("09:00")
        page.get_by_role("button", name="Bedingung", exact=True).click()
        world.settled()
        page.get_by_label("Feld").select_option("fields.active")
        world.settled()
        page.get_by_label("Vergleich").select_option("yes")
        world.settled()
        page.get_by_role("button", name="Weitere Bedingung", exact=True).click()
        world.settled()
        page.get_by_label("Feld").last.select_option("fields.open_slots")
        world.settled()
        page.get_by_label("Vergleich").last.select_option("less")
        world.settled()
        page.get_by_label("Wert").last.fill("5")

    world.begin(berlin(12, 1, 8))
    world.write_rule("advisor", "every", "Slots", few_slots)
    for number, active, slots in (("a", True, 3), ("b", True, 5), ("c", False, 0), ("d", True, 0)):
        contact = {"name": f"Berater {number}", "email": f"{number}@example.org", "consent": {"email": True}}
        make_record(number, collection="advisors", contact=contact, fields={"active": active, "open_slots": slots})
    world.go_to(berlin(12, 2, 9))
    world.go_to(berlin(12, 3, 8))
    assert sorted(world.arrived()) == [("Slots a", "Wed 02.12. 09:00"), ("Slots d", "Wed 02.12. 09:00")]
    make_record("d", collection="advisors", fields={"open_slots": 9})
    world.go_to(berlin(12, 9, 9))
    assert world.arrived()[2:] == [("Slots a", "Wed 09.12. 09:00")]


def test_a_named_event_can_start_a_rule(world: World, make_record: Make) -> None:
    with transaction():
        Kind.update(events=[{"key": "message", "labels": {"de": "eine Nachricht", "en": "a message"}}]).where(
            Kind.key == "inquiry"
        ).execute()
    world.write_rule("inquiry", "event", "Neue Nachricht", lambda page: choose(page, "Ereignis", "message"))
    record = make_record("7", collection="inquiries")
    events.report(record, "message", {}, None, "api:1")
    assert world.subjects() == ["Neue Nachricht 7"]


def test_m7_staff_select_see_and_release_what_goes_out(world: World, make_record: Make) -> None:
    def by_hand(page: Page) -> None:
        tick("Abholbereit")(page)
        page.get_by_label("Freigabe").select_option("hand")
        world.settled()

    world.write_rule("order", "status_changed_to", "Freigegeben", by_hand)
    for number in ("1001", "1002", "1003"):
        make_record(number, contact={"name": "Ada", "email": f"ada{number}@example.org", "consent": {"email": True}})
        make_record(number, status="ready")
    assert world.arrived() == []
    page = world.page
    page.goto("/outbox/release")
    for number in ("1001", "1003"):
        row = page.get_by_role("row", name=re.compile(number)).or_(page.get_by_role("listitem").filter(has_text=number))
        row.first.get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("senden")).first.click()
    expect(page.get_by_text("Freigegeben 1001", exact=True)).to_be_visible()
    expect(page.get_by_text("Freigegeben 1002", exact=True)).not_to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name=re.compile("senden")).last.click()
    world.settled()
    assert sorted(world.subjects()) == ["Freigegeben 1001", "Freigegeben 1003"]
