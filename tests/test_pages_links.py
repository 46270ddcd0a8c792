"""Links, from their making to their end: every transition of the state machine, and what ends one."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from core import clock, db, journal
from core.db import transaction
from core.journal import Entry
from pages import endings, fresh, grants, links
from pages.models import Asking, Grant, Link
from records import contacts
from records.models import Record

START = datetime(2026, 11, 20, 9, 52, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ADA, SCANNER, BEN = "A" * 22, "S" * 22, "B" * 22  # the nonces of three browsers


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def link(house: Flask, time: time_machine.Traveller, make_record: Callable[..., Record]) -> Link:
    """Ada's link, sent an hour ago."""
    made = issue(make_record("1001", status="in_progress"))
    time.shift(HOUR)
    return links.find(links.token_of(made.id)) or pytest.fail("the link is not found")


def issue(record: Record, recipient: str = "customer", address: str = "ada@example.org") -> Link:
    made = links.prepare(record.id, recipient, address)
    with transaction():
        links.save_many([made])
        links.mark_sent([made.id], clock.now())
    return made


def again(link: Link) -> Link:
    """The link as it stands in the database now."""
    return links.find(links.token_of(link.id)) or pytest.fail("the link is not found")


def state(link: Link) -> str:
    return links.standing(again(link), clock.now())


def test_a_token_is_22_letters_and_figures_and_only_its_hash_is_stored(link: Link) -> None:
    token = links.url(link.id).rpartition("/s/")[2]
    assert re.fullmatch("[0-9A-Za-z]{22}", token)
    rows = str(list(Link.select().dicts())) + str(list(Entry.select().dicts()))
    assert token not in rows and "ada@example.org" not in rows


def test_each_issue_of_a_link_has_a_token_of_its_own(link: Link) -> None:
    second = links.renew(link, "ada@example.org")
    assert second.id != link.id and links.url(second.id) != links.url(link.id)


def test_an_issued_link_is_opened_once(link: Link) -> None:
    assert state(link) == "issued"
    assert grants.open_in(link, ADA)
    assert state(link) == "opened"
    assert grants.open_in(again(link), BEN) is None
    assert Grant.select().count() == 1


def test_pressing_the_button_again_within_ten_minutes_gives_the_same_grant(link: Link, time: time_machine.Traveller) -> None:
    first = grants.open_in(link, ADA)
    time.shift(9 * MINUTE)
    assert grants.open_in(again(link), ADA) == first
    time.shift(2 * MINUTE)
    assert grants.open_in(again(link), ADA) is None


def test_a_grant_ends_after_half_an_hour_of_silence(link: Link, time: time_machine.Traveller) -> None:
    cookie = grants.open_in(link, ADA) or ""
    time.shift(29 * MINUTE)
    assert visit(link, cookie)
    time.shift(29 * MINUTE)
    assert visit(link, cookie)
    time.shift(MINUTE)
    assert visit(link, cookie)
    time.shift(MINUTE)
    assert not visit(link, cookie)  # an hour is over, however busy it was


def test_an_idle_grant_is_over(link: Link, time: time_machine.Traveller) -> None:
    cookie = grants.open_in(link, ADA) or ""
    time.shift(30 * MINUTE)
    assert not visit(link, cookie)


def visit(link: Link, cookie: str) -> bool:
    known = grants.visit(link.id, cookie)
    assert known
    return known.valid


def test_reloading_writes_at_most_once_a_minute(link: Link, time: time_machine.Traveller) -> None:
    cookie = grants.open_in(link, ADA) or ""
    used = Grant.get().used_at
    time.shift(59)
    assert visit(link, cookie) and Grant.get().used_at == used
    time.shift(1)
    assert visit(link, cookie) and Grant.get().used_at == used + MINUTE


def test_a_link_is_used_up_when_nobody_reads_any_more(link: Link, time: time_machine.Traveller) -> None:
    grants.open_in(link, ADA)
    time.shift(31 * MINUTE)
    assert grants.open_in(again(link), BEN) is None
    assert state(link) == "used"


def test_a_scanner_that_presses_buttons_leaves_one_more_browser_for_a_day(
    make_record: Any, time: time_machine.Traveller
) -> None:
    made = issue(make_record())
    time.shift(4 * MINUTE)
    assert grants.open_in(again(made), SCANNER)
    time.shift(23 * HOUR)
    assert grants.open_in(again(made), ADA)
    assert grants.open_in(again(made), BEN) is None


def test_the_second_browser_comes_too_late_after_a_day(make_record: Any, time: time_machine.Traveller) -> None:
    made = issue(make_record())
    assert grants.open_in(again(made), SCANNER)
    time.shift(DAY + MINUTE)
    assert grants.open_in(again(made), ADA) is None


def test_no_second_browser_when_it_was_opened_later_than_five_minutes_after_sending(
    make_record: Any, time: time_machine.Traveller
) -> None:
    made = issue(make_record())
    time.shift(6 * MINUTE)
    assert grants.open_in(again(made), ADA)
    assert grants.open_in(again(made), BEN) is None


def test_two_at_once_open_once(link: Link) -> None:
    nonces, results, gate = [f"{n:022d}" for n in range(6)], [], threading.Barrier(6)

    def press(nonce: str) -> None:
        gate.wait()
        results.append(grants.open_in(link, nonce))
        db.database.close()

    threads = [threading.Thread(target=press, args=[nonce]) for nonce in nonces]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([cookie for cookie in results if cookie]) == 1
    assert again(link).openings == 1 and Grant.select().count() == 1
    assert Entry.select().where(Entry.what == "link.opened").count() == 1


def test_a_double_click_of_one_browser_gets_one_grant(link: Link) -> None:
    results, gate = [], threading.Barrier(2)

    def press() -> None:
        gate.wait()
        results.append(grants.open_in(link, ADA))
        db.database.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results[0] and results[0] == results[1] and Grant.select().count() == 1


def test_a_link_expires_after_thirty_days(link: Link, time: time_machine.Traveller) -> None:
    time.shift(30 * DAY - HOUR)
    assert state(link) == "expired"
    assert grants.open_in(again(link), ADA) is None
    endings.settle()
    assert again(link).state == "expired"


def test_a_link_expires_fourteen_days_after_the_record_closed(
    link: Link, make_record: Any, time: time_machine.Traveller
) -> None:
    make_record("1001", status="done")
    time.shift(14 * DAY - MINUTE)
    assert state(link) == "issued"
    time.shift(MINUTE)
    assert state(link) == "expired"
    endings.settle()
    assert again(link).state == "expired"


def test_a_record_that_opens_again_keeps_its_link(link: Link, make_record: Any, time: time_machine.Traveller) -> None:
    make_record("1001", status="done")
    time.shift(10 * DAY)
    make_record("1001", status="in_progress")
    time.shift(10 * DAY)
    assert state(link) == "issued"


def test_a_link_made_long_after_the_record_closed_lives_fourteen_days(
    make_record: Any, time: time_machine.Traveller
) -> None:
    record = make_record("1001", status="done")
    time.shift(20 * DAY)
    made = issue(record)
    time.shift(13 * DAY)
    endings.settle()
    assert state(made) == "issued"
    time.shift(DAY)
    assert state(made) == "expired"


def test_a_changed_address_revokes_at_once_and_is_written_down_by_the_reader(
    link: Link, time: time_machine.Traveller
) -> None:
    grants.open_in(link, ADA)
    contacts.correct(link.record.contact, {"email": "ada@new.example"}, "user:1")
    assert state(link) == "revoked" and again(link).state == "opened"
    journal.read([endings.read])
    assert again(link).state == "revoked"
    entry = Entry.get(Entry.what == "link.revoked")
    assert entry.data == {"link": link.id, "reason": "address"}


def test_a_contact_whose_name_changes_keeps_the_link(link: Link) -> None:
    contacts.correct(link.record.contact, {"name": "Ada King"}, "user:1")
    journal.read([endings.read])
    assert state(link) == "issued"


def test_a_revoked_link_shuts_out_who_is_reading(link: Link) -> None:
    cookie = grants.open_in(link, ADA) or ""
    assert endings.revoke([link.id], "staff", "user:1") == 1
    assert not visit(link, cookie)
    assert endings.revoke([link.id], "staff", "user:1") == 0


def test_an_erased_link_looks_unknown(link: Link) -> None:
    cookie = grants.open_in(link, ADA) or ""
    with transaction():
        endings.erase([link.record_id])
    assert links.find(links.token_of(link.id)) is None
    assert grants.visit(link.id, cookie) is None
    assert Link.get().recipient == "" and Link.get().sent_to == ""


def test_the_sweep_uses_up_what_was_opened_and_forgets_grants(link: Link, time: time_machine.Traveller) -> None:
    grants.open_in(link, ADA)
    time.shift(24 * HOUR)
    endings.settle()
    assert again(link).state == "opened"
    time.shift(2 * HOUR)
    endings.settle()
    assert again(link).state == "used" and Grant.select().count() == 0


def test_a_fresh_link_is_the_next_issue_to_the_address_on_file(link: Link, time: time_machine.Traveller) -> None:
    fresh.ask(link)
    entry = Entry.get(Entry.what == "link.requested")
    made = Link.get(Link.id == entry.data["link"])
    assert made.id == link.id.replace("-1", "-2")
    assert (made.recipient, made.sent_to, made.state) == ("customer", links.mark("ada@example.org"), "issued")
    assert entry.unread and entry.actor == "customer"


def test_fresh_links_are_limited_to_one_in_ten_minutes_and_three_a_day(link: Link, time: time_machine.Traveller) -> None:
    for wait in (0, 9, 1, 10, 10, 10):
        time.shift(wait * MINUTE)
        fresh.ask(link)
    assert Asking.select().count() == 3
    time.shift(DAY)
    fresh.ask(link)
    assert Asking.select().count() == 4


def test_the_limit_counts_over_all_links_of_a_record_to_a_person(link: Link) -> None:
    fresh.ask(link)
    fresh.ask(again(Link.get(Link.id.endswith("-2"))))
    assert Asking.select().count() == 1


def test_without_an_address_no_fresh_link_is_made(make_record: Any) -> None:
    record = make_record("1002", contact={"name": "Cem", "phone": "+4930123457"})
    fresh.ask(again(issue(record, address="")))
    assert Entry.select().where(Entry.what == "link.requested").count() == 0


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ada@example.org", "a•••@e•••.org"),
        ("x@y.example", "x•••@y•••.example"),
        ("müller@mail.example.co.uk", "m•••@m•••.uk"),
        ("", ""),
        ("nonsense", ""),
        ("+4915112345678", "+49•••78"),
    ],
)
def test_an_address_is_shown_masked(address: str, shown: str) -> None:
    assert fresh.masked(address) == shown
