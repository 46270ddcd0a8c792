"""The same code on PostgreSQL and Redis: an order comes in, its mail goes out, its page is there."""

import json
import time
from pathlib import Path
from urllib.request import Request, urlopen

from tests.postoffice import PostOffice
from tests.running import Running

ORDERS = 40


def put(house: Running, key: str, number: int, status: str) -> int:
    contact = {"name": "Ada", "email": f"ada{number}@example.org", "language": "de", "consent": {"email": True}}
    body = json.dumps({"status": status, "contact": contact, "total": "12.00", "currency": "EUR"}).encode()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(f"{house.url}/api/v1/orders/{number}", body, headers, method="PUT"), timeout=20) as answer:
        return int(answer.status)


def wait_for(office: PostOffice, mails: int) -> None:
    deadline = time.monotonic() + 60
    while len(office.mails) < mails:
        assert time.monotonic() < deadline, f"{len(office.mails)} of {mails} mails"
        time.sleep(0.05)


def test_an_order_becomes_a_mail_on_postgresql_and_redis(tmp_path: Path, postgres_url: str, redis_url: str) -> None:
    with PostOffice() as office:
        house = Running(
            tmp_path / "data", SMTP_URL=f"smtp://127.0.0.1:{office.port}", DATABASE_URL=postgres_url, QUEUE_URL=redis_url
        )
        house.statusbote("pack", "install", "repair-shop")
        key = house.statusbote("apikey", "create", "test")
        house.start()
        try:
            house.wait_until_ready()
            assert [put(house, key, number, "new") for number in range(ORDERS)] == [201] * ORDERS
            wait_for(office, ORDERS)
            assert [put(house, key, number, "ready") for number in range(ORDERS)] == [200] * ORDERS
            wait_for(office, 2 * ORDERS)
        finally:
            assert house.stop() == 0
        assert len({recipient for recipient, raw in office.mails}) == ORDERS
        assert len(list((tmp_path / "data" / "pages").rglob("*.html"))) >= ORDERS
