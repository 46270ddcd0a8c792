"""F5: how an open amount is paid, as mails and pages say it."""

import base64
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from email import message_from_bytes, policy
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
import segno

from core import settings
from emails import check, compose, mime, preview
from emails.models import Template
from pages import payment
from records.models import Record
from records.people import person
from tests.mailing import above_foot

ACCOUNT = {
    "account_holder": "Radhaus Lindner GmbH", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX",
    "payment_reference": "Auftrag {{ record.number }}",
}
OPEN = {"status": "ready", "total": Decimal("129.90"), "due_at": datetime(2026, 12, 3, 11, tzinfo=UTC)}

CODE = "BCD\n002\n1\nSCT\nCOBADEFFXXX\nRadhaus Lindner GmbH\nDE89370400440532013000\nEUR129.90\n\n\nAuftrag 1047"


@pytest.fixture
def account(shop: Any) -> None:
    settings.put("company", {**settings.get("company"), **ACCOUNT})


@pytest.fixture
def written(make_record: Callable[..., Record], ada: dict[str, Any]) -> Callable[..., compose.Composed]:
    """The mail of a text about record 1047, which has an open amount unless it is told otherwise."""

    def write(body: str, language: str = "de", **state: Any) -> compose.Composed:
        record = make_record("1047", **{**OPEN, "contact": ada | {"language": language}, **state})
        template = Template(id=1, name="x", texts={language: {"subject": "s", "body": body}})
        return compose.compose(template, record, person(record, "customer"), None)

    return write


@pytest.mark.usefixtures("account")
def test_f5_amount_due_date_and_bank_details_are_placeholders(written: Callable[..., compose.Composed]) -> None:
    names = ("record.open", "payment.due", "company.account_holder", "company.iban", "company.bic", "payment.reference")
    mail = written("\n".join(f"{{{{ {name} }}}}" for name in names))
    said = above_foot(mail).replace("\u00a0", " ").splitlines()
    assert said == [
        "129,90 €", "3. Dezember 2026", "Radhaus Lindner GmbH", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "Auftrag 1047"
    ]


@pytest.mark.usefixtures("shop")
def test_without_an_account_nothing_is_said_of_it(written: Callable[..., compose.Composed]) -> None:
    mail = written("x{{ company.iban }}{{ company.bic }}{{ company.account_holder }}{{ payment.reference }}x")
    assert above_foot(mail) == "xx\n"


@pytest.mark.usefixtures("account")
def test_a_reference_is_one_line_whatever_a_field_holds(written: Callable[..., compose.Composed]) -> None:
    pattern = "{{ record.kind }} {{record.fields.bill}}, bitte"
    settings.put("company", {**settings.get("company"), "payment_reference": pattern})
    mail = written("{{ payment.reference }}", fields={"bill": "RE\n47 <b>\u202e"})
    assert above_foot(mail) == "Auftrag RE 47 <b>, bitte\n" and "<b>" not in mail.html


def pixels(picture: bytes) -> list[list[bool]]:
    """The dark pixels of a PNG of one bit a pixel, without filters."""
    wide, high, depth, colours = struct.unpack(">IIBB", picture[16:26])
    assert picture.startswith(b"\x89PNG\r\n\x1a\n") and (depth, colours) == (1, 0)
    start, rows = 33, b""
    while start < len(picture):
        length, name = struct.unpack(">I4s", picture[start : start + 8])
        data = picture[start + 8 : start + 8 + length]
        assert zlib.crc32(name + data) == struct.unpack(">I", picture[start + 8 + length : start + 12 + length])[0]
        rows += zlib.decompress(data) if name == b"IDAT" else b""
        start += length + 12
    line = 1 + (wide + 7) // 8
    assert len(rows) == line * high and all(rows[top * line] == 0 for top in range(high))
    return [
        [not rows[top * line + 1 + left // 8] >> (7 - left % 8) & 1 for left in range(wide)] for top in range(high)
    ]


def modules(picture: bytes) -> list[list[bool]]:
    """The code's modules; each is four pixels wide and high, with four modules of white around."""
    seen = pixels(picture)
    assert all(seen[top][left] == seen[top // 4 * 4][left // 4 * 4] for top in range(len(seen)) for left in range(len(seen)))
    small = [line[::4] for line in seen[::4]]
    inner = [line[4:-4] for line in small[4:-4]]
    assert sum(map(sum, small)) == sum(map(sum, inner))
    return inner


def expected(text: str) -> list[list[bool]]:
    made = segno.make(text, error="m", boost_error=False, micro=False, mode="byte", encoding="utf-8", mask=payment.MASK)
    return [[bool(module) for module in row] for row in made.matrix]


@pytest.mark.usefixtures("account")
def test_f5_the_code_says_exactly_what_the_standard_asks_for(written: Callable[..., compose.Composed]) -> None:
    """Compared with segno's own matrix of the expected text; cv2 reads it as a phone would, where it is installed."""
    mail = written("{{ payment.qr }}")
    [code] = mail.pictures
    assert code.name == "payment" and code.subtype == "png" and len(code.data) < 1500
    assert modules(code.data) == expected(CODE)
    if find_spec("cv2"):
        cv2, numpy = import_module("cv2"), import_module("numpy")
        seen = cv2.imdecode(numpy.frombuffer(code.data, numpy.uint8), cv2.IMREAD_COLOR)
        assert cv2.QRCodeDetector().detectAndDecode(seen)[0] == CODE


@pytest.mark.usefixtures("account")
def test_f5_the_html_shows_the_code_and_both_parts_the_bank_details(written: Callable[..., compose.Composed]) -> None:
    mail = written("Bitte zahlen Sie:\n\n{{ payment.qr }}\n\nDanke.")
    assert mail.html.count('src="cid:payment"') == 1 and "DE89 3704 0044 0532 0130 00" in mail.html
    assert above_foot(mail).replace("\u00a0", " ") == (
        "Bitte zahlen Sie:\n\nEmpfänger: Radhaus Lindner GmbH\nIBAN: DE89 3704 0044 0532 0130 00\nBIC: COBADEFFXXX\n"
        "Betrag: 129,90 €\nVerwendungszweck: Auftrag 1047\nZu zahlen bis: 3. Dezember 2026\n\nDanke.\n"
    )
    english = written("{{ payment.qr }}", language="en")
    assert "Payee: Radhaus Lindner GmbH" in english.text and "€129.90" in english.text


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(
    "state",
    [
        {"currency": "CHF"}, {"total": None}, {"total": Decimal(0)}, {"total": Decimal("-5")}, {"status": "cancelled"},
        {"total": Decimal("1000000000.00")}, {"paid_at": datetime(2026, 11, 1, tzinfo=UTC)},
    ],
)
def test_where_no_euros_are_open_the_block_is_empty(written: Callable[..., compose.Composed], state: dict[str, Any]) -> None:
    mail = written("Vorher\n\n{{ payment.qr }}\n\n{% if payment.qr %}zahlen{% endif %}", **state)
    assert mail.pictures == () and "cid:" not in mail.html and "IBAN" not in mail.html and above_foot(mail) == "Vorher\n"


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("total", ["0.01", "999999999.99"])
def test_the_least_and_the_most_have_a_code(written: Callable[..., compose.Composed], total: str) -> None:
    [code] = written("{{ payment.qr }}", total=Decimal(total)).pictures
    assert modules(code.data) == expected(CODE.replace("129.90", total))


@pytest.mark.usefixtures("account")
def test_a_reference_too_long_for_a_code_is_not_cut(written: Callable[..., compose.Composed]) -> None:
    settings.put("company", {**settings.get("company"), "payment_reference": "{{ record.fields.bill }}"})
    assert written("{{ payment.qr }}", fields={"bill": "7" * 140}).pictures
    assert not written("{{ payment.qr }}", fields={"bill": "7" * 141}).pictures
    assert not written("{{ payment.qr }}", fields={"bill": "語" * 100}).pictures


@pytest.mark.usefixtures("account")
def test_nothing_is_drawn_for_a_text_that_does_not_show_it(
    written: Callable[..., compose.Composed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payment, "_picture", lambda text: pytest.fail("drawn"))
    assert written("{% if payment.qr %}IBAN {{ company.iban }}{% endif %}").pictures == ()


@pytest.mark.parametrize(
    ("field", "source"),
    [
        ("body", "Code: {{ payment.qr }}"), ("body", "a\n{{ payment.qr }}"), ("body", "- {{ payment.qr }}"),
        ("body", "> {{ payment.qr }}"), ("body", "{% if link %}a {{ payment.qr }}{% endif %}"),
        ("body", "{{ payment.qr | upcase }}"), ("body", "[x]({{ payment.qr }})"), ("subject", "{{ payment.qr }}"),
    ],
)
def test_the_block_stands_alone(field: str, source: str) -> None:
    texts = {"subject": "s", "body": "b"} | {field: source}
    assert [finding.field for finding in check.text_faults(texts, "de", None)] == [field]


def test_the_block_may_stand_in_a_condition() -> None:
    body = "{% if record.open %}\n\nBitte zahlen Sie:\n\n{{ payment.qr }}\n\n{% endif %}"
    assert check.text_faults({"subject": "s", "body": body}, "de", None) == []


@pytest.mark.usefixtures("account")
def test_previews_show_the_code_as_an_address_of_its_own(written: Callable[..., compose.Composed]) -> None:
    mail = written("{{ payment.qr }}")
    shown = preview.document(mail)
    assert "cid:" not in shown and f'src="{mail.pictures[0].url}"' in shown
    assert base64.b64decode(mail.pictures[0].url.partition(",")[2]) == mail.pictures[0].data


@pytest.mark.usefixtures("account")
def test_f5_the_finished_mail_read_back_holds_the_code_its_html_shows(written: Callable[..., compose.Composed]) -> None:
    raw = mime.build(
        written("{{ payment.qr }}"), to=("Ada", "ada@example.org"), sender=("", "a@b.example"),
        message_id="<a@b.example>", date=datetime(2026, 11, 22, tzinfo=UTC),
    )
    message = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"
    ]
    [picture] = [part for part in message.walk() if part["Content-ID"]]
    shown = [part.get_content() for part in message.walk() if part.get_content_type() == "text/html"][0]
    assert picture["Content-ID"] == "<payment>" and 'src="cid:payment"' in shown
    assert modules(picture.get_content()) == expected(CODE)
