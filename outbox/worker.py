"""The worker: reads the news, delivers what is due, sweeps up after crashes, gives a sign of life."""

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

    def __init__(self, name: str, readers: Sequence[journal.Reader], delivery: Delivery, chores: Sequence[Chore]):
        self.name = name
        self.readers = readers
        self.delivery = delivery
        self.chores = chores
        self.stopping = threading.Event()
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
        self.read_news()

    def tidy(self) -> None:
        """What is done once a day."""
        for chore in self.chores:
            try:
                chore()
            except Exception:
                log.exception("a daily chore failed")

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


def run(data: Path, readers: Sequence[journal.Reader], deliver: Callable[[str], Delivery], chores: Sequence[Chore]) -> None:
    """Work until SIGINT or SIGTERM; then finish what is under way and end."""
    name, lock = seat(data)
    claim.release(f"{name}:")
    work = Work(name, readers, deliver(f"{name}:{keys.random62(6)}"), chores)
    work.desk.of(str(data / "news"))
    alarm.answer(work.read_news, work.delivery.run)
    _tell_the_time(work)
    consumer = queue.consumer(workers=2)
    consumer.start()
    _stop_on_signals(work.stopping)
    threading.Thread(target=work.beat, name="heartbeat", daemon=True).start()
    alarm.news.ring()
    alarm.due.ring()
    log.info("worker %s is awake", name)
    work.stopping.wait()
    consumer.stop(graceful=True)
    work.delivery.close(ENDING)
    with transaction():
        Worker.delete().where(Worker.name == name).execute()
    lock.close()
    log.info("worker %s has gone to sleep", name)


def _tell_the_time(work: Work) -> None:
    queue.queue.periodic_task(crontab(), name="sweep")(work.sweep)
    queue.queue.periodic_task(crontab(minute="17", hour="3"), name="tidy")(work.tidy)


def _stop_on_signals(stopping: threading.Event) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
