"""The program as its users run it: the demo plays an order through, and whatever runs ends in order when asked to."""

import os
import re
import signal
import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.running import Running


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
    [worker] = subprocess.run(["pgrep", "-P", str(house.process.pid)], capture_output=True, text=True).stdout.split()
    assert house.stop(number) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int(worker), 0)
    assert "Traceback" not in house.log.read_text()
    assert "has gone to sleep" in house.log.read_text()


def test_a_worker_that_dies_is_started_again(tmp_path: Path) -> None:
    house = Running(tmp_path / "data")
    house.start()
    house.wait_until_ready()
    assert house.process
    subprocess.run(["pkill", "-KILL", "-P", str(house.process.pid)], check=True)
    house.wait_for(lambda: house.log.read_text().count("is awake") == 2)
    assert house.stop() == 0


def test_the_house_answers_before_its_first_account_is_made(tmp_path: Path) -> None:
    house = Running(tmp_path / "data")
    house.start()
    house.wait_until_ready()
    with urlopen(house.url, timeout=10) as answer:
        assert answer.url == f"{house.url}/setup"
    assert house.stop() == 0
