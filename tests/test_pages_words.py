"""The parts a page is made of: its colours, opening hours, sums, and the course of a record."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import i18n
from core.i18n import speaking
from pages import colour, hours, words
from pages.snapshot import course
from records import kinds
from records.models import Kind

NIGHT = datetime(2026, 11, 16, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_any_colour_of_a_firm_stays_legible(firm: str) -> None:
    for scheme in colour.variables(firm).split("@media"):
        of = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{6})", scheme))
        for ground in ("paper", "sheet", "wash"):
            assert colour.contrast(of["firm"], of[ground]) >= colour.AA, (scheme, ground)
        assert colour.contrast(of["fill"], of["on-fill"]) >= colour.AA


@pytest.mark.parametrize("nonsense", ["", "red", "#12", "#1c5a44;}body{display:none", "javascript:"])
def test_a_colour_that_is_none_gives_the_house_its_own(nonsense: str) -> None:
    assert colour.variables(nonsense) == colour.variables(colour.HOUSE)


def test_a_colour_that_can_be_read_is_left_alone() -> None:
    assert "--firm:#1c5a44;" in colour.variables("#1C5A44")


MORNING, SPLIT = [["09:00", "13:00"]], [["09:00", "13:00"], ["14:00", "18:30"]]
WEEK = {day: SPLIT for day in ("mon", "tue", "wed", "thu", "fri")} | {"sat": [["10:00", "14:00"]]}


@pytest.mark.parametrize(
    ("language", "given", "said"),
    [
        ("de", WEEK, ["Mo bis Fr: 9 bis 13 und 14 bis 18:30 Uhr", "Samstag: 10 bis 14 Uhr", "Sonntag: geschlossen"]),
        ("en", WEEK, ["Mon to Fri: 9:00 to 13:00 and 14:00 to 18:30", "Saturday: 10:00 to 14:00", "Sunday: closed"]),
        ("de", {"mon": MORNING, "tue": MORNING}, ["Mo und Di: 9 bis 13 Uhr", "Mi bis So: geschlossen"]),
        ("de", {day: MORNING for day in hours.DAYS}, ["Mo bis So: 9 bis 13 Uhr"]),
        (
            "de",
            {"wed": [["00:00", "24:00"]]},
            ["Mo und Di: geschlossen", "Mittwoch: 0 bis 24 Uhr", "Do bis So: geschlossen"],
        ),
        ("de", {}, []),
        ("de", {"mon": []}, []),
    ],
)
def test_equal_days_are_said_together(language: str, given: dict[str, list[list[str]]], said: list[str]) -> None:
    with speaking(language):
        assert [f"{days}: {times}".replace("\u00a0", " ") for days, times in hours.said(given)] == said


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=2),
    st.sampled_from(["EUR", "USD", "CHF", "JPY", "KWD"]),
    st.sampled_from(["de", "en"]),
)
def test_sums_are_said_as_babel_says_them(amount: Decimal, currency: str, language: str) -> None:
    with speaking(language):
        assert words.money(amount, currency) == i18n.money(amount, currency)


def test_what_is_no_price_is_none() -> None:
    assert [words.amount(given) for given in ("12.50", 3, None, "", "oops", "NaN", "Infinity")] == [Decimal("12.50"), 3] + [
        None
    ] * 5


@pytest.fixture
def order() -> Kind:
    return Kind(**next(kind for kind in kinds.shipped() if kind["key"] == "order"))


def way(kind: Kind, *statuses: str) -> str:
    visits = [(status, NIGHT + n * DAY) for n, status in enumerate(statuses)]
    return " ".join(
        {"done": "✓", "here": "●", "ahead": "○"}[place] + label for label, place, at in course(kind, statuses[-1], visits)
    )


def test_the_course_shows_what_is_done_where_it_is_and_what_is_ahead(order: Kind) -> None:
    with speaking("en"):
        assert way(order, "new", "accepted") == "✓New ●Accepted ○In progress ○Ready ○Done"


def test_what_was_skipped_is_not_shown(order: Kind) -> None:
    with speaking("en"):
        assert way(order, "new", "ready") == "✓New ●Ready ○Done"


def test_a_detour_is_shown_while_it_lasts_and_afterwards_but_never_ahead(order: Kind) -> None:
    with speaking("en"):
        assert way(order, "in_progress", "waiting") == "✓In progress ●Waiting ○Ready ○Done"
        assert way(order, "in_progress", "waiting", "in_progress", "ready") == "✓In progress ✓Waiting ●Ready ○Done"


def test_a_step_back_is_ahead_again(order: Kind) -> None:
    with speaking("en"):
        assert way(order, "new", "ready", "in_progress") == "✓New ●In progress ○Ready ○Done"


def test_nothing_is_ahead_of_what_has_ended(order: Kind) -> None:
    with speaking("en"):
        assert way(order, "new", "ready", "done") == "✓New ✓Ready ●Done"
        assert way(order, "new", "cancelled") == "✓New ●Cancelled"
