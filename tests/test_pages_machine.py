"""The link as a state machine: whatever browsers, scanners, staff and time do, it never lets in more than it promised."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from core import clock
from core.db import transaction
from pages import endings, fresh, grants, links
from pages.models import Asking, Grant, Link
from records.models import Record

ONWARD = {
    "issued": {"issued", "opened", "expired", "revoked", "erased"},
    "opened": {"opened", "used", "expired", "revoked", "erased"},
    "used": {"used", "erased"},
    "expired": {"expired", "erased"},
    "revoked": {"revoked", "erased"},
    "erased": {"erased"},
}
browsers = st.sampled_from(["a" * 22, "b" * 22, "c" * 22])
numbers = count(1)


class OneTimeLink(RuleBasedStateMachine):
    """A model beside the real thing: `let_in` says when a browser was first let in."""

    make_record: Callable[..., Record]

    @initialize(wait=st.integers(0, 12))
    def send(self, wait: int) -> None:
        self.travel = time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=False)
        self.time = self.travel.start()
        self.number = f"M{next(numbers)}"
        record = self.make_record(self.number, status="ready")
        link = links.prepare(record.id, "customer", "ada@example.org")
        with transaction():
            links.save_many([link])
            links.mark_sent([link.id], clock.now())
        self.id, self.sent, self.state = link.id, clock.now(), "issued"
        self.let_in: dict[str, datetime] = {}
        self.askings: list[datetime] = []
        self.time.shift(timedelta(minutes=wait))

    def link(self) -> Link | None:
        return links.find(links.token_of(self.id))

    @rule(browser=browsers)
    def look(self, browser: str) -> None:
        """GET and HEAD change nothing."""
        before = self.rows()
        link = self.link()
        if link:
            grants.opens(link, browser, clock.now())
        assert self.rows() == before

    @rule(browser=browsers)
    def press(self, browser: str) -> None:
        link = self.link()
        promised = link is not None and grants.opens(link, browser, clock.now())
        cookie = grants.open_in(link, browser) if link else None
        assert bool(cookie) == promised
        if cookie:
            self.let_in.setdefault(browser, clock.now())
            visit = grants.visit(self.id, cookie)
            assert visit and visit.valid == (clock.now() - self.let_in[browser] < timedelta(hours=1))

    @rule(minutes=st.sampled_from([1, 4, 11, 20, 31, 61, 24 * 60, 8 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.time.shift(timedelta(minutes=minutes))

    @rule()
    def sweep(self) -> None:
        endings.settle()

    @rule()
    def ask(self) -> None:
        link = self.link()
        if link:
            fresh.ask(link)
            made = Asking.select().where(Asking.link == self.id, Asking.at == clock.now()).exists()
            if made and clock.now() not in self.askings:
                self.askings.append(clock.now())

    @rule(status=st.sampled_from(["done", "in_progress"]))
    def change(self, status: str) -> None:
        self.make_record(self.number, status=status)

    @precondition(lambda self: self.let_in)
    @rule()
    def revoke(self) -> None:
        endings.revoke([self.id], "staff", "user:1")
        for browser in self.let_in:
            assert not self.reads(browser)

    @precondition(lambda self: len(self.let_in) > 1)
    @rule()
    def erase(self) -> None:
        with transaction():
            endings.erase([Link.get_by_id(self.id).record_id])
        assert self.link() is None

    @invariant()
    def only_onward(self) -> None:
        now = Link.get_by_id(self.id).state
        assert now in ONWARD[self.state]
        self.state = now

    @invariant()
    def one_browser_or_two_after_a_scanner(self) -> None:
        times = sorted(self.let_in.values())
        assert len(times) <= 2
        if len(times) == 2:
            assert times[0] - self.sent <= timedelta(minutes=5) and times[1] - times[0] <= timedelta(days=1)

    @invariant()
    def nobody_reads_longer_than_an_hour(self) -> None:
        for browser, since in self.let_in.items():
            if self.reads(browser):
                assert clock.now() - since < timedelta(hours=1)

    @invariant()
    def fresh_links_keep_their_limits(self) -> None:
        for late in self.askings:
            day = [at for at in self.askings if timedelta(0) <= late - at < timedelta(days=1)]
            assert len(day) <= 3
            assert all(late == at or late - at >= timedelta(minutes=10) for at in day)

    def reads(self, browser: str) -> bool:
        visit = grants.visit(self.id, grants._cookie(Link.get_by_id(self.id), browser))
        return bool(visit and visit.valid)

    def rows(self) -> Any:
        return [list(model.select().order_by(model._meta.primary_key).tuples()) for model in (Link, Grant, Asking)]

    def teardown(self) -> None:
        if hasattr(self, "travel"):
            self.travel.stop()


@pytest.mark.usefixtures("house")
def test_a_link_lets_in_no_more_than_it_promised(house: Flask, make_record: Callable[..., Record]) -> None:
    machine = type("Machine", (OneTimeLink,), {"make_record": staticmethod(make_record)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
