"""Killed again and again, the house loses nothing it has accepted and sends nothing twice."""

import json
import random
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from core import db
from outbox.models import Message
from records.models import Record
from tests.postoffice import PostOffice
from tests.running import Running

EVENTS, KILLS = 500, 20


def order(number: int) -> bytes:
    contact = {"name": "Ada", "email": f"ada{number}@example.org", "language": "de", "consent": {"email": True}}
    return json.dumps({"status": "new", "contact": contact, "total": "12.00", "currency": "EUR"}).encode()


class Caller(threading.Thread):
    """Puts orders until each has been accepted once; what was not answered with 2xx is put again."""

    def __init__(self, house: Running, key: str, pace: float):
        super().__init__(daemon=True)
        self.house, self.key, self.pace = house, key, pace
        self.accepted: set[int] = set()

    def run(self) -> None:
        for number in range(EVENTS):
            while not self.put(number):
                time.sleep(0.05)
            self.accepted.add(number)
            time.sleep(self.pace)

    def put(self, number: int) -> bool:
        line = HTTPConnection("127.0.0.1", self.house.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            line.request("PUT", f"/api/v1/orders/{number}", order(number), headers)
            return line.getresponse().status in (200, 201)
        except (OSError, HTTPException):
            return False
        finally:
            line.close()


@pytest.mark.long
def test_twenty_kills_lose_nothing_and_send_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(20)
    with PostOffice() as office:
        house = Running(tmp_path / "data", SMTP_URL=f"smtp://127.0.0.1:{office.port}")
        house.statusbote("pack", "install", "repair-shop")
        key = house.statusbote("apikey", "create", "test")
        house.start()
        house.wait_until_ready()
        caller = Caller(house, key, pace=0.02)
        caller.start()
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 0.7))
            house.kill()
            house.start()
            house.wait_until_ready()
        caller.join(60)
        wait_until_settled(tmp_path / "data")
        assert house.stop() == 0
        received = Counter(recipient for recipient, raw in office.mails)
    take_census(caller.accepted, received)


def wait_until_settled(data: Path) -> None:
    db.bind(f"sqlite:///{data / 'statusbote.db'}")
    deadline = time.monotonic() + 60
    with db.database.connection_context():
        under_way = Message.select().where(Message.state.in_(("planned", "sending_pre", "sending_data")))
        while under_way.exists() or not _all_planned():
            assert time.monotonic() < deadline
            time.sleep(0.2)


def _all_planned() -> bool:
    return Message.select().count() == Record.select().count() == EVENTS


def take_census(accepted: set[int], received: Counter[str]) -> None:
    """Each accepted order has one message, in one final state; the server's own log agrees."""
    with db.database.connection_context():
        messages = list(Message.select(Message, Record).join(Record))
    states = {int(message.record.number): message.state for message in messages}
    assert len(messages) == len(states) == len(accepted) == EVENTS
    assert set(states.values()) <= {"sent", "unclear"}
    assert max(received.values()) == 1
    sent = {number for number, state in states.items() if state == "sent"}
    assert all(received[f"ada{number}@example.org"] == 1 for number in sent)
    print(f"{len(sent)} sent, {EVENTS - len(sent)} unclear, {len(received)} received")
