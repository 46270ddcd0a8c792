"""One commit for what several threads want written at the same moment: a disk syncs once for all of them."""

from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any, TypeVar

from core.db import database, is_sqlite, transaction, turn

Answer = TypeVar("Answer")
MOST = 50  # works in one commit

_waiting: deque["_Work"] = deque()


def together(work: Callable[[], Answer]) -> Answer:
    """Do `work` in a transaction and give back its answer once it is on disk; what it raises undoes only its own writes.

    Inside a transaction it joins that one. PostgreSQL gathers commits by itself.
    """
    if database.in_transaction() or not is_sqlite():
        with transaction():
            return work()
    mine = _Work(work, copy_context())
    _waiting.append(mine)
    with turn:
        if not mine.done:
            _write([_waiting.popleft() for _ in range(min(MOST, len(_waiting)))])
    return mine.told()


class _Work:
    """Somebody's work, to be done in that somebody's context by whoever's turn it is."""

    def __init__(self, work: Callable[[], Any], context: Context):
        self.work = work
        self.context = context
        self.answer: Any = None
        self.error: Exception | None = None
        self.done = False

    def do(self) -> None:
        try:
            with database.savepoint():
                self.answer = self.context.run(self.work)
        except Exception as error:
            self.error = error

    def told(self) -> Any:
        if self.error:
            raise self.error
        return self.answer


def _write(works: list[_Work]) -> None:
    try:
        with database.atomic():
            for work in works:
                work.do()
    except Exception as error:  # the commit itself failed: nothing of all this is on disk
        for work in works:
            work.error = work.error or error
    for work in works:
        work.done = True
