"""Work too long for one request: done piece by piece under a lease, taken up again after a crash, cancelled at any time."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from peewee import SQL

from core import clock, journal
from core.db import database, transaction
from core.journal import AWAY
from core.rows import insert_many, tuples
from outbox import alarm
from rules.models import Job

LEASE = timedelta(minutes=2)  # far longer than a piece may take
PATIENCE = timedelta(hours=1)  # so long a job may stand still for the database's sake
HANDS = 4  # jobs that one worker has in hand; it does a piece of each in turn
KEPT = timedelta(days=30)
OPEN = SQL("state IN ('waiting', 'running')")  # spelled out, or SQLite would not take the partial index
ENDS = ("done", "cancelled", "failed")

log = logging.getLogger("statusbote.jobs")


def _nothing() -> None:
    """What a piece writes that only looks."""


@dataclass(frozen=True)
class Step:
    """What a piece of work has come to. `write` stores what it changes, in one transaction with the cursor: all or nothing.

    `done` of `total` (None: as it was) is what the bar shows; `cursor` is the work's own; `result` replaces the one before.
    """

    done: int
    cursor: int
    result: dict[str, Any] = field(default_factory=dict)
    finished: bool = False
    write: Callable[[], object] = _nothing
    total: int | None = None


@dataclass(frozen=True)
class Work:
    """A sort of work. `piece` looks at a job's data and cursor and computes the next short piece, outside any transaction.

    It writes nothing itself but says in `Step.write` what is to be written; whoever is overtaken writes nothing at all.
    `page`: the endpoint that shows its jobs in a manner of its own. `kept`: for how long they are remembered.
    """

    label: str
    piece: Callable[[Job], Step]
    page: str = ""
    kept: timedelta = KEPT

    def __call__(self, job: Job) -> Step:
        return self.piece(job)


WORKS: dict[str, Work] = {}


class Lost(Exception):
    """The job is no longer ours: it was cancelled, or the lease was over and another worker has it."""


def start(
    work: str, key: str, actor: str, rule_id: int | None = None, data: dict[str, Any] | None = None, total: int = 0
) -> Job | None:
    """Have a work done, begun after the commit; None when there is a job of that key already."""
    now = clock.now()
    row: dict[str, Any] = dict(key=key, work=work, actor=actor, rule_id=rule_id, data=data or {}, total=total)
    with transaction():
        if not insert_many(Job, [row | {"created_at": now, "changed_at": now}], ignore=True):
            return None
        database.after_commit(alarm.jobs.ring)
        return Job.get(Job.key == key)


def cancel(job: Job, actor: str = "worker") -> bool:
    """End a job where it stands; what was done stays done. False when it had ended before."""
    with transaction():
        return _end(job, "cancelled", actor, OPEN)


def run_all(owner: str = "alone", stopping: Callable[[], bool] = lambda: False) -> None:
    """Do what is to be done, a piece of each job in turn, until nothing is left or the worker stops."""
    held: list[Job] = []
    try:
        while not stopping() and (held := held + _take(owner, held)):
            held = [job for job in held if not stopping() and _piece(job, owner)]
    finally:
        _give_back(owner)


def forget() -> int:
    """Forget jobs that ended long ago; how many."""
    now, forgotten = clock.now(), 0
    with transaction():
        for key in {row.work for row in Job.select(Job.work).distinct()}:
            old = Job.changed_at < now - (WORKS[key].kept if key in WORKS else KEPT)
            forgotten += Job.delete().where(Job.work == key, Job.state.in_(ENDS), old).execute()
    return forgotten


def _take(owner: str, held: list[Job]) -> list[Job]:
    """More jobs, oldest first: those that wait, and those whose worker has died."""
    now = clock.now()
    seat = f"{owner.partition(':')[0]}:"
    lapsed = Job.lease_until.is_null() | (Job.lease_until < now) | (Job.owner.startswith(seat) & (Job.owner != owner))
    free = Job.select(Job.id).where(OPEN, lapsed, Job.id.not_in([job.id for job in held])).order_by(Job.id)
    taken = []
    for (key,) in tuples(free.limit(HANDS - len(held))) if len(held) < HANDS else ():
        with transaction():
            claim = Job.update(state="running", owner=owner, lease_until=now + LEASE)
            ours = claim.where(Job.id == key, OPEN, lapsed).execute()
        if ours:
            taken.append(Job.get_by_id(key))
            taken[-1].memory = {}
    return taken


def _give_back(owner: str) -> None:
    """Another worker may go on at once."""
    with transaction():
        Job.update(owner="", lease_until=None).where(Job.owner == owner, Job.state == "running").execute()


def _piece(job: Job, owner: str) -> bool:
    """Do the next piece of a job; whether there is more to do."""
    try:
        step = WORKS[job.work](job)
        _store(job, owner, step)
        return not step.finished
    except Lost:
        return False
    except AWAY as error:
        if clock.now() - job.changed_at < PATIENCE:
            raise
        return _fail(job, owner, error)
    except Exception as error:
        return _fail(job, owner, error)


def _store(job: Job, owner: str, step: Step) -> None:
    now = clock.now()
    job.done, job.cursor, job.result, job.changed_at = step.done, step.cursor, step.result, now
    job.total = job.total if step.total is None else step.total
    with transaction():
        mine = Job.update(
            done=job.done, cursor=job.cursor, result=job.result, total=job.total, changed_at=now, lease_until=now + LEASE
        ).where(Job.id == job.id, Job.owner == owner, Job.state == "running")
        if not mine.execute():
            raise Lost
        step.write()
        if step.finished:
            _end(job, "done", "worker", Job.owner == owner)


def _fail(job: Job, owner: str, error: Exception) -> bool:
    """Write down that a job cannot go on; its error's own words might name a person and stay unsaid."""
    name = "unknown_work" if job.work not in WORKS else type(error).__name__
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("job %s (%s) has failed: %s\n%s", job.id, job.work, name, where)
    with transaction():
        if _end(job, "failed", "worker", (Job.owner == owner) & OPEN, fault=name):
            kept = Job.select(Job.result).where(Job.id == job.id).scalar()
            Job.update(result={**kept, "fault": name}).where(Job.id == job.id).execute()
    return False


def _end(job: Job, state: str, actor: str, still: Any, **more: Any) -> bool:
    """Say how a job ended, once, in the caller's transaction."""
    ended = Job.update(state=state, owner="", lease_until=None, changed_at=clock.now()).where(Job.id == job.id, still)
    if not ended.execute():
        return False
    journal.record(f"job.{state}", None, actor, job=job.id, work=job.work, rule=job.rule_id, **more)
    return True
