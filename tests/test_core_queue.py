"""The alarm clock: signed tasks, many rings as one, and one delayed ring for the earliest moment asked for."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core import clock, queue

pytestmark = pytest.mark.bells

KEY = bytes(32)


@pytest.fixture(params=["sqlite", "redis"])
def clockwork(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty queue in either storage, and the house's queue pointed at it."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else f"sqlite:///{tmp_path / 'queue.db'}"
    before = queue.queue.storage, queue.queue.serializer
    queue.bind(url, KEY)
    yield url
    queue.queue.storage, queue.queue.serializer = before


class Rings:
    """A task of which only the rings are counted."""

    def __init__(self) -> None:
        self.now = 0
        self.later: list[timedelta] = []
        self.fails = False

    def __call__(self) -> None:
        if self.fails:
            raise ConnectionError
        self.now += 1

    def schedule(self, delay: timedelta) -> None:
        if self.fails:
            raise ConnectionError
        self.later.append(delay)


@pytest.fixture
def ran() -> Iterator[list[Any]]:
    """What the task `remember` was run with."""
    yield REMEMBERED
    REMEMBERED.clear()


REMEMBERED: list[Any] = []


@queue.queue.task()
def remember(what: Any) -> None:
    REMEMBERED.append(what)


def work() -> None:
    """Run what waits, as a consumer would."""
    while task := queue.queue.dequeue():
        queue.queue.execute(task)


def soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.002)
    return holds()


def test_a_task_goes_through_the_storage(clockwork: str, ran: list[Any]) -> None:
    remember(7)
    assert ran == []
    work()
    assert ran == [7]


def test_a_task_signed_with_another_key_is_not_run(clockwork: str, ran: list[Any]) -> None:
    queue.bind(clockwork, b"x" * 32)
    remember("forged")
    queue.bind(clockwork, KEY)
    with pytest.raises(Exception, match="[Ss]ignature"):
        work()
    assert ran == []


def test_a_delayed_task_waits(clockwork: str, ran: list[Any]) -> None:
    remember.schedule(args=(1,), delay=3600)
    for task in iter(queue.queue.dequeue, None):
        queue.queue.execute(task)
    assert ran == []
    assert queue.queue.scheduled_count() == 1


def test_many_rings_are_few_tasks() -> None:
    rings = Rings()
    bell = queue.Bell(rings)
    for _ in range(500):
        bell.ring()
    assert soon(lambda: rings.now > 0)
    time.sleep(0.02)
    assert rings.now < 50
    before = rings.now
    bell.ring()
    assert soon(lambda: rings.now == before + 1)


def test_a_bell_that_could_not_ring_rings_the_next_time() -> None:
    rings = Rings()
    bell = queue.Bell(rings)
    rings.fails = True
    bell.ring()
    time.sleep(0.02)
    rings.fails = False
    bell.ring()
    assert soon(lambda: rings.now == 1)


def test_only_the_earliest_moment_is_set() -> None:
    rings = Rings()
    bell = queue.Bell(rings)
    now = clock.now()
    for hours in (3, 5, 2, 2, 4):
        bell.ring_at(now + timedelta(hours=hours))
    assert [round(delay / timedelta(hours=1)) for delay in rings.later] == [3, 2]


def test_a_moment_that_has_passed_rings_at_once() -> None:
    rings = Rings()
    bell = queue.Bell(rings)
    bell.ring_at(clock.now() - timedelta(hours=1))
    assert rings.later == [timedelta(0)]
    bell.ring_at(clock.now() + timedelta(hours=1))
    assert len(rings.later) == 2


def test_a_moment_that_could_not_be_set_is_set_the_next_time() -> None:
    rings = Rings()
    bell = queue.Bell(rings)
    moment = clock.now() + timedelta(hours=1)
    rings.fails = True
    with pytest.raises(ConnectionError):
        bell.ring_at(moment)
    rings.fails = False
    bell.ring_at(moment)
    assert len(rings.later) == 1
