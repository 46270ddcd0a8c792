"""Plays one order through: the web shop calls, the mail arrives, the link leads to the page."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import URLError
from urllib.request import Request, urlopen

from core import clock
from outbox.models import Mail
from pages import files
from pages.models import Page
from records.intake.shops.signing import signature
from records.models import Record, Source
from records.sources import secret_of
from rules.example import shop

ORDER = Path(__file__).with_name("order.json")
PATIENCE = 30.0  # seconds to wait for each step

Found = TypeVar("Found")


class Stuck(Exception):
    """A step that did not happen in time; its text says which."""


@dataclass(frozen=True)
class Played:
    """The newest mail of the order and the link in it."""

    number: str
    mail: Mail
    link: str


def play(base_url: str, source: Source) -> Played:
    """An order is placed and then ready, as WooCommerce tells it; raises Stuck."""
    number = str(Record.select().where(Record.kind == source.kind_id).count() + 1030)
    wait("the web server and the worker", lambda: _ready(base_url))
    placed = clock.now() - timedelta(minutes=1)
    _call(base_url, source, "order.created", _order(number, "processing", placed, placed))
    first = wait("the first mail", lambda: _newest_mail(0))
    _call(base_url, source, "order.updated", _order(number, "completed", placed, clock.now()))
    mail = wait("the mail about the new status", lambda: _newest_mail(first.id))
    text = message_from_bytes(bytes(mail.content), policy=policy.default).get_body(("plain",))
    link = re.search(rf"^{re.escape(base_url)}/s/\S+", text.get_content() if text else "", re.MULTILINE)
    if link is None:
        raise Stuck("the mail has no status link")
    wait("the status page", lambda: _page(source, number))
    return Played(number, mail, link[0])


def summary(base_url: str, played: Played) -> str:
    """What the demo prints: where to look, and with what to sign in."""
    return f"""
Statusbote is running. Order {played.number} was placed in the web shop and became ready; its customer has been told.

  Sign in      {base_url}/sign-in
               {shop.EMAIL} / {shop.PASSWORD}
  The mail     {base_url}/mailbox/{played.mail.id}
  Its link     {played.link}

Ctrl-C ends it.
"""


def wait(what: str, look: Callable[[], Found | None]) -> Found:
    """What `look` finds within half a minute; raises Stuck."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise Stuck(f"{what} did not come within {PATIENCE:.0f} seconds")


def _order(number: str, status: str, placed: datetime, changed: datetime) -> bytes:
    order: dict[str, Any] = json.loads(ORDER.read_text(encoding="utf-8"))
    order |= {"id": int(number), "number": number, "status": status}
    for name, moment in (("created", placed), ("modified", changed)):
        order |= dict.fromkeys((f"date_{name}", f"date_{name}_gmt"), moment.strftime("%Y-%m-%dT%H:%M:%S"))
    return json.dumps(order, ensure_ascii=False).encode()


def _call(base_url: str, source: Source, topic: str, body: bytes) -> None:
    headers = {
        "Content-Type": "application/json", "User-Agent": "WooCommerce/10.3.5 Hookshot (WordPress/6.9)",
        "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Delivery-ID": f"{topic}-{time.time_ns():x}",
        "X-WC-Webhook-Signature": signature(secret_of(source), body),
    }
    with urlopen(Request(f"{base_url}/hooks/{source.key}", body, headers), timeout=10) as answer:
        answer.read()


def _ready(base_url: str) -> bool:
    try:
        with urlopen(f"{base_url}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _newest_mail(after: int) -> Mail | None:
    return Mail.select().where(Mail.id > after).order_by(Mail.id.desc()).first()


def _page(source: Source, number: str) -> Page | None:
    pages = Page.select().join(Record).where(Record.kind == source.kind_id, Record.number == number)
    return next((page for page in pages if files.path(page.file)), None)
