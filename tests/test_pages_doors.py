"""Many processes open the same links at the same moment: each is opened exactly once (1,000 in `make bench ARGS=doors`)."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from core import db, i18n

sys.path.append(str(Path(__file__).parent.parent / "bench"))
import doors  # noqa: E402  (a program beside the house)


@pytest.fixture
def postgres_house(settings_of: Callable[..., Any], postgres_url: str) -> Iterator[Flask]:
    app = create_app(settings_of(STATUSBOTE_DATABASE_URL=postgres_url))
    i18n.choose("de")
    yield app
    db.database.close_all()


@pytest.mark.usefixtures("house")
def test_eight_processes_open_the_same_links_and_each_is_opened_once() -> None:
    tokens = doors.prepare(200)
    took, opened = doors.open_all(tokens)
    assert opened == 200 and set(doors.counted(tokens).values()) == {200}


@pytest.mark.usefixtures("postgres_house")
def test_so_they_do_on_postgresql() -> None:
    tokens = doors.prepare(40)
    took, opened = doors.open_all(tokens)
    assert opened == 40 and set(doors.counted(tokens).values()) == {40}
