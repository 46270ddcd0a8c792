"""Plans 100,000 reminders anew after their rule was changed, ends it half-way a second time, and prints the figures."""

import json
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from replay import open_house, pieces

from core import clock
from core.db import transaction
from core.rows import insert_many
from emails.models import Template
from outbox.models import Message
from records.models import Contact, Record
from rules import jobs, waits
from rules.models import Job, Rule, touch

REMINDERS = 100_000
CONSENT = {"email": {"given": True, "at": "2026-01-01T00:00:00+00:00", "how": "api:1"}}


def fill(now: datetime) -> Rule:
    """100,000 orders with an appointment in two to four weeks, and for each the reminder of one day before."""
    with transaction():
        letter = Template.create(name="Reminder", texts={"de": {"subject": "x", "body": "x"}}, updated_at=now)
        rule = Rule.create(
            name="Reminder", kind="order", trigger="before", options=_steps(1), on=True, since=now, created_at=now,
            updated_at=now, recipients=[{"who": "customer", "address": "", "template": letter.id}],
        )
        ada = Contact.create(name="Ada", email="ada@example.org", consents=CONSENT, created_at=now)
        for some in pieces(range(1, REMINDERS + 1), 500):
            insert_many(Record, [_order(n, ada.id, now) for n in some])
            insert_many(Message, [_message(n, rule.id, letter.id, now) for n in some])
    return rule


def change(rule: Rule, days: int) -> Job:
    """Another distance, saved, with what waits to be planned anew."""
    rule.options = _steps(days)
    with transaction():
        rule.version += 1
        rule.save()
        touch()
        job = waits.settle(rule, "replan", False, "user:1")
    assert job
    return job


def main() -> None:
    open_house(Path(sys.argv[1]))
    now = clock.now()
    rule = fill(now)
    start = time.perf_counter()
    job = change(rule, 2)
    saved = time.perf_counter() - start
    jobs.run_all("bench.0:a")
    took = time.perf_counter() - start
    moved = Message.select().where(Message.state == "planned", Message.occasion.startswith("scheduled_at:2d")).count()
    again = change(rule, 3)
    start, limit = time.perf_counter(), iter(range(5))
    jobs.run_all("bench.0:a", lambda: next(limit, None) is None)
    jobs.cancel(again, "user:1")
    jobs.run_all("bench.0:a")
    ended = time.perf_counter() - start
    third = Message.select().where(Message.state == "planned", Message.occasion.startswith("scheduled_at:3d")).count()
    done = Job.get_by_id(job.id).done
    print(f"{done} records looked at, {moved} reminders moved; cancelled after {third}", file=sys.stderr)
    if moved != REMINDERS or third >= REMINDERS:
        sys.exit("Not every reminder was planned anew, or cancelling did not stop it.")
    print(json.dumps({"replan": round(took, 1), "replan_save": round(saved, 2), "replan_cancel": round(ended, 2)}))


def _steps(days: int) -> dict[str, Any]:
    return {"field": "scheduled_at", "steps": [{"n": days, "unit": "days", "at": "", "template": 0}]}


def _at(n: int, now: datetime) -> datetime:
    return now.replace(microsecond=0) + timedelta(days=14, minutes=n % 20_160)


def _order(n: int, contact: int, now: datetime) -> dict[str, Any]:
    return dict(
        id=n, kind="order", number=str(n), status="new", contact=contact, scheduled_at=_at(n, now), occurred_at=now,
        created_at=now, updated_at=now,
    )


def _message(n: int, rule: int, template: int, now: datetime) -> dict[str, Any]:
    at = _at(n, now)
    return dict(
        rule_id=rule, record=n, occasion=f"scheduled_at:1d@{at.isoformat(timespec='seconds')}", recipient="customer",
        template=template, sort="appointment", due_at=at - timedelta(days=1), planned_at=now, expires_at=at,
    )


if __name__ == "__main__":
    main()
