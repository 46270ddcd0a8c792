"""Many processes open the same links at the same moment: each is opened exactly once (1,000 in `make bench ARGS=doors`)."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "bench"))
import doors  # noqa: E402  (a program beside the house)


@pytest.mark.usefixtures("house")
def test_eight_processes_open_the_same_links_and_each_is_opened_once() -> None:
    tokens = doors.prepare(200)
    took, opened = doors.open_all(tokens)
    assert opened == 200 and set(doors.counted(tokens).values()) == {200}


@pytest.mark.postgres
@pytest.mark.usefixtures("house")
def test_so_they_do_on_postgresql() -> None:
    tokens = doors.prepare(40)
    took, opened = doors.open_all(tokens)
    assert opened == 40 and set(doors.counted(tokens).values()) == {40}
