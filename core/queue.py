"""The alarm clock: the one Huey. Rows are the truth; a lost or doubled ring changes only the moment."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from huey import Huey
from huey.consumer import Consumer
from huey.serializer import SignedSerializer
from huey.storage import MemoryStorage, RedisStorage, SqliteStorage

from core import clock

POLL = 0.02  # seconds between two looks at the SQLite queue
GATHER = 0.025  # seconds between two rings of a bell: the first rings at once, those after it are taken together

log = logging.getLogger("statusbote.queue")
queue = Huey("statusbote", storage_class=MemoryStorage, results=False)


def bind(url: str, key: bytes) -> None:
    """Point the queue at `sqlite:///path` or `redis://…`; tasks are signed with `key`."""
    queue.serializer = SignedSerializer(secret=key.hex())
    if url.startswith("sqlite:"):
        queue.storage = SqliteStorage("statusbote", filename=url.removeprefix("sqlite:///"), fsync=False)
    else:
        queue.storage = RedisStorage("statusbote", url=url, read_timeout=1)


def part() -> None:
    """Close what this process has open: what it forks opens its own."""
    queue.storage.close()


def consumer(workers: int) -> Consumer:
    """A Huey consumer of `workers` threads that lets running tasks end on SIGTERM."""
    return queue.create_consumer(
        workers=workers, initial_delay=POLL, max_delay=POLL, backoff=1.0, graceful_signal="TERM", check_worker_health=True
    )


class OneAtATime:
    """Work that many may call for: one of them does it, the others leave word that it has to be done once more."""

    def __init__(self, work: Callable[[], object]):
        self._work = work
        self._called = threading.Event()
        self._busy = threading.Lock()

    def __call__(self) -> None:
        self._called.set()
        while self._called.is_set() and self._busy.acquire(blocking=False):
            try:
                self._called.clear()
                self._work()
            finally:
                self._busy.release()


class Bell:
    """Rings a task soon, many rings as one, off the caller's way; or later, at the earliest moment asked for."""

    def __init__(self, task: Any):
        self.task = task
        self._rung = threading.Event()
        self._ringer: threading.Thread | None = None
        self._lock = threading.Lock()
        self._set_for: datetime | None = None

    def ring(self) -> None:
        with self._lock:
            if self._ringer is None or not self._ringer.is_alive():
                self._ringer = threading.Thread(target=self._loop, name="bell", daemon=True)
                self._ringer.start()
        self._rung.set()

    def ring_at(self, moment: datetime) -> None:
        """Wake at `moment`, unless it is already set for one before."""
        now = clock.now()
        with self._lock:
            if self._set_for and now < self._set_for <= moment:
                return
            self.task.schedule(delay=max(timedelta(0), moment - now))
            self._set_for = moment

    def _loop(self) -> None:
        while self._rung.wait():
            self._rung.clear()
            try:
                self.task()
            except Exception as error:  # the queue is away; a sweep will find what was not rung for
                log.warning("the bell could not ring: %s", type(error).__name__)
            time.sleep(GATHER)
