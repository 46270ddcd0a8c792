"""The envelope: every byte as the standards want it, and nothing in it that was not meant."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emails import mime
from emails.compose import Composed
from emails.enclosed import File, Picture

MAIL = Composed(
    "Auftrag 1047", "<p>Größe &amp; Maß</p>\n" + "x" * 3000, "Größe.\n.\n..zwei\n\nvon hier \t\nLeerzeichen \n", "de"
)
GIVEN = {
    "to": ("Ada Lovelace", "ada@example.org"),
    "sender": ("Radhaus Lindner", "werkstatt@radhaus.example"),
    "message_id": "<abc.1@status.example>",
    "date": datetime(2026, 11, 20, 10, 0, tzinfo=UTC),
}
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]


def read(raw: bytes):
    return message_from_bytes(raw, policy=policy.default)


def with_subject(subject: str) -> Composed:
    return Composed(subject, "<p>x</p>", "x\n", "de")


def test_it_is_read_back_as_it_was_meant():
    message = read(mime.build(MAIL, **GIVEN))
    assert list(message.keys()) == HEADERS
    assert message["Subject"] == "Auftrag 1047"
    assert message["From"].addresses[0].addr_spec == "werkstatt@radhaus.example"
    assert message["To"].addresses[0].display_name == "Ada Lovelace"
    assert message["Message-ID"] == "<abc.1@status.example>"
    assert message["Date"].datetime == GIVEN["date"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == MAIL.text
    assert message.get_body(("html",)).get_content().replace("\r\n", "\n") == MAIL.html
    assert not any(part.defects for part in message.walk())


def test_the_same_message_gives_the_same_bytes():
    assert mime.build(MAIL, **GIVEN) == mime.build(MAIL, **GIVEN)
    assert mime.build(MAIL, **GIVEN) != mime.build(MAIL, **{**GIVEN, "message_id": "<abc.2@status.example>"})


def test_lines_are_short_ascii_and_end_in_crlf():
    raw = mime.build(with_subject("Ä" * 240), **{**GIVEN, "to": ("Ö" * 100, "ada@example.org")})
    raw += mime.build(MAIL, **GIVEN)
    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 76


def test_a_logo_is_related_to_the_html():
    mail = Composed("S", '<img src="cid:logo">', "x\n", "de", (Picture("logo", "png", bytes(range(256)) * 9),))
    message = read(mime.build(mail, **GIVEN))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    picture = [*message.walk()][-1]
    assert picture["Content-ID"] == "<logo>" and picture.get_content() == bytes(range(256)) * 9


def test_several_pictures_are_related_to_the_html():
    pictures = (Picture("logo", "jpeg", b"logo" * 99), Picture("payment", "png", b"code" * 99))
    raw = mime.build(Composed("S", '<img src="cid:logo"><img src="cid:payment">', "x\n", "de", pictures), **GIVEN)
    message = read(raw)
    assert list(message.keys()) == HEADERS
    assert [(part.get_content_type(), part["Content-ID"]) for part in message.walk()][3:] == [
        ("text/html", None), ("image/jpeg", "<logo>"), ("image/png", "<payment>")
    ]
    assert [part.get_content() for part in message.walk() if part["Content-ID"]] == [b"logo" * 99, b"code" * 99]
    assert not any(part.defects for part in message.walk()) and max(map(len, raw.split(b"\r\n"))) <= 76


CALENDAR = File("appointment.ics", "text/calendar; charset=utf-8; method=PUBLISH", b"BEGIN:VCALENDAR\r\n" * 40)


def test_files_stand_behind_text_and_html():
    page = File("Status 1001.html", "text/html; charset=utf-8", "<p>Größe</p>".encode())
    raw = mime.build(Composed("S", "<p>x</p>", "x\n", "de", (Picture("logo", "png", b"x"),), (CALENDAR, page)), **GIVEN)
    message = read(raw)
    assert list(message.keys()) == HEADERS
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
        "text/calendar", "text/html",
    ]
    assert [(part.get_filename(), part.get_payload(decode=True)) for part in message.iter_attachments()] == [
        ("appointment.ics", CALENDAR.data), ("Status 1001.html", page.data)
    ]
    assert message.get_body(("html",)).get_content().strip() == "<p>x</p>"
    assert [list(part.keys()) for part in message.iter_attachments()] == [
        ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]
    ] * 2
    assert not any(part.defects for part in message.walk())
    assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 76 and raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ('a".ics', "text/calendar"), ("a\r\nBcc: e@x", "text/calendar"), ("../a", "text/calendar"), ("", "text/calendar"),
        ("ä.ics", "text/calendar"), ("a.ics", "text/calendar\r\nX: y"), ("a.ics", 'text/calendar; name="b"'), ("a.ics", ""),
    ],
)
def test_a_file_that_would_say_more_than_its_name_is_refused(name, sort):
    with pytest.raises(mime.Refused):
        mime.build(Composed("S", "<p>x</p>", "x\n", "de", (), (File(name, sort, b"x"),)), **GIVEN)


def test_reply_to_is_there_when_it_is_wanted():
    message = read(mime.build(MAIL, **GIVEN, reply_to=("", "hallo@radhaus.example")))
    assert message["Reply-To"].addresses[0].addr_spec == "hallo@radhaus.example"


def test_an_umlaut_domain_is_written_in_ascii():
    message = read(mime.build(MAIL, **{**GIVEN, "to": ("", "ada@exämple.org")}))
    assert message["To"] == "ada@xn--exmple-cua.org"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "a@example.org,b@example.org",
        "a@example.org b@example.org",
        "a@example.org;b@example.org",
        "ada@example.org\r\nBcc: eve@example.org",
        "<ada@example.org>",
        "Ada <ada@example.org>",
        "ädä@example.org",
        "a@b@c.org",
        "a..b@example.org",
        "a@-x.org",
        "a@" + "x" * 300 + ".org",
        "a" * 65 + "@example.org",
        "a@exa mple.org",
        "a@exam\u202eple.org",
        "a@[127.0.0.1]",
        "a@example.org.",
    ],
)
def test_what_is_not_one_address_is_refused(address):
    with pytest.raises(mime.Refused):
        mime.build(MAIL, **{**GIVEN, "to": ("Ada", address)})


@pytest.mark.parametrize("message_id", ["abc@x", "<a b@x>", "<abc@x>\r\nBcc: e@x", "<abc>", "", "<a@b><c@d>"])
def test_what_is_not_a_message_id_is_refused(message_id):
    with pytest.raises(mime.Refused):
        mime.build(MAIL, **{**GIVEN, "message_id": message_id})


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@example.org", "a\nb", "a\rb", "a\r\n\r\n<html>", "\r\n x"])
def test_a_subject_of_several_lines_is_refused(subject):
    with pytest.raises(mime.Refused):
        mime.build(with_subject(subject), **GIVEN)


@pytest.mark.parametrize("word", ["ready", "a" * 90, "größer", "x?="])
def test_a_long_subject_is_folded_and_read_back_whole(word):
    subject = f"Order 1047: your bicycle is {word} and can be collected from our workshop in Kreuzberg today, {word}"
    message = read(mime.build(with_subject(subject), **GIVEN))
    assert message["Subject"] == subject and list(message.keys()) == HEADERS


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?a=0d=0aBcc:_eve@example.org?=",
        "Ada\r\nBcc: eve@example.org",
        "https://evil.example Ada",
        "Eve <eve@evil.example>",
    ],
)
def test_a_display_name_cannot_become_anything_else(name):
    message = read(mime.build(MAIL, **{**GIVEN, "to": (name, "ada@example.org")}))
    assert list(message.keys()) == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@example.org"]
    assert "evil.example" not in str(message["To"])


@pytest.mark.parametrize(
    "name", ["Lovelace, Ada", 'Ada "Byron" King', "Ada (King)", "O’Brien", "Müller; Söhne", "Ada\\King", "A. King", "小林"]
)
def test_a_display_name_survives(name):
    message = read(mime.build(MAIL, **{**GIVEN, "to": (name, "ada@example.org")}))
    assert message["To"].addresses[0].display_name == name


@settings(max_examples=150, deadline=None)
@given(name=st.text(max_size=80), subject=st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=120))
def test_no_name_and_no_subject_adds_a_header(name, subject):
    subject = " ".join(subject.split()).replace("=?", "= ?")
    message = read(mime.build(with_subject(subject), **{**GIVEN, "to": (name, "ada@example.org")}))
    assert list(message.keys()) == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["ada@example.org"]
    assert message["Subject"] == subject
    assert not message["To"].defects
