"""When a location is open (R7, R9): its week in its own zone, holidays, own closing days, both clock changes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from holidays.countries.germany import Germany
from hypothesis import given, settings
from hypothesis import strategies as st

from core import i18n
from records import closures, hours, locations
from records.models import Location
from records.openings import AHEAD, BACK, days_off, is_open, keeper, last_open, next_open
from tests.conftest import HOURS

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ROUND_THE_CLOCK = {day: [["00:00", "24:00"]] for day in hours.DAYS}
Spans = list[list[str]]


def place(**given: Any) -> Location:
    return Location(**({"hours": HOURS} | given))


def local(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


JUMPS = [utc(text) for text in (  # when the clocks change in Berlin, Cairo and on Lord Howe
    "2026-03-29 01:00", "2026-10-25 01:00", "2026-04-23 22:00", "2026-10-29 21:00", "2026-04-04 15:00", "2026-10-03 15:30",
)]


@pytest.mark.parametrize(("at", "opens"), [
    ("2026-11-20 08:59", "2026-11-20 09:00"), ("2026-11-20 12:59", "2026-11-20 12:59"),
    ("2026-11-20 13:00", "2026-11-20 14:00"), ("2026-11-20 18:30", "2026-11-21 10:00"),
    ("2026-11-21 14:00", "2026-11-23 09:00"), ("2026-11-22 12:00", "2026-11-23 09:00"),
])
def test_r7_outside_the_hours_the_next_opening_counts(at: str, opens: str) -> None:
    assert next_open(place(), local(at)) == local(opens)
    assert is_open(place(), local(at)) is (at == opens)


@pytest.mark.parametrize(("at", "last"), [
    ("2026-11-20 12:59", "2026-11-20 12:59"), ("2026-11-20 13:30", "2026-11-20 12:59"),
    ("2026-11-23 08:59", "2026-11-21 13:59"), ("2026-11-20 09:00", "2026-11-20 09:00"),
])
def test_r7_the_last_open_minute_is_found_backwards(at: str, last: str) -> None:
    assert last_open(place(), local(at)) == local(last)


def test_r7_an_open_moment_is_kept_to_the_microsecond() -> None:
    at = datetime(2026, 11, 20, 10, 0, 17, 123, tzinfo=UTC)
    assert next_open(place(), at) is at and last_open(place(), at) is at


def test_r7_hours_are_those_of_the_location_s_own_zone() -> None:
    assert next_open(place(time_zone="America/Sao_Paulo"), utc("2026-11-20 09:00")) == utc("2026-11-20 12:00")


@pytest.mark.parametrize(("state", "catholic", "name"), [
    ("BY", True, "Mariä Himmelfahrt"), ("BY", False, ""), ("SL", False, "Mariä Himmelfahrt"),
    ("BE", True, ""), ("", True, ""),
])
def test_r7_the_15th_of_august_is_off_where_it_is_a_holiday(state: str, catholic: bool, name: str) -> None:
    """2025: a Friday."""
    i18n.choose("de")
    workshop = place(state=state, catholic=catholic)
    assert days_off(workshop, date(2025, 8, 15)) == name
    opens = next_open(workshop, local("2025-08-15 08:00"))
    assert opens == local("2025-08-16 10:00" if name else "2025-08-15 09:00")


def test_r7_a_bavarian_holiday_before_a_weekend_makes_it_long() -> None:
    """Epiphany 2028 is a Thursday; with closing days on Friday the next opening is on Saturday."""
    workshop = place(state="BY", closures=[{"from": "2028-01-07", "to": "2028-01-07", "name": "Brückentag"}])
    assert next_open(workshop, local("2028-01-05 18:30")) == local("2028-01-08 10:00")
    assert last_open(workshop, local("2028-01-07 12:00")) == local("2028-01-05 18:29")


def test_r7_without_a_state_there_are_no_holidays() -> None:
    assert is_open(place(time_zone="Europe/Vienna"), local("2026-12-25 10:00"))
    assert not is_open(place(state="BE"), local("2026-12-25 10:00"))


def test_r7_a_state_that_nobody_knows_has_no_holidays_and_stops_nothing() -> None:
    assert is_open(place(state="XX"), local("2026-12-25 10:00"))


def test_r7_catholic_holidays_are_offered_where_there_are_any() -> None:
    def days(state: str, *categories: str) -> set[date]:
        return set(Germany(subdiv=state, years=range(2026, 2031), categories=categories))

    more = {state for state in locations.STATES if days(state, "public", "catholic") > days(state, "public")}
    assert more == set(locations.CATHOLIC)


def test_r7_closing_days_may_go_over_new_year_and_count_both_ends() -> None:
    workshop = place(closures=[{"from": "2026-12-24", "to": "2027-01-04", "name": "Betriebsferien"}])
    assert next_open(workshop, local("2026-12-23 18:30")) == local("2027-01-05 09:00")
    assert last_open(workshop, local("2027-01-04 12:00")) == local("2026-12-23 18:29")
    assert [days_off(workshop, date(2026, 12, 23)), days_off(workshop, date(2027, 1, 4))] == ["", "Betriebsferien"]


def test_r7_closing_days_without_a_name_close_all_the_same() -> None:
    i18n.choose("de")
    workshop = place(closures=[{"from": "2026-11-20", "to": "2026-11-20", "name": ""}])
    assert days_off(workshop, date(2026, 11, 20)) == "Schließtag" and not is_open(workshop, local("2026-11-20 10:00"))


def test_r7_names_of_holidays_are_told_in_the_reader_s_language() -> None:
    with i18n.speaking("en"):
        assert days_off(place(state="BE"), date(2026, 12, 25)) == "Christmas Day"
    with i18n.speaking("de"):
        assert days_off(place(state="BE"), date(2026, 12, 25)) == "Erster Weihnachtstag"


def test_r7_what_never_opens_is_said_and_the_search_ends() -> None:
    shut = place(closures=[{"from": "2020-01-01", "to": "2040-01-01", "name": "Umbau"}])
    assert next_open(shut, local("2026-11-20 10:00")) is None and last_open(shut, local("2026-11-20 10:00")) is None
    holiday = place(closures=[{"from": "2026-11-20", "to": "2027-01-18", "name": "Umbau"}])
    assert next_open(holiday, local("2026-11-20 10:00")) == local("2027-01-19 09:00")


@pytest.mark.parametrize(("spans", "at", "opens"), [
    ([["02:00", "05:00"]], "2027-03-28 00:00", "2027-03-28 01:00"),  # 02:00 to 03:00 does not exist: open from the jump on
    ([["02:15", "02:45"]], "2027-03-28 00:00", "2027-04-04 00:15"),  # nothing left of it that Sunday
    ([["02:30", "05:00"]], "2026-10-25 00:00", "2026-10-25 00:30"),  # 02:30 comes twice: the first counts
])
def test_r7_the_clock_changes_of_berlin(spans: Spans, at: str, opens: str) -> None:
    """Times in UTC; only Sundays are open."""
    assert next_open(place(hours={"sun": spans}), utc(at)) == utc(opens)


def test_r7_a_closing_time_that_comes_twice_counts_once() -> None:
    bar = place(hours={"sun": [["00:00", "02:30"]]})
    assert is_open(bar, utc("2026-10-25 00:29")) and not is_open(bar, utc("2026-10-25 00:30"))
    assert not is_open(bar, utc("2026-10-25 01:10")), "the second 02:10"


def test_r7_a_closing_time_that_does_not_exist_is_the_jump() -> None:
    bar = place(hours={"sun": [["00:00", "02:30"]]})
    assert is_open(bar, utc("2027-03-28 00:59")) and not is_open(bar, utc("2027-03-28 01:00"))


@pytest.mark.parametrize("zone", ZONES)
def test_r7_round_the_clock_means_every_minute_also_of_the_clock_changes(zone: str) -> None:
    always = place(hours=ROUND_THE_CLOCK, time_zone=zone)
    assert all(is_open(always, jump + n * 5 * MINUTE) for jump in JUMPS for n in range(-36, 36))


def test_r7_midnight_is_the_end_of_the_day_that_was_typed() -> None:
    assert hours.spans([["18:00", "00:00"]], "fri") == [["18:00", "24:00"]]
    assert hours.spans([["00:00", "00:00"]], "fri") == [["00:00", "24:00"]]
    assert hours.shown({"fri": [["18:00", "24:00"]]}) == {"fri": [["18:00", "00:00"]]}
    bar = place(hours={"fri": [["18:00", "24:00"]]})
    assert is_open(bar, local("2026-11-20 23:59")) and not is_open(bar, local("2026-11-21 00:00"))
    assert last_open(bar, local("2026-11-21 12:00")) == local("2026-11-20 23:59")


def test_r9_no_location_means_the_only_one_that_has_hours(house: Any) -> None:
    assert next_open(None, local("2026-12-24 18:00")) == local("2026-12-25 09:00"), "nobody knows a state"
    Location.create(key="depot", name="Depot")
    Location.create(key="shop", name="Shop", state="BE", hours={"tue": [["10:00", "11:00"]]})
    assert next_open(None, local("2026-12-24 18:00")) == local("2026-12-29 10:00")
    Location.create(key="other", name="Other", hours=HOURS)
    assert next_open(None, local("2026-12-24 18:00")) == local("2026-12-25 09:00"), "which of the two, nobody knows"


def test_r9_a_location_without_hours_keeps_its_own_zone_and_days_off(house: Any) -> None:
    closed = [{"from": "2026-11-23", "to": "2026-11-23", "name": "Umzug"}]
    depot = Location.create(key="depot", name="Depot", time_zone="Africa/Cairo", closures=closed, hours={"mon": []})
    assert next_open(depot, utc("2026-11-20 20:00")) == local("2026-11-24 09:00", "Africa/Cairo")
    Location.create(key="shop", name="Shop", hours={"sat": [["10:00", "12:00"]]})
    assert next_open(depot, utc("2026-11-20 20:00")) == local("2026-11-21 10:00", "Africa/Cairo")
    assert keeper(keeper(depot)).hours == {"sat": [["10:00", "12:00"]]}


def test_days_off_ahead_tell_closing_days_as_one() -> None:
    i18n.choose("de")
    workshop = place(state="BE", closures=[{"from": "2026-12-27", "to": "2027-01-03", "name": "Betriebsferien"}])
    found = [(off.first, off.last, off.name) for off in closures.ahead(workshop, date(2026, 11, 20), 4)]
    assert found == [
        (date(2026, 12, 25), date(2026, 12, 25), "Erster Weihnachtstag"),
        (date(2026, 12, 26), date(2026, 12, 26), "Zweiter Weihnachtstag"),
        (date(2026, 12, 27), date(2027, 1, 3), "Betriebsferien"),
        (date(2027, 3, 8), date(2027, 3, 8), "Frauentag"),
    ]


def minutes(low: int, high: int) -> st.SearchStrategy[int]:
    return st.integers(low // 5, high // 5).map(lambda n: n * 5)


@st.composite
def weeks(draw: Callable[..., Any]) -> dict[str, Spans]:
    """Up to three times a day, on any days, up to midnight."""
    week = {}
    for day in draw(st.sets(st.sampled_from(list(hours.DAYS)), min_size=1)):
        edges = sorted(draw(st.lists(minutes(0, 1440), min_size=2, max_size=6, unique=True)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        week[day] = [[f"{n // 60:02}:{n % 60:02}" for n in pair] for pair in pairs]
    return week


@st.composite
def calendars(draw: Callable[..., Any]) -> Location:
    starts = draw(st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=3))
    closed = [
        {"from": first.isoformat(), "to": (first + draw(st.integers(0, 40)) * DAY).isoformat(), "name": "Ferien"}
        for first in starts
    ]
    return place(
        hours=draw(weeks()), time_zone=draw(st.sampled_from(ZONES)), catholic=draw(st.booleans()), closures=closed,
        state=draw(st.sampled_from(["", *locations.STATES])),
    )


MOMENTS = st.one_of(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)),
    st.builds(lambda at, n: at + n * MINUTE, st.sampled_from(JUMPS), st.integers(-300, 300)),
)


def within_hours(where: Location, at: datetime) -> bool:
    """What the clock on the wall says, worked out in another way than the house does."""
    wall = at.astimezone(ZoneInfo(where.time_zone))
    today = f"{wall:%Y-%m-%d}"
    holiday = where.state and wall.date() in Germany(
        subdiv=where.state, years=wall.year, categories=("public", "catholic")[:1 + where.catholic]
    )
    closed = holiday or any(closure["from"] <= today <= closure["to"] for closure in where.closures)
    open_ = where.hours.get(list(hours.DAYS)[wall.weekday()], [])
    return not closed and any(start <= f"{wall:%H:%M}" < end for start, end in open_)


def is_doubled(where: Location, at: datetime) -> bool:
    wall = at.astimezone(ZoneInfo(where.time_zone))
    return wall.replace(fold=0).utcoffset() != wall.replace(fold=1).utcoffset()


@settings(max_examples=100, deadline=None)
@given(calendars(), MOMENTS)
def test_r7_the_house_is_open_when_the_clock_on_the_wall_says_so(where: Location, at: datetime) -> None:
    """Times that come twice aside: these count once, and the other tests say which."""
    assert is_doubled(where, at) or is_open(where, at) == within_hours(where, at)


@settings(max_examples=100, deadline=None)
@given(calendars(), MOMENTS, st.lists(st.floats(0, 1), max_size=20))
def test_r7_nothing_is_open_between_a_moment_and_the_next_opening(where: Location, at: datetime, parts: list[float]) -> None:
    opens = next_open(where, at)
    end = opens or at + AHEAD * DAY
    assert end >= at and (opens is None or is_open(where, opens))
    assert not any(is_open(where, at + part * (end - at)) for part in parts if at + part * (end - at) < end)


@settings(max_examples=100, deadline=None)
@given(calendars(), MOMENTS, st.lists(st.floats(0, 1), max_size=20))
def test_r7_nothing_is_open_between_the_last_opening_and_a_moment(where: Location, at: datetime, parts: list[float]) -> None:
    last = last_open(where, at)
    start = at if last == at else last + MINUTE if last else at - BACK * DAY
    assert start <= at and (last is None or is_open(where, last))
    assert not any(is_open(where, start + part * (at - start)) for part in parts if start < at)
