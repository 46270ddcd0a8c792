"""Brings the tables up to date when the program starts, one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playhouse.migrations import Runner

from core.db import database, is_sqlite

FOLDER = Path(__file__).with_name("migrations")
LOCK = 7_283_460  # an arbitrary number that is ours among PostgreSQL's advisory locks


def migrate(data: Path) -> list[str]:
    """Apply what is missing, each file in a transaction of its own; the names applied."""
    with database.connection_context() if database.is_closed() else _open(), _alone(data):
        return list(Runner(database.obj, str(FOLDER)).up())


@contextmanager
def _open() -> Iterator[None]:
    yield


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    if is_sqlite():
        with open(data / "migrate.lock", "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    database.execute_sql("SELECT pg_advisory_lock(%s)", (LOCK,))
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (LOCK,))
