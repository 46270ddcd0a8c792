"""M1: the status page as a file, attached to a mail."""

from collections.abc import Callable
from email import message_from_bytes, policy

import pytest
from flask.testing import FlaskClient

from core import clock, journal
from emails import compose, mime, preview, samples
from emails.drafts import Draft
from emails.models import Template
from pages import documents, publish
from records.models import Record
from records.people import person
from tests.mailing import above_foot

BODY = "Anbei der Stand.\n\n{{ page.file }}"


def mail_of(record: Record, body: str = BODY) -> compose.Composed:
    template = Template(id=1, name="x", texts={"de": {"subject": "Stand", "body": body}})
    return compose.compose(template, record, person(record, "customer"), None)


@pytest.mark.usefixtures("shop")
def test_m1_the_page_as_it_lies_on_disk_is_attached(make_record: Callable[..., Record]) -> None:
    record = make_record("1001", status="ready")
    journal.read([publish.read])
    kept = publish.newest(record.id)
    [file] = mail_of(record).files
    assert file.name == "Status 1001.html" and kept and kept.path and file.data == kept.path.read_bytes()
    assert b"Ihr Auftrag" in file.data and len(file.data) < 60_000


@pytest.mark.usefixtures("shop")
def test_m1_the_finished_mail_carries_it_and_says_nothing_of_it(make_record: Callable[..., Record]) -> None:
    mail = mail_of(make_record("1001", status="ready"))
    raw = mime.build(
        mail, to=("", "ada@example.org"), sender=("", "a@b.example"), message_id="<a@b.example>", date=clock.now()
    )
    message = message_from_bytes(raw, policy=policy.default)
    [attached] = message.iter_attachments()  # type: ignore[attr-defined]
    assert attached.get_content_type() == "text/html" and attached.get_filename() == "Status 1001.html"
    assert attached.get_payload(decode=True) == mail.files[0].data and above_foot(mail) == "Anbei der Stand.\n"


@pytest.mark.parametrize(
    ("number", "name"),
    [("RE/2026-47", "RE-2026-47"), ('a"; x="b', "a-x-b"), ("../../etc", "etc"), ("№", "1"), ("7" * 64, "7" * 40)],
)
@pytest.mark.usefixtures("shop")
def test_a_number_becomes_a_name_that_every_system_takes(make_record: Callable[..., Record], number: str, name: str) -> None:
    mail = mail_of(make_record(number, status="ready"))
    assert mail.files[0].name == f"Status {name}.html"
    assert mime.FILE_NAME.fullmatch(mail.files[0].name)


@pytest.mark.usefixtures("shop")
def test_an_example_has_no_page_yet() -> None:
    texts = {language: {"subject": "s", "body": BODY, "sms": ""} for language in ("de", "en")}
    draft = Draft("x", samples.any_kind(), texts)
    assert preview.shown(draft, "de", {"record": "example"})["mail"].files == ()


@pytest.mark.usefixtures("shop")
def test_m1_what_is_linked_attached_and_saved_by_hand_are_the_same_bytes(
    make_record: Callable[..., Record], clerk: FlaskClient
) -> None:
    record = make_record("RE/1047", status="ready", location="berlin")
    journal.read([publish.read])
    saved = clerk.get(f"/pages/file/{record.id}")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="Status RE-1047.html"'
    assert saved.headers["Content-Type"] == "text/html; charset=utf-8" and saved.headers["Cache-Control"] == "no-store"
    assert saved.data == mail_of(record).files[0].data == clerk.get(f"/pages/for/{record.id}").data
    documents.add(record, "Rechnung.pdf", b"%PDF-1.7 ", "user:1")
    journal.read([publish.read])
    saved, shown = clerk.get(f"/pages/file/{record.id}"), clerk.get(f"/pages/for/{record.id}")
    assert saved.data == mail_of(record).files[0].data
    assert "Rechnung" in saved.text and "?document=" in shown.text and "?document=" not in saved.text


def test_there_is_no_file_of_an_unknown_record(clerk: FlaskClient) -> None:
    assert clerk.get("/pages/file/999").status_code == 404
