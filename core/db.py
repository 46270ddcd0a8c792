"""The database: one handle for SQLite and PostgreSQL, and the columns both keep alike."""

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from threading import Lock
from typing import IO, Any
from urllib.parse import urlsplit

from peewee import (
    BigIntegerField,
    Database,
    DatabaseProxy,
    DateTimeField,
    JSONField,
    OperationalError,
    SqliteDatabase,
)
from peewee import Model as PeeweeModel
from playhouse.db_url import connect as connect_url

PRAGMAS = {
    "journal_mode": "wal", "synchronous": "full", "wal_autocheckpoint": 4000, "cache_size": -8000, "temp_store": "memory",
}
PATIENCE = 10.0  # seconds a statement waits for another writer

database = DatabaseProxy()


class Turn:
    """Where SQLite's writers of all processes stand in line: the kernel wakes them in order, and nobody has to ask again."""

    def __init__(self) -> None:
        self._ours = Lock()
        self._path = ""
        self._everybodys: IO[str] | None = None

    def of(self, path: str) -> None:
        """Stand in line for the database at `path` from here on, or for none."""
        if self._everybodys:
            self._everybodys.close()
        self._path, self._everybodys = path, None

    def __enter__(self) -> None:
        self._ours.acquire()
        if self._path:
            self._everybodys = self._everybodys or open(f"{self._path}.turn", "w")
            fcntl.flock(self._everybodys, fcntl.LOCK_EX)

    def __exit__(self, *error: object) -> None:
        if self._everybodys:
            fcntl.flock(self._everybodys, fcntl.LOCK_UN)
        self._ours.release()


turn = Turn()


class Sqlite(SqliteDatabase):
    """SQLite that asks again every millisecond while somebody writes out of turn; its own back-off sleeps far longer."""

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        return _patiently(super().execute_sql, sql, params)

    def begin(self, lock_type: str | None = None) -> None:
        _patiently(super().begin, lock_type)

    def connect(self, reuse_if_open: bool = False) -> bool:
        return _patiently(super().connect, reuse_if_open)


def _patiently(ask: Callable[..., Any], *args: Any) -> Any:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask(*args)
        except OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.001)


def bind(url: str) -> None:
    """Point the handle at `sqlite:///path` or `postgresql://…`."""
    turn.of(url.removeprefix("sqlite:///") if url.startswith("sqlite:") else "")
    if url.startswith("sqlite:"):
        path = url.removeprefix("sqlite:///")
        handle: Database = Sqlite(path, pragmas=PRAGMAS, lock_type="IMMEDIATE", timeout=0, returning_clause=True)
    else:
        handle = connect_url(url.replace(urlsplit(url).scheme, "psycopg3+pool", 1), max_connections=64, stale_timeout=300)
    database.initialize(handle)


def part() -> None:
    """Close all that this process has open: what it forks opens its own."""
    if is_sqlite():
        database.close()
    else:
        database.obj.close_all()


def is_sqlite() -> bool:
    return isinstance(database.obj, SqliteDatabase)


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing; inside another one it joins that. SQLite's writers take turns."""
    if database.in_transaction():
        yield
    elif is_sqlite():
        with turn, database.atomic():
            yield
    else:
        with database.atomic():
            yield


class UtcField(DateTimeField):
    """A moment: aware in Python, UTC in the database, sortable as text in SQLite."""

    field_type = "TIMESTAMPTZ"

    def db_value(self, value: Any) -> Any:
        if not isinstance(value, datetime):
            return value
        if value.tzinfo is None:
            raise ValueError(f"{self.name} needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None).isoformat(" ", "microseconds") if is_sqlite() else value

    def python_value(self, value: Any) -> Any:
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class MoneyField(BigIntegerField):
    """An amount: Decimal with two places in Python, hundredths in the database."""

    def db_value(self, value: Any) -> Any:
        if value is None:
            return None
        return int((Decimal(value) * 100).quantize(Decimal(1), ROUND_HALF_UP))

    def python_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value).scaleb(-2)


def compact(value: Any) -> str:
    """JSON without spaces, readable umlauts."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def Json(default: Any = dict, **kwargs: Any) -> JSONField:
    """A JSON column that starts as `default()`."""
    return JSONField(dumps=compact, default=default, **kwargs)


class Model(PeeweeModel):
    """A row; tables are made by the migrations."""

    id: Any  # peewee's own, as are the `<name>_id` that tables announce for their foreign keys
    _dirty: set[str]

    class Meta:
        database = database
        legacy_table_names = False


