"""The bells that wake the worker: news to read, messages to deliver, long work to do."""

from datetime import datetime

from core import clock
from core.queue import Bell, queue


def _nobody() -> None:
    """Replaced by the worker's own work when a worker starts."""


_read = _nobody
_deliver = _nobody
_work = _nobody


@queue.task()
def read_news() -> None:
    _read()


@queue.task()
def deliver() -> None:
    _deliver()


@queue.task()
def work() -> None:
    _work()


news = Bell(read_news)
due = Bell(deliver)
jobs = Bell(work)


def at(moment: datetime) -> None:
    """Wake the delivery when a message is due."""
    if moment <= clock.now():
        due.ring()
    else:
        due.ring_at(moment)


def answer(read: object, deliver_due: object, work_on: object) -> None:
    """Say what the bells of this process set in motion."""
    global _read, _deliver, _work
    _read, _deliver, _work = read, deliver_due, work_on  # type: ignore[assignment]
