"""The program as its users run it: the demo plays an order through, and whatever runs ends in order when asked to."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.running import Running


def children(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    return [int(child) for child in found.stdout.split()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def again(house: Running, said: str) -> bool:
    """Whether the log says so after the first death it tells of."""
    return said in house.log.read_text().partition("is started again")[2]


def test_the_demo_plays_one_order_through_and_says_where_to_look(tmp_path: Path) -> None:
    house = Running(tmp_path / "data", DEMO_EXIT="1")
    said = house.statusbote("demo")
    for address in ("/sign-in", "/mailbox/2", r"/s/\w{22}"):
        assert re.search(rf"{re.escape(house.url)}{address}$", said, re.MULTILINE)
    assert "mira@radhaus-lindner.example / statusbote-demo" in said
    assert list((tmp_path / "data" / "pages").rglob("*.html"))
    assert house.statusbote("demo").count("/s/") == 1, "a second demo in the same folder plays the next order"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_web_and_worker_end_together_and_in_order(tmp_path: Path, number: int) -> None:
    house = Running(tmp_path / "data")
    house.start()
    house.wait_until_ready()
    assert house.process
    family = children(house.process.pid)
    assert len(family) == 2
    assert house.stop(number) == 0
    assert not any(alive(pid) for pid in family)
    assert "Traceback" not in house.log.read_text()
    assert "has gone to sleep" in house.log.read_text()


def test_whatever_dies_is_started_again(tmp_path: Path) -> None:
    house = Running(tmp_path / "data")
    house.start()
    house.wait_until_ready()
    assert house.process
    for pid in children(house.process.pid):
        os.kill(pid, signal.SIGKILL)
    house.wait_for(lambda: again(house, "is awake") and again(house, "serving on"))
    house.wait_until_ready()
    assert house.stop() == 0


def test_no_orphan_stays_behind(tmp_path: Path) -> None:
    house = Running(tmp_path / "data")
    house.start()
    house.wait_until_ready()
    assert house.process
    family = children(house.process.pid)
    house.process.kill()
    house.process.wait()
    house.wait_for(lambda: not any(alive(pid) for pid in family))


def test_the_house_answers_before_its_first_account_is_made(tmp_path: Path) -> None:
    house = Running(tmp_path / "data")
    house.start()
    house.wait_until_ready()
    with urlopen(house.url, timeout=10) as answer:
        assert answer.url == f"{house.url}/setup"
    assert house.stop() == 0


def test_a_port_that_is_taken_is_answered_with_a_sentence(tmp_path: Path) -> None:
    house = Running(tmp_path / "data")
    with socket.create_server(("127.0.0.1", house.port)):
        command = [sys.executable, "-m", "app", "run"]
        done = subprocess.run(command, env=house.environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"Nobody can listen on 127.0.0.1:{house.port} (")
    assert "Traceback" not in done.stderr
