"""The bells that wake the worker: news to read, messages to deliver."""

from datetime import datetime

from core import clock
from core.queue import Bell, queue


def _nobody() -> None:
    """Replaced by the worker's own work when a worker starts."""


_read = _nobody
_deliver = _nobody


@queue.task()
def read_news() -> None:
    _read()


@queue.task()
def deliver() -> None:
    _deliver()


news = Bell(read_news)
due = Bell(deliver)


def at(moment: datetime) -> None:
    """Wake the delivery when a message is due."""
    if moment <= clock.now():
        due.ring()
    else:
        due.ring_at(moment)


def answer(read: object, deliver_due: object) -> None:
    """Say what the bells of this process set in motion."""
    global _read, _deliver
    _read, _deliver = read, deliver_due  # type: ignore[assignment]
