"""R11: an appointment travels as a calendar file, and later mails change or cancel that very entry."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from icalendar import Calendar

from core import settings
from emails import check, compose, enclosed, mime
from emails.compose import Composed, Unusable
from emails.models import Template
from records.models import Location, Record
from records.people import person
from tests.mailing import above_foot

AT = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
BODY = "Bis bald.\n\n{{ appointment.ics }}\n\nIhr Radhaus"
Shop = dict[str, Location]
Write = Callable[..., Composed]


@pytest.fixture
def written(shop: Shop, make_record: Callable[..., Record], ada: dict[str, Any]) -> Write:
    """The mail of a text about booking 77, after a change of it."""

    def write(body: str = BODY, language: str = "de", **state: Any) -> Composed:
        state = {"contact": ada | {"language": language}, **state}
        record = make_record("77", "bookings", **state)
        template = Template(id=1, name="x", texts={language: {"subject": "Ihr Termin", "body": body}})
        return compose.compose(template, record, person(record, "customer"), None)

    return write


def event(mail: Composed) -> Any:
    [file] = mail.files
    [found] = Calendar.from_ical(file.data).walk("VEVENT")
    return found


def test_r11_the_file_tells_when_where_and_with_whom(written: Write) -> None:
    mail = written(scheduled_at=AT, location="berlin")
    [file] = mail.files
    assert file.name == "appointment.ics" and file.sort == "text/calendar; charset=utf-8; method=PUBLISH"
    assert Calendar.from_ical(file.data)["method"] == "PUBLISH"
    found = event(mail)
    assert found["dtstart"].dt == AT and found["dtend"].dt == AT + timedelta(hours=1)
    assert b"DTSTART:20261125T093000Z\r\n" in file.data
    assert found["summary"] == "Radhaus Lindner: Termin zu Buchung 77"
    assert found["location"] == "Werkstatt Kreuzberg, Adalbertstraße 31, 10999 Berlin"
    assert found["organizer"] == "mailto:hallo@radhaus-lindner.example" and found["status"] == "CONFIRMED"
    assert max(map(len, file.data.split(b"\r\n"))) <= 75 and file.data.count(b"\n") == file.data.count(b"\r\n")
    assert event(written(language="en"))["summary"] == "Radhaus Lindner: appointment for Booking 77"


def test_r11_it_prints_nothing_and_leaves_no_gap(written: Write) -> None:
    mail = written(scheduled_at=AT)
    assert above_foot(mail) == "Bis bald.\n\nIhr Radhaus\n" and "appointment" not in mail.html
    assert "<p style=\"margin:0 0 16px\"></p>" not in mail.html


def test_r11_each_change_of_the_time_has_the_same_uid_and_a_higher_sequence(written: Write) -> None:
    first = event(written(scheduled_at=AT))
    same = event(written(status="confirmed"))
    second = event(written(scheduled_at=AT + timedelta(days=1)))
    third = event(written(scheduled_at=AT))
    assert first["uid"] == same["uid"] == second["uid"] == third["uid"] and first["uid"].endswith("@127.0.0.1")
    assert [found["sequence"] for found in (first, same, second, third)] == [0, 0, 1, 2]
    assert second["dtstart"].dt == AT + timedelta(days=1)


def test_r11_a_cancelled_record_cancels_the_entry_and_one_that_comes_back_publishes_it_again(written: Write) -> None:
    written(scheduled_at=AT)
    mail = written(status="cancelled")
    assert mail.files[0].sort.endswith("method=CANCEL") and Calendar.from_ical(mail.files[0].data)["method"] == "CANCEL"
    assert event(mail)["status"] == "CANCELLED" and event(mail)["sequence"] == 1 and event(mail)["dtstart"].dt == AT
    again = written(status="confirmed")
    assert again.files[0].sort.endswith("method=PUBLISH") and event(again)["sequence"] == 2


def test_r11_a_time_that_is_taken_back_cancels_the_entry(written: Write) -> None:
    written(scheduled_at=AT)
    mail = written(scheduled_at=None)
    assert mail.files[0].sort.endswith("method=CANCEL") and event(mail)["dtstart"].dt == AT and event(mail)["sequence"] == 1


def test_without_an_appointment_nothing_is_attached(written: Write) -> None:
    assert written(BODY + "{% if appointment.ics %}Termin{% endif %}").files == ()


def test_a_text_that_does_not_ask_for_it_has_no_file(written: Write) -> None:
    assert written("{% if record.open %}{{ appointment.ics }}{% endif %}Hallo", scheduled_at=AT).files == ()


@pytest.mark.parametrize(("said", "minutes"), [(30, 30), ("45", 45), (None, 60), ("long", 60), (0, 60), (10**9, 60)])
def test_the_field_duration_tells_how_long_it_takes(written: Write, said: Any, minutes: int) -> None:
    found = event(written(scheduled_at=AT, fields={"duration": said}))
    assert found["dtend"].dt - found["dtstart"].dt == timedelta(minutes=minutes)


@pytest.mark.parametrize("hostile", ["x\r\nATTENDEE:mailto:eve@example.org", "a;b,c\\n", 'L"indner', "END:VEVENT"])
def test_no_name_adds_a_line(written: Write, hostile: str) -> None:
    settings.put("company", {**settings.get("company"), "name": hostile})
    found = event(written(scheduled_at=AT))
    assert set(found) == {"SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "ORGANIZER", "STATUS"}


def test_the_same_mail_again_has_the_same_bytes(written: Write) -> None:
    assert written(scheduled_at=AT).files == written().files


def test_it_travels_behind_the_text(written: Write) -> None:
    mail = written(scheduled_at=AT)
    raw = mime.build(
        mail, to=("Ada", "ada@example.org"), sender=("", "a@b.example"), message_id="<a@b.example>", date=AT
    )
    message = message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "multipart/mixed"
    [attached] = message.iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_filename() == "appointment.ics" and attached["Content-Type"].params["method"] == "PUBLISH"
    assert attached.get_payload(decode=True) == mail.files[0].data


def test_files_too_large_are_refused_with_a_sentence(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosed, "LARGEST", 10)
    monkeypatch.setattr(compose, "LARGEST", 10)
    with pytest.raises(Unusable, match="angehängt"):
        written(scheduled_at=AT)


def test_it_cannot_stand_in_a_subject_or_behind_a_bar() -> None:
    for subject, body in (("{{ appointment.ics }}", "x"), ("x", "{{ termin.kalenderdatei | upcase }}")):
        assert check.text_faults({"subject": subject, "body": body}, "de", None)
