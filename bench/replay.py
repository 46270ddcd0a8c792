"""Replays three drafts over 50,000 records in a house of its own, and prints the seconds that each took."""

import json
import random
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from core import clock, config, db, migrate, queue
from core.db import transaction
from core.journal import Entry
from core.rows import insert_many
from outbox.models import Message
from records import kinds
from records.models import Contact, Location, Record
from rules import jobs, works
from rules.models import Job, Rule
from rules.replay import work as replay

RECORDS = 50_000
WEEK = {day: [["09:00", "13:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
DRAFTS: dict[str, dict[str, Any]] = {
    "event": {
        "trigger": "status_changed_to", "options": {"statuses": ["ready"]}, "delay": 20, "hours": True,
        "conditions": {"match": "all", "of": [{"field": "source", "operator": "is_not", "value": "counter"}]},
    },
    "reminder": {
        "trigger": "after",
        "options": {"field": "placed_at", "steps": [{"n": n, "unit": "days", "at": "", "template": 0} for n in (3, 7, 14)]},
        "conditions": {"match": "all", "of": [{"field": "paid", "operator": "unpaid", "value": ""}]},
    },
    "series": {
        "trigger": "every", "options": {"weekdays": ["wed"], "days": [], "at": "10:00"},
        "conditions": {"match": "all", "of": [{"field": "total", "operator": "at_least", "value": "100"}]},
    },
}


def open_house(folder: Path) -> None:
    given = config.read({"STATUSBOTE_DATA": str(folder)})
    db.bind(given.database_url)
    migrate.migrate(given.data)
    queue.bind(given.queue_url, bytes(32))
    kinds.install()
    jobs.WORKS.update(works.WORKS)


def fill(now: datetime) -> None:
    """A shop's last 30 days: 50,000 orders of 20,000 customers, four of five ready by now, half of them paid."""
    chance = random.Random(7)
    with transaction():
        for n in (1, 2):
            Location.create(key=f"place{n}", name=f"Place {n}", state="BE", hours=WEEK)
        for some in pieces(range(1, 20_001), 500):
            insert_many(Contact, [_contact(n, now) for n in some])
        for some in pieces(_orders(now, chance), 500):
            insert_many(Record, [record for record, entries in some])
            insert_many(Entry, [entry for record, entries in some for entry in entries])
        for some in pieces(range(1, 20_001), 500):
            insert_many(Message, [_message(n, now, chance) for n in some])


def pieces(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Rows in lists of at most that size."""
    rest = iter(rows)
    while piece := list(islice(rest, size)):
        yield piece


def _contact(n: int, now: datetime) -> dict[str, Any]:
    consents = {"email": {"given": n % 10 > 0, "at": now.isoformat(), "how": "api:1"}}
    return dict(name=f"Customer {n}", email=f"customer{n}@example.org", language="de", consents=consents, created_at=now)


def _orders(now: datetime, chance: random.Random) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    for n in range(1, RECORDS + 1):
        placed = now - timedelta(days=30) * chance.random()
        ready = placed + timedelta(days=3) * chance.random()
        done, paid = ready < now, chance.random() < 0.5
        record = dict(
            kind="order", number=str(n), status="ready" if done else "new", contact=chance.randint(1, 20_000),
            source="counter" if n % 7 == 0 else "webshop", total=chance.randint(10, 300), fields={"serial": str(n)},
            placed_at=placed, paid_at=placed + timedelta(days=5) if paid else None, occurred_at=placed, created_at=placed,
            updated_at=ready, location=n % 2 + 1,
        )
        entries = [_entry(placed, "created", n, status="new")]
        yield record, entries + [_entry(ready, "status_changed", n, **{"from": "new", "to": "ready"})] * done


def _entry(at: datetime, what: str, record: int, **data: str) -> dict[str, Any]:
    return dict(at=at, what=f"order.{what}", record_id=record, actor="api:1", data=data)


def _message(n: int, now: datetime, chance: random.Random) -> dict[str, Any]:
    at = now - timedelta(days=30) * chance.random()
    return dict(
        rule_id=1, record=n, occasion="created", recipient="customer", template=1, address=f"customer{n}@example.org",
        state="sent", due_at=at, planned_at=at, expires_at=at, sent_at=at,
    )


def seconds(draft: dict[str, Any]) -> tuple[float, int]:
    """How long a replay takes, and how many messages it foresees."""
    recipients = [{"who": "customer", "address": "", "template": 1}]
    job = replay.begin(Rule(kind="order", name="", recipients=recipients, **draft), "user:1")
    start = time.perf_counter()
    jobs.run_all("bench.0:a")
    took = time.perf_counter() - start
    job = Job.get_by_id(job.id)
    if job.state != "done":
        sys.exit(f"The replay has ended as {job.state}: {job.result}")
    return took, job.result["messages"] + job.result["ahead"]


def main() -> None:
    open_house(Path(sys.argv[1]))
    fill(clock.now())
    found = {name: seconds(draft) for name, draft in DRAFTS.items()}
    for name, (took, messages) in found.items():
        print(f"{name}: {messages} messages foreseen in {took:.2f} s", file=sys.stderr)
    print(json.dumps({f"replay_{name}": round(took, 2) for name, (took, messages) in found.items()}))


if __name__ == "__main__":
    main()
