"""What an SMS says, what it takes, and what it never carries."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from emails import sms
from emails.compose import Unusable
from emails.grammar import Wrong
from emails.models import Template
from records.people import person

LINK = "https://status.example.org/s/8fKq2LwT0vXy5ZbN3cRmPd"
GERMAN = "{{ record.status }}: {{ record.number }}, {{ record.open }}. {{ customer.name }}: {{ link }}"


def template(**texts: str) -> Template:
    said = {language: {"subject": "", "body": "", "sms": text} for language, text in texts.items()}
    return Template(name="SMS", texts=said, updated_at=clock.now())


@pytest.mark.parametrize(("text", "expected"), [
    ("", ("gsm7", 0, 1, 160)),
    ("a" * 160, ("gsm7", 160, 1, 0)),
    ("a" * 161, ("gsm7", 161, 2, 145)),
    ("a" * 306, ("gsm7", 306, 2, 0)),
    ("a" * 307, ("gsm7", 307, 3, 152)),
    ("ÄÖÜßéñ@ΔΩ\n", ("gsm7", 10, 1, 150)),
    ("€[]{}^~|\\", ("gsm7", 18, 1, 142)),
    ("a" * 152 + "€" * 5, ("gsm7", 162, 2, 143)),  # the first € would be torn apart
    ("„" * 70, ("ucs2", 70, 1, 0)),
    ("„" * 71, ("ucs2", 71, 2, 63)),
    ("😀" * 35, ("ucs2", 70, 1, 0)),
    ("😀" * 36, ("ucs2", 72, 2, 61)),
    ("„" + "😀" * 67, ("ucs2", 135, 3, 65)),  # neither part can hold half an emoji
])
def test_parts_are_counted_as_networks_charge_for_them(text: str, expected: tuple[str, int, int, int]) -> None:
    counted = sms.count(text)
    assert (counted.encoding, counted.units, counted.segments, counted.left) == expected


def test_the_characters_that_cost_double_are_named_once_each() -> None:
    assert sms.count("„Ada“ – „Ben“ 😀").dear == ("„", "“", "–", "😀")
    assert sms.plain("„Ada’s Rad“ – fertig… 😀 ok\u00a0!") == '"Ada\'s Rad" - fertig... ok !'


@given(st.text(alphabet=[*"aÄß €\n", *sms.PLAIN, *sms.SPACES, "😀", "✅", "❤", "\ufe0f"], max_size=200))
def test_typographic_characters_never_cost_double_once_they_are_plain(text: str) -> None:
    assert sms.count(sms.plain(text)).encoding == "gsm7"


def test_it_speaks_the_readers_language_with_the_records_values(make_record: Any, ada: dict[str, Any], shop: Any) -> None:
    record = make_record("1001", contact={**ada, "language": "en"}, total="1129.90", status="ready")
    both = template(de=GERMAN, en="Ready: {{ order.number }}, {{ record.open }}, {{ link }}")
    said = sms.fill(both, record, person(record, "customer"), LINK)
    assert said == f"Ready: 1001, €1,129.90, {LINK}"
    assert sms.fill(template(de=GERMAN), record, person(record, "customer"), LINK).endswith(f" €. Ada Lovelace: {LINK}")


def test_amounts_do_not_make_it_cost_double(make_record: Any, shop: Any) -> None:
    record = make_record("1001", total="129.90", status="ready")
    said = sms.fill(template(de=GERMAN), record, person(record, "customer"), LINK)
    assert "129,90 €" in said and sms.count(said).encoding == "gsm7"


def test_without_a_text_for_an_sms_there_is_none(make_record: Any, shop: Any) -> None:
    record = make_record()
    mail = Template(name="Mail", texts={"de": {"subject": "Ja", "body": "Ja"}})
    with pytest.raises(Unusable):
        sms.fill(mail, record, person(record, "customer"), LINK)


def test_a_mail_is_never_composed_of_the_text_of_an_sms() -> None:
    one = Template(name="x", texts={"de": {"subject": "", "body": "", "sms": "S"}, "en": {"subject": "E", "body": "E"}})
    assert list(one.spoken("email")) == ["en"] and list(one.spoken("sms")) == ["de"] and one.text("de")["body"] == "E"


HOSTILE = (
    "https://evil.example/x", "www.evil.example", "evil.example", "Ada\r\nSTOP", "Ada\u202egnp", "{{ link }}",
    "Ada\x00\x1b[2J",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_bring_nothing_to_tap_on_and_no_new_line(make_record: Any, shop: Any, name: str) -> None:
    record = make_record()
    record.contact.name, record.items = name, [{"name": name, "quantity": 1}]
    source = "{{ customer.name }}|{% for item in record.items %}{{ item.name }}{% endfor %}|{{ record.fields.serial }}|"
    record.fields = {"serial": name}
    said = sms.fill(template(de=source), record, person(record, "customer"), LINK)
    assert "evil.example" not in said and LINK not in said and said.isprintable()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(name=st.text(max_size=300))
def test_whatever_somebody_is_called_it_stays_one_line_and_an_sms(make_record: Any, shop: Any, name: str) -> None:
    record = make_record()
    record.contact.name = name
    said = sms.fill(template(de="Hallo {{ customer.name }}: {{ link }}"), record, person(record, "customer"), LINK)
    assert said.endswith(f": {LINK}") and said.count("://") == 1 and "\n" not in said
    assert sms.count(said).segments <= sms.MOST


def test_our_own_addresses_stay(make_record: Any, shop: Any) -> None:
    record = make_record()
    said = sms.fill(template(de="Fragen? {{ company.email }}, {{ company.website }}"), record, None, None)
    assert said == "Fragen? hallo@radhaus-lindner.example, https://radhaus-lindner.example"


@pytest.mark.parametrize("key", ["record.items", "payment.qr", "appointment.ics", "page.file"])
def test_what_is_more_than_words_is_refused_with_its_place(key: str) -> None:
    with pytest.raises(Wrong) as refused:
        sms.check(f"Hallo\nund {{{{ {key} }}}}", None)
    assert (refused.value.line, refused.value.column) == (2, 5)


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(Wrong):
        sms.check("a" * (sms.LONGEST + 1), None)


def test_what_turns_out_too_long_is_not_sent(make_record: Any, shop: Any) -> None:
    with pytest.raises(Unusable):
        sms.fill(template(de="ä" * 1900), make_record(), None, LINK)
