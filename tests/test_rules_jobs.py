"""Long work: piece by piece, each once, whatever dies in between; cancelled, failed and watched."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from peewee import OperationalError

from core import journal
from core.db import transaction
from core.journal import Entry
from rules import jobs
from rules.jobs import Step, Work
from rules.models import Job

PIECES = 5
ADA = "ada@example.org"
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Crash(BaseException):
    """The worker is gone, without a word."""


def count(job: Job) -> Step:
    """A work of five pieces; each leaves its number in the journal."""
    n = job.cursor + 1
    return Step(n, n, {"sum": job.result.get("sum", 0) + n}, finished=n == PIECES, write=lambda: done(n), total=PIECES)


def done(n: int) -> None:
    journal.record("piece.done", None, "worker", n=n)


def pieces() -> list[int]:
    return [entry.data["n"] for entry in Entry.select().where(Entry.what == "piece.done").order_by(Entry.id)]


def ends() -> list[str]:
    return [entry.what for entry in Entry.select().where(Entry.what.startswith("job.")).order_by(Entry.id)]


@pytest.fixture
def put_in(house: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes a work known: `put_in(count)`."""
    return lambda piece, key="count": monkeypatch.setitem(jobs.WORKS, key, Work("Zählen", piece))


@pytest.fixture
def job(put_in: Callable[..., None]) -> Job:
    put_in(count)
    started = jobs.start("count", "count:1", "user:1", rule_id=7)
    assert started
    return started


def fresh(job: Job) -> Job:
    return Job.get_by_id(job.id)


def test_a_job_is_done_piece_by_piece_to_its_end(job: Job) -> None:
    jobs.run_all("host.0:a")
    now = fresh(job)
    assert pieces() == [1, 2, 3, 4, 5]
    assert (now.state, now.done, now.total, now.result, now.owner) == ("done", 5, 5, {"sum": 15}, "")
    assert ends() == ["job.done"]
    assert Entry.get(Entry.what == "job.done").data == {"job": job.id, "work": "count", "rule": 7}


def test_a_job_is_started_once_per_key(job: Job) -> None:
    assert jobs.start("count", "count:1", "user:1") is None
    assert jobs.start("count", "count:2", "user:1") is not None


def test_the_worker_is_rung_awake_after_the_commit(put_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rung = []
    monkeypatch.setattr(jobs.alarm.jobs, "ring", lambda: rung.append(Job.select().count()))
    put_in(count)
    with transaction():
        jobs.start("count", "count:1", "user:1")
        assert rung == []
    assert rung == [1]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_after_a_crash_no_piece_is_done_twice_and_none_is_left_out(put_in: Any, job: Job, moment: str) -> None:
    """The worker dies while it works on the third piece: before it writes, or within the transaction that writes."""

    def dies(job: Job) -> Step:
        step = count(job)
        if step.cursor == 3 and moment == "before":
            raise Crash
        return Step(**{**vars(step), "write": lambda: write(step)})

    def write(step: Step) -> None:
        step.write()
        if step.cursor == 3:
            raise Crash

    put_in(dies)
    with time_machine.travel(START, tick=False) as clockwork:
        with pytest.raises(Crash), pytest.MonkeyPatch.context() as patch:
            patch.setattr(jobs, "_give_back", lambda owner: None)  # the dead give nothing back
            jobs.run_all("host.0:a")
        assert fresh(job).state == "running" and pieces() == [1, 2]
        put_in(count)
        jobs.run_all("host.1:b")
        assert pieces() == [1, 2]  # it may still be alive
        clockwork.shift(jobs.LEASE + timedelta(seconds=1))
        jobs.run_all("host.1:b")
    assert pieces() == [1, 2, 3, 4, 5]
    assert fresh(job).result == {"sum": 15}


def test_a_worker_that_comes_back_to_its_seat_goes_on_at_once(job: Job) -> None:
    Job.update(state="running", owner="host.0:a", lease_until=datetime.now(UTC) + jobs.LEASE).execute()
    jobs.run_all("host.10:c")
    assert pieces() == []
    jobs.run_all("host.0:b")
    assert pieces() == [1, 2, 3, 4, 5]


def test_two_workers_do_not_share_a_job(put_in: Any, job: Job) -> None:
    def interrupted(job: Job) -> Step:
        step = count(job)
        put_in(count)
        jobs.run_all("host.1:b")  # a second worker looks while the first one is at it
        put_in(interrupted)
        return step

    put_in(interrupted)
    jobs.run_all("host.0:a")
    assert pieces() == [1, 2, 3, 4, 5]


def test_a_worker_that_slept_through_its_lease_writes_nothing(put_in: Any, job: Job) -> None:
    with time_machine.travel(START, tick=False) as clockwork:

        def sleeps(job: Job) -> Step:
            step = count(job)
            clockwork.shift(jobs.LEASE + timedelta(seconds=1))
            put_in(count)
            jobs.run_all("host.1:b")
            return step

        put_in(sleeps)
        jobs.run_all("host.0:a")
    assert pieces() == [1, 2, 3, 4, 5]
    assert ends() == ["job.done"]


def test_a_cancelled_job_stops_where_it_stands(put_in: Any, job: Job) -> None:
    def cancelled(job: Job) -> Step:
        step = count(job)
        if step.cursor == 3:
            assert jobs.cancel(job, "user:1")
        return step

    put_in(cancelled)
    jobs.run_all("host.0:a")
    assert pieces() == [1, 2]
    assert fresh(job).state == "cancelled"
    assert not jobs.cancel(job, "user:1")
    jobs.run_all("host.0:a")
    assert pieces() == [1, 2]
    assert ends() == ["job.cancelled"]


def test_a_job_that_fails_says_so_once_names_nobody_and_stops_no_other(put_in: Any, job: Job, caplog: Any) -> None:
    def breaks(job: Job) -> Step:
        if job.cursor == 2:
            raise ValueError(ADA)
        return count(job)

    put_in(breaks)
    put_in(count, "other")
    other = jobs.start("other", "other", "user:1")
    assert other
    with caplog.at_level(logging.ERROR):
        jobs.run_all("host.0:a")
        jobs.run_all("host.0:a")
    assert (fresh(job).state, fresh(other).state) == ("failed", "done")
    assert fresh(job).result == {"sum": 3, "fault": "ValueError"}
    assert sorted(ends()) == ["job.done", "job.failed"]
    assert caplog.text.count("has failed: ValueError") == 1
    assert "breaks" in caplog.text and ADA not in caplog.text


def test_a_piece_that_cannot_be_written_is_not_half_written(put_in: Any, job: Job) -> None:
    def breaks(job: Job) -> Step:
        step = count(job)
        return Step(**{**vars(step), "write": lambda: (step.write(), 1 / 0)})

    put_in(breaks)
    jobs.run_all("host.0:a")
    assert pieces() == []
    assert (fresh(job).state, fresh(job).cursor, fresh(job).result) == ("failed", 0, {"fault": "ZeroDivisionError"})


def test_work_that_this_version_does_not_know_fails_visibly(house: Flask) -> None:
    started = jobs.start("moonwalk", "moonwalk", "user:1")
    assert started
    jobs.run_all()
    assert (fresh(started).state, fresh(started).result) == ("failed", {"fault": "unknown_work"})


def test_a_database_that_is_away_is_not_the_jobs_fault_for_an_hour(put_in: Any, house: Flask) -> None:
    def away(job: Job) -> Step:
        raise OperationalError("gone")

    put_in(away)
    with time_machine.travel(START, tick=False) as clockwork:
        started = jobs.start("count", "count:1", "user:1")
        assert started
        with pytest.raises(OperationalError):
            jobs.run_all("host.0:a")
        assert fresh(started).open
        clockwork.shift(jobs.PATIENCE)
        jobs.run_all("host.0:a")
    assert fresh(started).state == "failed"


def test_a_short_job_does_not_wait_for_a_long_one(put_in: Any, job: Job) -> None:
    order = []

    def noted(job: Job) -> Step:
        order.append(job.key)
        return count(job)

    put_in(noted)
    jobs.start("count", "count:2", "user:1")
    jobs.run_all("host.0:a")
    assert order == ["count:1", "count:2"] * PIECES


def test_a_worker_that_stops_leaves_the_rest_to_the_next(job: Job) -> None:
    jobs.run_all("host.0:a", stopping=lambda: len(pieces()) == 2)
    assert pieces() == [1, 2]
    jobs.run_all("host.1:b")
    assert pieces() == [1, 2, 3, 4, 5]


def test_ended_jobs_are_forgotten_after_a_month(job: Job) -> None:
    jobs.run_all()
    started = jobs.start("count", "count:2", "user:1")
    with time_machine.travel(datetime.now(UTC) + jobs.KEPT + timedelta(hours=1)):
        assert jobs.forget() == 1
    assert [one.id for one in Job.select()] == [started and started.id]


def test_progress_is_shown_until_the_job_has_ended(admin: FlaskClient, job: Job) -> None:
    htmx = {"HX-Request": "true"}
    jobs.run_all("host.0:a", stopping=lambda: len(pieces()) == 2)
    shown = admin.get(f"/rules/jobs/{job.id}", headers=htmx)
    assert shown.status_code == 200 and "2 von 5" in shown.text
    assert '<progress max="5" value="2"' in shown.text and "hx-trigger" in shown.text
    jobs.run_all("host.0:a")
    shown = admin.get(f"/rules/jobs/{job.id}", headers=htmx)
    assert shown.status_code == 286 and "hx-trigger" not in shown.text and "<progress" not in shown.text
    assert "<html" in admin.get(f"/rules/jobs/{job.id}").text


def test_only_admins_cancel(admin: FlaskClient, clerk: FlaskClient, job: Job) -> None:
    assert "<form" not in clerk.get(f"/rules/jobs/{job.id}", headers={"HX-Request": "true"}).text
    assert clerk.post(f"/rules/jobs/{job.id}/cancel").status_code == 403
    assert fresh(job).open
    answer = admin.post(f"/rules/jobs/{job.id}/cancel", follow_redirects=True, headers={"HX-Request": "true"})
    assert answer.status_code == 286 and "Abgebrochen, bevor es begonnen hatte." in answer.text
    assert fresh(job).state == "cancelled"


def test_a_failed_job_says_so_on_its_page(admin: FlaskClient, put_in: Any, job: Job) -> None:
    put_in(lambda job: Step(3, 3, total=5) if job.cursor == 0 else 1 / 0)
    jobs.run_all()
    shown = admin.get(f"/rules/jobs/{job.id}").text
    assert "Nach 3 von 5 durch einen Fehler beendet." in shown and f"job {job.id}" in shown
