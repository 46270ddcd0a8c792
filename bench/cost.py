"""Measures what rules and planned messages cost that do not apply or are not due, and prints the figures as JSON."""

import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from replay import open_house

from core import clock, journal
from core.db import database, transaction
from core.journal import Entry
from core.rows import insert_many
from outbox import claim
from outbox.models import Message
from records.models import Record
from rules import engine, index
from rules.models import Rule, touch

EVENTS, DUE, TAKEN = 2_000, 2_000, 50
LATER = """
    INSERT INTO message (record_id, occasion, recipient, channel, template_id, sort, address, subject, state, reason, due_at,
        planned_at, expires_at, owner, attempts, message_id, depth)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
    SELECT i, 'later', 'customer', 'email', 1, 'status', '', '', 'planned', '', ?, ?, ?, '', 0, '', 0 FROM n
"""


def rule(n: int, now: datetime) -> dict[str, Any]:
    """The first three hear of every order that becomes ready; the others of something else, each in a way of its own."""
    words = dict(kind="order", trigger="status_changed_to", options={"statuses": ["ready"]}, conditions={})
    if n >= 3:
        source = {"match": "all", "of": [{"field": "source", "operator": "is", "value": f"shop-{n}"}]}
        others: list[dict[str, Any]] = [
            {"options": {"statuses": ["cancelled"]}}, {"trigger": "created", "options": {}}, {"kind": "booking"},
            {"locations": [n]}, {"profile": f"profile-{n}"}, {"conditions": source},
            {"trigger": "before", "locations": [n],
             "options": {"field": "scheduled_at", "steps": [{"n": 1, "unit": "days", "at": "", "template": 0}]}},
        ]
        words |= others[n % len(others)]
    mail = [{"who": "customer", "address": "", "template": 1}]
    ago = now - timedelta(days=1)
    return {"name": str(n), "recipients": mail, "on": True, "since": ago, "created_at": ago, "updated_at": ago, **words}


def matching(rules: int) -> float:
    """Events per second that the engine reads with so many rules, three of which apply."""
    now = clock.now()
    with transaction():
        for model in (Rule, Message, Entry):
            model.delete().execute()
        for start in range(0, rules, 500):
            for words in [rule(n, now) for n in range(start, min(start + 500, rules))]:
                Rule.insert(**words).execute()
        touch()
        happened = dict(at=now, what="order.status_changed", actor="api:1", data={"from": "new", "to": "ready"}, unread=True)
        insert_many(Entry, [{**happened, "record_id": n} for n in range(1, EVENTS + 1)])
    index.current()
    began = time.perf_counter()
    while journal.read((engine.read,)):
        pass
    took = time.perf_counter() - began
    if (planned := Message.select().count()) != 3 * EVENTS:
        sys.exit(f"{planned} messages were planned instead of {3 * EVENTS}.")
    return EVENTS / took


def finding(rows: int) -> float:
    """Milliseconds for claiming 50 due messages while so many are planned for later."""
    now = clock.now()
    moments = [Message.due_at.db_value(at) for at in (now + timedelta(days=30), now, now + timedelta(days=40))]
    with transaction():
        Message.delete().execute()
        database.execute_sql(LATER, (rows, *moments))
        due = dict(recipient="customer", template=1, planned_at=now, expires_at=now + timedelta(days=1), due_at=now)
        insert_many(Message, [{**due, "record": n, "occasion": "due"} for n in range(1, DUE + 1)])
    times = []
    for _ in range(DUE // TAKEN):
        began = time.perf_counter()
        if len(claim.claim("bench", TAKEN)) != TAKEN:
            sys.exit("Not all that was due was found.")
        times.append(time.perf_counter() - began)
    return median(times) * 1000


def main() -> None:
    open_house(Path(sys.argv[1]))
    now = clock.now()
    order = dict(kind="order", status="ready", source="counter", occurred_at=now, created_at=now, updated_at=now)
    with transaction():
        insert_many(Record, [{**order, "number": str(n)} for n in range(1, EVENTS + 1)])
    found: dict[str, float] = {f"match_{n}": matching(n) for n in (10, 1_000, 10_000)}
    found |= {f"due_{n}": finding(n) for n in (1_000, 1_000_000)}
    slowest = min(found["match_1000"], found["match_10000"])
    found["match_loss"] = (1 - slowest / found["match_10"]) * 100
    found["due_factor"] = found["due_1000000"] / found["due_1000"]
    print(json.dumps({name: round(value, 2) for name, value in found.items()}))


if __name__ == "__main__":
    main()
