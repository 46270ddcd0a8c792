"""What a mail says: in both languages, with whatever a customer calls himself."""

import base64
import re
import struct
import zlib
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import settings as house_settings
from emails import compose, plain
from emails.layouts import frame, kept
from emails.models import Template
from records.people import person
from tests.mailing import above_foot

LINK = "https://status.example.org/s/8fKq2LwT0vXy5ZbN3cRmPd"
EXPIRES = datetime(2026, 12, 20, 12, tzinfo=UTC)
BODY = {
    "de": """# Ihr Rad

{{ greeting }}

{{ record.sentence }}

[Status ansehen]({{ link }})

{{ record.items }}

Bis {{ link.expires }}.""",
    "en": """# Your bike

{{ greeting }}

{{ record.sentence }}

[See the status]({{ link }})

{{ record.items }}

Until {{ link.expires }}.""",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "<b>Ada</b>",
    "**Ada** [x](https://evil.example)",
    "</mj-text><mj-raw>x",
    "{{ record.total }}",
    "{% for %}",
    "https://evil.example/x",
    "www.evil.example",
    "evil.example",
    "javascript:alert(1)",
    "Ada\r\nBcc: eve@example.org",
    "=?utf-8?q?Ada?=",
    "\"'><img src=x onerror=alert(1)>",
    "Ada\u202egnp.exe",
    "zq0123456789abx0z",
    "&#123;&#123; link &#125;&#125;",
    "a" * 5000,
    "\x00\x1b[31m",
]


def template(**texts: dict[str, str]) -> Template:
    return Template(id=1, name="x", texts=texts)


def status(language: str = "de", subject: str = "{{ record.kind }} {{ record.number }}") -> Template:
    return template(**{language: {"subject": subject, "body": BODY[language]}})


def composed(make_record, source: Template, link: str | None = LINK, **state) -> compose.Composed:
    record = make_record("1047", status="ready", **state)
    return compose.compose(source, record, person(record, "customer"), link, EXPIRES)


def body(source: str) -> Template:
    return template(de={"subject": "S", "body": source})


def test_a_german_mail(shop, make_record):
    mail = composed(
        make_record, status(), items=[{"name": "Display", "quantity": 2, "price": "20.00"}], total=Decimal("40.00")
    )
    assert mail.subject == "Auftrag 1047"
    assert mail.language == "de"
    assert above_foot(mail) == (
        "Ihr Rad\n\nGuten Tag Ada Lovelace,\n\nIhr Auftrag ist abholbereit.\n\n"
        f"Status ansehen:\n{LINK}\n\n2 × Display (20,00\u00a0€): 40,00\u00a0€\nSumme: 40,00\u00a0€\n\n"
        "Bis 20.\u00a0Dezember 2026.\n"
    )
    assert f'href="{LINK}"' in mail.html
    assert "Anlass dieser Nachricht: Auftrag 1047." in mail.html
    assert "Radhaus Lindner GmbH" in mail.html and "Impressum" in mail.html


def test_an_english_mail(shop, make_record, ada):
    mail = composed(
        make_record,
        status("en"),
        contact={**ada, "language": "en"},
        items=[{"name": "Display", "quantity": 1, "price": "20.00"}],
    )
    assert mail.subject == "Order 1047"
    assert "Hello Ada Lovelace," in mail.text and "€20.00" in mail.text and "Until 20\u00a0December 2026." in mail.text
    assert 'lang="en"' in mail.html and "Legal notice" in mail.html


def test_a_language_that_is_missing_is_replaced_by_the_company_s(shop, make_record, ada):
    assert composed(make_record, status("de"), contact={**ada, "language": "en"}).language == "de"


def test_nobody_s_name_makes_a_plain_greeting(shop, make_record, ada):
    assert "Guten Tag,\n" in composed(make_record, status(), contact={**ada, "name": ""}).text


def test_the_link_stands_on_a_line_of_its_own(shop, make_record):
    for source in (
        "[Hier]({{ link }})",
        "Sehen Sie [hier]({{ link }}) nach, bitte.",
        "Der Link {{ link }} gilt.",
        "{{ link }}",
        "- [a]({{ link }})",
    ):
        mail = composed(make_record, body(source))
        assert LINK in [line.strip() for line in mail.text.split("\n")]
        assert f'href="{LINK}"' in mail.html


def test_without_a_link_nothing_leads_nowhere(shop, make_record):
    mail = composed(
        make_record, body("A\n\n[Status]({{ link }})\n\nSehen Sie [hier]({{ link }}) nach.\n\n{{ link }}"), link=None
    )
    assert 'href=""' not in mail.html and "Status" not in mail.text
    assert above_foot(mail) == "A\n\nSehen Sie hier nach.\n"


def test_a_lone_link_is_a_button_and_others_are_not(shop, make_record):
    assert 'class="go"' in composed(make_record, body("[Los](https://example.org)")).html
    assert 'class="go"' not in composed(make_record, body("Bitte [los](https://example.org)")).html


def test_a_condition_shows_its_paragraph_only_when_it_holds(shop, make_record):
    source = body(
        "{% if record.open %}\nOffen: **{{ record.open }}**\n\n[Zahlen]({{ company.website }})\n"
        "{% else %}\nBezahlt\n{% endif %}"
    )
    assert "Bezahlt" in composed(make_record, source).text
    owing = composed(make_record, source, total=Decimal("12.50"))
    assert (
        "Offen: 12,50\u00a0€" in owing.text
        and "Bezahlt" not in owing.html
        and "https://radhaus-lindner.example" in owing.html
    )


def test_a_loop_writes_the_lines_of_one_list(shop, make_record):
    source = body("- vorher\n{% for item in record.items %}\n- {{ item.name }}\n{% endfor %}\n- nachher")
    mail = composed(
        make_record,
        source,
        items=[{"name": "A", "quantity": 1, "price": "1.00"}, {"name": "B", "quantity": 1, "price": "1.00"}],
    )
    assert above_foot(mail) == "– vorher\n– A\n– B\n– nachher\n"
    assert mail.html.count("<ul") == 1 and mail.html.count("<li") == 4


def test_times_are_told_in_the_zone_of_the_location(shop, make_record):
    at = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    said = above_foot(composed(make_record, body("{{ record.scheduled_at }}"), scheduled_at=at, location="berlin"))
    assert said == "Dienstag, 24.\u00a0November 2026, 16:30\u00a0Uhr\n"


def test_braces_that_are_only_text_stay_text(shop, make_record):
    mail = composed(make_record, body("&#123;&#123; record.number }} \\{\\{ x }} {&#37; if %}"))
    assert above_foot(mail).strip() == "{{ record.number }} {{ x }} {% if %}"


def test_raw_html_and_pictures_stay_text(shop, make_record):
    mail = composed(make_record, body("<script>x</script> <img src=x> ![a](https://example.org/p.png)\n\n<div>\n\n<mj-raw>"))
    assert "<script" not in mail.html and 'p.png"' not in mail.html and "<mj-raw" not in mail.html
    assert "&lt;script&gt;" in mail.html
    assert "<img" not in mail.html


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_words(shop, make_record, ada, name):
    source = template(
        de={
            "subject": "{{ customer.name }}: {{ record.items.size }} {{ record.fields.serial }}",
            "body": "{{ greeting }} {{ customer.name }} **{{ record.fields.serial }}**\n\n{{ record.items }}\n\n{{ link }}",
        }
    )
    record = make_record("1047", contact={**ada, "name": "Ada"})
    record.contact.name, record.fields = name, {"serial": name}
    record.items = [{"name": name, "quantity": 1, "price": "1.00"}]
    mail = compose.compose(source, record, person(record, "customer"), LINK, EXPIRES)
    innocent = compose.compose(source, make_record("1048", contact=ada), None, LINK, EXPIRES)
    assert set(re.findall(r"<[a-z-]+", mail.html)) <= set(re.findall(r"<[a-z-]+", innocent.html)) | {"<tr", "<td", "<br"}
    assert set(re.findall(r'href="([^"]*)"', mail.html)) <= set(re.findall(r'href="([^"]*)"', innocent.html))
    assert not re.search(r"https?:|www\.|evil\.example|=\?|[\x00-\x1f\x7f\u202e]", mail.subject)
    assert "evil.example" not in mail.text.replace(name, "")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", mail.text + mail.html)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_name_leaves_subject_and_text_on_their_lines(shop, make_record, name):
    record = make_record("1047", status="ready")
    record.contact.name = name
    mail = compose.compose(status(subject="An {{ customer.name }}"), record, person(record, "customer"), LINK, EXPIRES)
    assert "\n" not in mail.subject and "\r" not in mail.subject and "=?" not in mail.subject
    assert mail.text.split("\n")[4].startswith("Guten Tag") or mail.text.split("\n")[2].startswith("Guten Tag")


def test_a_text_is_compiled_once_for_each_company(shop, make_record, monkeypatch):
    calls = []
    original = compose.compile_text
    monkeypatch.setattr(compose, "compile_text", lambda *given: calls.append(given[1]) or original(*given))
    compose._shelf.clear()
    one = status()
    for _ in range(3):
        composed(make_record, one)
    assert len(calls) == 1
    house_settings.put("company", {**house_settings.get("company"), "name": "Radhaus Neu"})
    assert "Radhaus Neu" in composed(make_record, one).html
    assert len(calls) == 2


def test_r5_mjml_runs_once_for_a_layout_whatever_texts_wear_it(shop, make_record, monkeypatch):
    calls = []
    original = frame.mjml.mjml2html
    monkeypatch.setattr(frame.mjml, "mjml2html", lambda *given, **more: calls.append(1) or original(*given, **more))
    kept._shipped.cache_clear()
    for n in range(3):
        composed(make_record, status(subject=f"Version {n}"))
    assert len(calls) == 1


def test_another_text_under_a_known_id_is_another_mail(shop, make_record):
    """SQLite gives the id of a deleted template away again."""
    assert composed(make_record, status(subject="Eins")).subject == "Eins"
    assert composed(make_record, status(subject="Zwei")).subject == "Zwei"


def test_a_broken_template_is_unusable_not_a_crash(shop, make_record):
    with pytest.raises(compose.Unusable):
        composed(make_record, body("{{ nothing }}"))
    with pytest.raises(compose.Unusable):
        composed(make_record, Template(id=9, version=1, name="x", texts={}))


def test_endless_items_are_cut_off(shop, make_record):
    record = make_record("1047")
    record.items = [{"name": "x" * 100, "quantity": 1, "price": "1.00"}] * 20_000
    with pytest.raises(compose.Unusable):
        compose.compose(body("{% for item in record.items %}{{ item.name }}{% endfor %}"), record, None, LINK)


def png(wide: int, high: int) -> str:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * (wide + 1) * high)) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(data).decode()


def test_a_logo_goes_along_and_keeps_its_shape(shop, make_record):
    house_settings.put("company", {**house_settings.get("company"), "logo": png(400, 100)})
    mail = composed(make_record, status())
    assert [picture.name for picture in mail.pictures] == ["logo"] and 'width="192"' in mail.html
    assert 'src="cid:logo"' in mail.html and "data:" not in mail.html and 'alt="Radhaus Lindner"' in mail.html


@pytest.mark.parametrize(
    "logo", ["data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,AAAA", "data:image/jpeg;base64,/9g=", "x"]
)
def test_a_picture_that_mails_cannot_show_is_replaced_by_the_name(shop, make_record, logo):
    house_settings.put("company", {**house_settings.get("company"), "logo": logo})
    mail = composed(make_record, status())
    assert mail.pictures == () and "cid:" not in mail.html


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#ffee00", "red;}", "#1c5a44", ""])
def test_any_colour_gives_legible_letters(shop, make_record, colour):
    house_settings.put("company", {**house_settings.get("company"), "colour": colour})
    assert "red;}" not in composed(make_record, status()).html


def test_the_company_s_own_words_are_escaped(shop, make_record):
    house_settings.put(
        "company", {**house_settings.get("company"), "name": "A & <B> {{ x }}", "footer": {"de": "<i> & {{ y }}"}}
    )
    mail = composed(make_record, status())
    assert "A &amp; &lt;B&gt; {{ x }}" in mail.html and "&lt;i&gt; &amp; {{ y }}" in mail.html


def test_tidy_leaves_no_empty_lines_in_a_row():
    assert plain.tidy("a  \n\n\n\nb\n\n") == "a\n\nb\n"
