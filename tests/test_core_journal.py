"""The journal: lines are written with their cause, read once by every reader, and ring when there is news."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from peewee import OperationalError

from core import db, journal, migrate, settings
from core.db import database, transaction
from core.journal import Entry, Write


@pytest.fixture(params=["sqlite", "postgres"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[str]]:
    """An empty journal in either database; the list grows with every ring."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'house.db'}"
    db.bind(url)
    database.connect()
    migrate.migrate(tmp_path)
    rings: list[str] = []
    journal.on_news(lambda: rings.append("ring"))
    yield rings
    journal.on_news(lambda: None)
    database.close()
    if request.param == "postgres":
        database.obj.close_all()


def note(heard: list[int]) -> journal.Reader:
    """A reader that writes a setting and remembers which lines it was given."""

    def reader(entries: Sequence[Entry]) -> Write:
        heard.extend(entry.id for entry in entries)
        return lambda: settings.put(f"read {entries[0].id}", {"lines": len(entries)})

    return reader


def test_a_line_keeps_what_happened_and_who_did_it(memory: list[str]) -> None:
    with transaction():
        journal.record("order.created", 7, "api:1", unread=True, status="new", silent=False)
    entry = Entry.get()
    assert (entry.what, entry.record_id, entry.actor, entry.unread) == ("order.created", 7, "api:1", True)
    assert entry.data == {"status": "new", "silent": False}
    assert entry.at.tzinfo is not None


def test_news_rings_after_the_commit_and_not_before(memory: list[str]) -> None:
    with transaction():
        journal.record("order.created", 1, "api:1", unread=True)
        assert memory == []
    assert memory == ["ring"]


def test_lines_nobody_waits_for_do_not_ring(memory: list[str]) -> None:
    with transaction():
        journal.record("user.signed_in", None, "user:1")
    journal.record_many([])
    assert memory == []
    assert journal.read([]) == 0


def test_a_cause_that_failed_leaves_no_line_and_does_not_ring(memory: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction():
        journal.record("order.created", 1, "api:1", unread=True)
        raise RuntimeError
    assert (Entry.select().count(), memory) == (0, [])


def test_every_reader_sees_every_unread_line_once_and_in_order(memory: list[str]) -> None:
    with transaction():
        for number in range(5):
            journal.record("order.created", number, "api:1", unread=number != 2)
    one: list[int] = []
    two: list[int] = []
    assert journal.read([note(one), note(two)]) == 4
    assert one == two == sorted(one)
    assert journal.read([note(one)]) == 0
    assert settings.get(f"read {one[0]}") == {"lines": 4}


def test_many_lines_are_read_in_batches(memory: list[str]) -> None:
    with transaction():
        journal.record_many([journal.row("order.created", n, "api:1", unread=True) for n in range(journal.BATCH * 2 + 1)])
    heard: list[int] = []
    assert [journal.read([note(heard)]) for _ in range(4)] == [journal.BATCH, journal.BATCH, 1, 0]
    assert len(set(heard)) == journal.BATCH * 2 + 1


def test_what_a_reader_writes_and_the_mark_stand_or_fall_together(memory: list[str]) -> None:
    journal.record("order.created", 1, "api:1", unread=True)

    def broken(entries: Sequence[Entry]) -> Write:
        def write() -> None:
            settings.put("half", {"done": True})
            raise OperationalError("disk I/O error")

        return write

    with pytest.raises(OperationalError):
        journal.read([broken])
    assert settings.get("half") == {}
    assert Entry.get().unread


def test_a_line_no_reader_can_take_is_passed_over_and_holds_up_nobody(memory: list[str]) -> None:
    with transaction():
        for number in range(3):
            journal.record("order.created", number, "api:1", unread=True)
    heard: list[int] = []

    def choosy(entries: Sequence[Entry]) -> Write:
        if any(entry.record_id == 1 for entry in entries):
            raise ValueError("poison")
        return note(heard)(entries)

    assert journal.read([choosy]) == 3
    assert [Entry.get_by_id(id).record_id for id in heard] == [0, 2]
    assert not Entry.select().where(Entry.unread).exists()


def test_the_slower_of_two_workers_writes_nothing(memory: list[str]) -> None:
    journal.record("order.created", 1, "api:1", unread=True)

    def overtaken(entries: Sequence[Entry]) -> Write:
        Entry.update(unread=False).execute()  # another worker was quicker
        return lambda: settings.put("written twice", {"yes": True})

    assert journal.read([overtaken]) == 1
    assert settings.get("written twice") == {}
    with transaction():
        settings.put("afterwards", {"works": True})
    assert settings.get("afterwards") == {"works": True}


def test_workers_reading_at_once_write_each_line_once(memory: list[str]) -> None:
    with transaction():
        journal.record_many([journal.row("order.created", n, "api:1", unread=True) for n in range(120)])
    written: list[int] = []

    def reader(entries: Sequence[Entry]) -> Write:
        return lambda: journal.record_many([journal.row("read", entry.id, "worker") for entry in entries])

    def work() -> None:
        try:
            while journal.read([reader]):
                pass
        finally:
            database.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    written = [entry.record_id for entry in Entry.select().where(Entry.what == "read")]
    assert len(written) == len(set(written)) == 120
