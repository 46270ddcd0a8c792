"""The worker: reads the news, delivers what is due, does long work, sweeps up after crashes, gives a sign of life."""

import fcntl
import logging
import signal
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import IO

from huey import crontab

from core import clock, journal, keys, queue
from core.db import Turn, database, transaction
from outbox import alarm, claim
from outbox.delivery import Delivery
from outbox.models import Worker

BEAT = 5.0  # seconds between two signs of life
ENDING = 20.0  # seconds that messages under way may take when the worker is stopped
SLOTS = 64

log = logging.getLogger("statusbote.worker")
Chore = Callable[[], object]
Jobs = Callable[[str, Callable[[], bool]], object]  # does long work in a worker's name, until that says that it stops


def seat(data: Path) -> tuple[str, IO[str]]:
    """A name no other living worker of this machine has, and the lock that keeps it: “host.0”, “host.1” …"""
    for slot in range(SLOTS):
        lock = open(data / f"worker-{slot}.lock", "w")  # noqa: SIM115 (the lock lives as long as the worker)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return f"{socket.gethostname()}.{slot}", lock
    raise RuntimeError("All seats for workers are taken on this machine.")


class Work:
    """What the bells of this process set in motion, until it is told to stop."""

    def __init__(
        self, name: str, readers: Sequence[journal.Reader], delivery: Delivery, chores: Sequence[Chore],
        sweeps: Sequence[Chore], jobs: Jobs,
    ):
        self.name = name
        self.readers = readers
        self.delivery = delivery
        self.chores = chores
        self.sweeps = sweeps
        self.jobs = jobs
        self.stopping = threading.Event()
        self.called = threading.Event()
        self.desk = Turn()
        self._read = queue.OneAtATime(self._read_all)

    def read_news(self) -> None:
        """Hand out unread Entries until there are none, and deliver right away what they caused."""
        self._read()
        self.delivery.run()

    def _read_all(self) -> None:
        """Workers of one machine read in turn: what two read at once, one has read for nothing."""
        with self.desk:
            while not self.stopping.is_set() and journal.read(self.readers):
                pass

    def sweep(self) -> None:
        """Find whatever a crash or a lost ring has left lying."""
        claim.release()
        claim.repeat_unclear()
        _each(self.sweeps)
        self.called.set()
        self.read_news()

    def tidy(self) -> None:
        """What is done once a day."""
        _each(self.chores)

    def labour(self) -> None:
        """Long work in a thread of its own: neither news nor messages wait for it."""
        while self.called.wait() and not self.stopping.is_set():
            self.called.clear()
            try:
                with database.connection_context():
                    self.jobs(self.delivery.owner, self.stopping.is_set)
            except Exception as error:  # the database is away; the next sweep calls again
                log.error("long work was interrupted: %s", type(error).__name__)

    def beat(self) -> None:
        """Leave a sign of life every few seconds, and forget workers long gone."""
        database.connect(reuse_if_open=True)
        boot = keys.random62(8)
        while not self.stopping.is_set():
            try:
                with transaction():
                    Worker.insert(name=self.name, boot=boot, beat_at=clock.now()).on_conflict(
                        conflict_target=[Worker.name], preserve=[Worker.boot, Worker.beat_at]
                    ).execute()
                    Worker.delete().where(Worker.beat_at < clock.now() - timedelta(days=1)).execute()
            except Exception:
                log.exception("no sign of life could be left")
            self.stopping.wait(BEAT)


def run(
    data: Path, readers: Sequence[journal.Reader], deliver: Callable[[str], Delivery], chores: Sequence[Chore],
    sweeps: Sequence[Chore], jobs: Jobs,
) -> None:
    """Work until SIGINT or SIGTERM, then finish what is under way. `chores` come once a day, `sweeps` each minute."""
    name, lock = seat(data)
    claim.release(f"{name}:")
    work = Work(name, readers, deliver(f"{name}:{keys.random62(6)}"), chores, sweeps, jobs)
    work.desk.of(str(data / "news"))
    alarm.answer(work.read_news, work.delivery.run, work.called.set)
    _tell_the_time(work)
    consumer = queue.consumer(workers=2)
    consumer.start()
    _stop_on_signals(work.stopping)
    threading.Thread(target=work.beat, name="heartbeat", daemon=True).start()
    labour = threading.Thread(target=work.labour, name="labour", daemon=True)
    labour.start()
    for bell in (alarm.news, alarm.due, alarm.jobs):
        bell.ring()
    log.info("worker %s is awake", name)
    work.stopping.wait()
    work.called.set()
    consumer.stop(graceful=True)
    work.delivery.close(ENDING)
    labour.join(ENDING)
    with transaction():
        Worker.delete().where(Worker.name == name).execute()
    lock.close()
    log.info("worker %s has gone to sleep", name)


def _each(chores: Sequence[Chore]) -> None:
    """Do them all; one that fails does not stop the others."""
    for chore in chores:
        try:
            chore()
        except Exception:
            log.exception("a chore failed")


def _tell_the_time(work: Work) -> None:
    queue.queue.periodic_task(crontab(), name="sweep")(work.sweep)
    queue.queue.periodic_task(crontab(minute="17", hour="3"), name="tidy")(work.tidy)


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
