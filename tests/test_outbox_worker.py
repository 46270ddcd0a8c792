"""The worker's threads: long work never holds up the news, and what one of them trips over does not stop the others."""

import logging
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from outbox.worker import Work

LONG = 5.0  # seconds that a test waits for what takes a moment


@pytest.fixture
def working(house: Flask) -> Callable[..., Work]:
    """A worker with a thread for long work, which the test gives it."""

    def make(jobs: Any, sweeps: Any = ()) -> Work:
        delivery: Any = SimpleNamespace(owner="host.0:a", run=lambda: None)
        work = Work("host.0", [], delivery, [], sweeps, jobs)
        threading.Thread(target=work.labour, daemon=True).start()
        return work

    return make


def test_news_are_read_while_long_work_is_done(working: Any) -> None:
    begun, read, ended = threading.Event(), threading.Event(), threading.Event()

    def jobs(owner: str, stopping: Callable[[], bool]) -> None:
        begun.set()
        assert read.wait(LONG)
        ended.set()

    work = working(jobs)
    work.called.set()
    assert begun.wait(LONG)
    work.sweep()
    read.set()
    assert ended.wait(LONG)
    work.stopping.set()


def test_long_work_is_taken_up_each_minute_even_after_it_broke(working: Any, caplog: Any) -> None:
    called: list[str] = []
    once, twice = threading.Event(), threading.Event()

    def jobs(owner: str, stopping: Callable[[], bool]) -> None:
        called.append(owner)
        (once if len(called) == 1 else twice).set()
        raise ConnectionError("ada@example.org")

    work = working(jobs)
    with caplog.at_level(logging.ERROR):
        work.sweep()
        assert once.wait(LONG)
        work.sweep()
        assert twice.wait(LONG)
    work.stopping.set()
    assert called == ["host.0:a"] * 2
    assert "ConnectionError" in caplog.text and "ada@" not in caplog.text


def test_a_sweep_that_fails_does_not_stop_the_others(working: Any, caplog: Any) -> None:
    swept: list[int] = []
    work = working(lambda owner, stopping: None, sweeps=[lambda: 1 / 0, lambda: swept.append(1)])
    work.sweep()
    work.stopping.set()
    assert swept == [1] and "a chore failed" in caplog.text
