"""Long work and trial runs on PostgreSQL: the same counts, and no job in two hands."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from core import journal
from core.db import database
from core.journal import Entry
from emails.models import Template
from rules import jobs
from rules.jobs import Step, Work
from rules.models import Job, Rule
from rules.replay import work

pytestmark = pytest.mark.postgres


def test_a_draft_is_tried(house: Flask, shop: Any, make_record: Any, letter: Template) -> None:
    for number in "123":
        make_record(number, location="berlin", source="counter" if number == "1" else "web", total=100)
        make_record(number, status="ready")
    rule = Rule(
        kind="order", trigger="status_changed_to", options={"statuses": ["ready"]}, delay=5, hours=True,
        conditions={"match": "all", "of": [{"field": "source", "operator": "is", "value": "web"}]},
        recipients=[{"who": "customer", "address": "", "template": letter.id}],
    )
    job = work.begin(rule, "user:1")
    jobs.run_all("host.0:a")
    found = Job.get_by_id(job.id)
    assert found.state == "done", found.result
    assert (found.result["messages"] + found.result["ahead"], found.result["fallen"]) == (2, [[[0], 1]])


def test_four_workers_do_each_piece_once(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def piece(job: Job) -> Step:
        n = job.cursor + 1
        return Step(n, n, finished=n == 5, write=lambda: journal.record("piece.done", None, "worker", job=job.id, n=n))

    monkeypatch.setitem(jobs.WORKS, "count", Work("Zählen", piece))
    keys = [job.id for n in range(6) if (job := jobs.start("count", f"count:{n}", "user:1"))]
    together = Barrier(4)

    def worker(n: int) -> None:
        with database.connection_context():
            together.wait()
            jobs.run_all(f"host.{n}:a")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(worker, range(4)))
    done = sorted((entry.data["job"], entry.data["n"]) for entry in Entry.select().where(Entry.what == "piece.done"))
    assert done == [(key, n) for key in sorted(keys) for n in range(1, 6)]
    assert {job.state for job in Job.select()} == {"done"}
