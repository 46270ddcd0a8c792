"""The same code on PostgreSQL and Redis: an order comes in, its mail goes out, its page is there."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from app import create_app
from core import db
from core.config import Config
from rules.example import shop as example
from tests.conftest import make_user, sign_in
from tests.postoffice import PostOffice
from tests.running import Running

ORDERS = 40
ROOMS = """
    / /today/health /outbox/valve /outbox /outbox?q=ada@example.org /outbox/for/1 /mailbox
    /records/orders /records/orders?q=ada /records/orders?status=ready /records/orders/1030 /records/orders/new
    /records/orders/1030/edit /records/find?q=murat /contacts /contacts?q=kaya /pages/for/1 /pages/slot/1
    /rules?kind=order /rules/1 /rules/counted?rule=1&rule=2 /rules/new?kind=order /templates /templates/1
    /locations /shops /shops/webshop /company /users /users/keys
"""


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


@pytest.fixture
def house_on_postgresql(settings_of: Callable[..., Config], postgres_url: str) -> Iterator[Flask]:
    """The example shop on PostgreSQL."""
    app = create_app(settings_of(STATUSBOTE_DATABASE_URL=postgres_url))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    example.open_shop()
    yield app
    db.database.close_all()


def test_every_room_opens_on_postgresql(house_on_postgresql: Flask) -> None:
    admin = sign_in(house_on_postgresql, make_user("ada@example.org", "Ada", "admin"))
    answers = {room: admin.get(room, headers={"HX-Request": "true"}).status_code for room in ROOMS.split()}
    assert {room: code for room, code in answers.items() if code != 200} == {}
