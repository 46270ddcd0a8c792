"""Many threads, one commit: each gets its own answer, and one that fails takes nothing of the others with it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core import i18n
from core.db import database, transaction
from core.i18n import speaking
from core.settings import Setting
from core.together import together

pytestmark = pytest.mark.usefixtures("house")


def write(name: str) -> str:
    Setting.insert(name=name, value={}).execute()
    return name


def names() -> set[str]:
    return {row.name for row in Setting.select().where(Setting.name.startswith("t"))}


def at_once(works: list) -> list:
    """Runs works in threads that all stand in line while somebody else writes; their answers, or what they raised."""
    started = threading.Barrier(len(works) + 1)

    def run(work):
        started.wait()
        try:
            return together(work)
        except Exception as error:
            return error
        finally:
            database.close()

    with ThreadPoolExecutor(len(works)) as threads:
        with transaction():
            answers = [threads.submit(run, work) for work in works]
            started.wait()
            threading.Event().wait(0.2)
        return [answer.result() for answer in answers]


def test_what_threads_want_at_once_is_one_commit_and_each_gets_its_answer(monkeypatch):
    commits: list[int] = []
    commit = type(database.obj).commit
    monkeypatch.setattr(type(database.obj), "commit", lambda self: (commits.append(1), commit(self))[1])
    answers = at_once([lambda n=n: write(f"t{n}") for n in range(8)])
    assert answers == [f"t{n}" for n in range(8)]
    assert names() == set(answers)
    assert len(commits) <= 3


def test_one_that_fails_leaves_nothing_and_harms_nobody():
    def fail():
        write("t-broken")
        raise ValueError("no")

    answers = at_once([lambda: write("t1"), fail, lambda: write("t2")])
    assert [type(answer) for answer in answers] == [str, ValueError, str]
    assert names() == {"t1", "t2"}


def test_each_work_speaks_its_own_callers_language():
    def spoken(language):
        def run():
            with speaking(language):
                return together(i18n.current)

        return run

    with ThreadPoolExecutor(2) as threads:
        assert [threads.submit(spoken(language)).result() for language in ("de", "en")] == ["de", "en"]


def test_inside_a_transaction_it_belongs_to_that_one():
    with pytest.raises(KeyError), transaction():
        together(lambda: write("t1"))
        raise KeyError
    assert names() == set()


def test_when_the_commit_fails_nobody_is_told_that_all_is_well(monkeypatch):
    def broken(self):
        raise OSError("disk full")

    monkeypatch.setattr(type(database.obj), "commit", broken)
    with pytest.raises(OSError, match="disk full"):
        together(lambda: write("t1"))
    monkeypatch.undo()
    assert names() == set()
