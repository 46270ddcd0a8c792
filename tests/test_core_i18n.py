"""Languages: the reader's, the texts in it, and dates and money in its manner."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core import clock, i18n

BERLIN = ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 11, 20, 9, 52, tzinfo=UTC)
SPACE = "\u00a0"


@pytest.fixture(autouse=True)
def german() -> None:
    i18n.choose("de")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("en-US", "en"), ("fr", "en"), ("", "de"), (None, "de"), ("den", "en")],
)
def test_the_nearest_language_is_spoken(asked: str | None, spoken: str) -> None:
    assert i18n.nearest(asked) == spoken


def test_a_language_is_spoken_for_a_while_even_when_something_fails() -> None:
    with pytest.raises(RuntimeError), i18n.speaking("en"):
        assert i18n.current() == "en"
        raise RuntimeError
    assert i18n.current() == "de"


def test_an_unknown_text_stays_as_it_is() -> None:
    assert i18n.gettext("No such text %(x)s", x=1) == "No such text 1"
    assert i18n.gettext("100 % wool") == "100 % wool"


def test_an_empty_text_stays_empty_in_every_language() -> None:
    for language in i18n.LANGUAGES:
        with i18n.speaking(language):
            assert i18n.gettext("") == ""


def test_every_text_of_every_room_is_in_the_catalog() -> None:
    assert i18n.gettext("Today") == "Heute"
    with i18n.speaking("en"):
        assert i18n.gettext("Today") == "Today"


def test_words_are_picked_by_language_else_the_first() -> None:
    words = {"de": "Auftrag", "en": "Order"}
    assert i18n.pick(words) == "Auftrag"
    with i18n.speaking("en"):
        assert i18n.pick(words) == "Order"
        assert i18n.pick({"de": "Auftrag"}) == "Auftrag"
        assert i18n.pick({"de": "Auftrag", "en": ""}) == "Auftrag"
    assert i18n.pick({}) == ""


def test_moments_are_told_in_the_zone_asked_for() -> None:
    assert i18n.moment(FRIDAY, BERLIN) == f"Freitag, 20. November 2026, 10:52{SPACE}Uhr"
    with i18n.speaking("en"):
        assert i18n.moment(FRIDAY, BERLIN) == "Friday, 20 November 2026, 10:52"
        assert i18n.time(FRIDAY, ZoneInfo("America/New_York")) == "4:52"


def test_summer_time_is_known() -> None:
    assert i18n.time(datetime(2026, 7, 1, 8, 0, tzinfo=UTC), BERLIN) == f"10:00{SPACE}Uhr"


def test_money_is_told_in_the_language() -> None:
    assert i18n.money(Decimal("1129.9")) == f"1.129,90{SPACE}€"
    assert i18n.money("-5", "CHF").replace("\u2212", "-") == f"-5,00{SPACE}CHF"
    with i18n.speaking("en"):
        assert i18n.money(Decimal("1129.9")) == "€1,129.90"
        assert i18n.money("12", "XTS") == "XTS12.00" or i18n.money("12", "XTS").startswith("XTS")


def test_numbers_are_told_in_the_language() -> None:
    assert i18n.number("1047.5") == "1.047,5"
    with i18n.speaking("en"):
        assert i18n.number(1047) == "1,047"


def test_plurals_follow_the_number() -> None:
    with i18n.speaking("en"):
        assert [i18n.ngettext("%(n)s thing", "%(n)s things", n) for n in (0, 1, 2)] == ["0 things", "1 thing", "2 things"]


@pytest.mark.parametrize("name", ["", "Berlin", "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.zone(name)


def test_the_clock_is_aware() -> None:
    assert clock.now().tzinfo is UTC
    assert clock.zone("Europe/Berlin") == BERLIN
