"""The database handle: moments, money and documents come back as they went in, and writers wait for each other."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from peewee import IntegerField, IntegrityError, TextField

from core import db
from core.db import Json, Model, MoneyField, UtcField, database, transaction

BERLIN_IN_WINTER = timezone(timedelta(hours=1))


class Thing(Model):
    """A table for this test alone."""

    name = TextField(unique=True)
    count = IntegerField(default=0)
    at = UtcField(null=True)
    price = MoneyField(null=True)
    extra = Json()
    parts = Json(list)


@pytest.fixture(params=["sqlite", "postgres"])
def things(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[type[Thing]]:
    """An empty table of things in either database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'things.db'}"
    db.bind(url)
    database.connect()
    database.create_tables([Thing])
    yield Thing
    database.close()
    if request.param == "postgres":
        database.obj.close_all()


def test_a_moment_comes_back_in_utc_whatever_zone_it_went_in_with(things: type[Thing]) -> None:
    at = datetime(2026, 11, 20, 10, 52, 3, 14, tzinfo=BERLIN_IN_WINTER)
    thing = things.create(name="a", at=at)
    read = things.get_by_id(thing.id).at
    assert read == at
    assert read.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(things: type[Thing]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        things.create(name="a", at=datetime(2026, 11, 20))


def test_moments_are_ordered_and_compared_as_moments(things: type[Thing]) -> None:
    first = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    later = datetime(2026, 11, 21, 0, 45, tzinfo=BERLIN_IN_WINTER)  # 23:45 UTC
    long_ago = datetime(870, 1, 1, tzinfo=UTC)
    for name, at in (("later", later), ("first", first), ("long ago", long_ago)):
        things.create(name=name, at=at)
    assert [thing.name for thing in things.select().order_by(things.at)] == ["long ago", "first", "later"]
    assert [thing.name for thing in things.select().where(things.at > first)] == ["later"]
    assert things.get(things.name == "long ago").at == long_ago


@pytest.mark.parametrize("amount", ["0", "0.01", "-12.30", "129.90", "99999999.99"])
def test_money_comes_back_to_the_cent(things: type[Thing], amount: str) -> None:
    thing = things.create(name="a", price=Decimal(amount))
    assert things.get_by_id(thing.id).price == Decimal(amount)


def test_whole_numbers_are_amounts_too(things: type[Thing]) -> None:
    things.create(name="a", price=130)
    assert things.get().price == Decimal(130)
    assert things.select().where(things.price > 129).count() == 1
    assert things.select().where(things.price > 131).count() == 0


def test_documents_keep_umlauts_and_start_empty(things: type[Thing]) -> None:
    things.create(name="a", extra={"straße": "Lindenstraße", "n": [1, None, True]})
    things.create(name="b")
    assert things.get(things.name == "a").extra == {"straße": "Lindenstraße", "n": [1, None, True]}
    assert things.get(things.name == "b").extra == {}
    assert things.get(things.name == "b").parts == []


def test_two_rows_never_share_one_default_document(things: type[Thing]) -> None:
    one, two = things(name="a"), things(name="b")
    one.extra["seen"] = True
    assert two.extra == {}


def test_a_transaction_is_all_or_nothing(things: type[Thing]) -> None:
    with pytest.raises(IntegrityError), transaction():
        things.create(name="a")
        things.create(name="a")
    assert things.select().count() == 0


def test_an_inner_transaction_belongs_to_the_outer_one(things: type[Thing]) -> None:
    with pytest.raises(RuntimeError), transaction():
        with transaction():
            things.create(name="a")
        raise RuntimeError
    assert things.select().count() == 0


def test_what_waits_for_the_commit_runs_once_and_never_after_a_failure(things: type[Thing]) -> None:
    heard: list[str] = []
    with transaction():
        things.create(name="a")
        database.after_commit(lambda: heard.append("a"))
        assert heard == []
    with pytest.raises(RuntimeError), transaction():
        database.after_commit(lambda: heard.append("b"))
        raise RuntimeError
    with transaction():
        things.create(name="c")
    assert heard == ["a"]


def test_reading_and_then_writing_in_many_threads_loses_no_count(things: type[Thing]) -> None:
    things.create(name="counter")

    def count() -> None:
        try:
            for _ in range(20):
                with transaction():
                    query = things.select().where(things.name == "counter")
                    row = (query if db.is_sqlite() else query.for_update()).get()
                    things.update(count=row.count + 1).where(things.id == row.id).execute()
        finally:
            database.close()

    at_once(4, count)
    assert things.get().count == 80


def test_sqlite_waits_for_a_writer_of_another_process(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'things.db'}"
    db.bind(url)
    database.connect()
    database.create_tables([Thing])
    other = db.Sqlite(str(tmp_path / "things.db"), pragmas=db.PRAGMAS, lock_type="IMMEDIATE", timeout=0)
    other.connect()
    other.execute_sql("BEGIN IMMEDIATE")
    other.execute_sql("INSERT INTO thing (name, count, extra, parts) VALUES ('theirs', 0, '{}', '[]')")

    def ours() -> None:
        with transaction():
            Thing.create(name="ours")
        database.close()

    writer = threading.Thread(target=ours)
    writer.start()
    time.sleep(0.05)
    assert writer.is_alive()
    other.execute_sql("COMMIT")
    writer.join(5)
    assert not writer.is_alive()
    assert {thing.name for thing in Thing.select()} == {"ours", "theirs"}
    other.close()
    database.close()


def test_sqlite_gives_up_after_its_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "PATIENCE", 0.05)
    db.bind(f"sqlite:///{tmp_path / 'things.db'}")
    database.connect()
    database.create_tables([Thing])
    other = db.Sqlite(str(tmp_path / "things.db"), lock_type="IMMEDIATE", timeout=0)
    other.connect()
    other.execute_sql("BEGIN IMMEDIATE")
    with pytest.raises(db.OperationalError, match="locked"), transaction():
        Thing.create(name="ours")
    other.close()
    database.close()


def at_once(many: int, work: Callable[[], None]) -> None:
    """Run `work` in several threads and wait for all of them; their errors are raised here."""
    errors: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]
