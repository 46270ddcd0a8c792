"""Has eight processes open the same links at the same time, and counts how often each was opened: once, by one browser."""

import json
import multiprocessing
import random
import sys
import time
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

from app import open_house
from core import clock, config, db, keys
from core.db import transaction
from core.journal import Entry
from pages import grants, links
from pages.models import Grant, Link
from records import change, kinds
from records.models import Record

LINKS, PROCESSES = 1_000, 8
SENT = timedelta(hours=1)  # ago, so that nobody is let in as the second after a scanner


def prepare(number: int) -> list[str]:
    """So many new links to a record, each sent an hour ago; their tokens."""
    kind = kinds.of_collection("orders")
    assert kind
    contact = {"name": "Ada Lovelace", "email": "ada@example.org", "consent": {"email": True}}
    record = change.apply(kind, "1001", {"contact": contact, "status": "ready"}, "api:1").record
    made = [links.prepare(record.id, "customer", "ada@example.org") for _ in range(number)]
    with transaction():
        links.save_many(made)
        Link.update(sent_at=clock.now() - SENT, created_at=clock.now() - SENT).execute()
    return [links.token_of(link.id) for link in made]


def open_all(tokens: list[str], processes: int = PROCESSES) -> tuple[float, int]:
    """Open all of them in each of so many processes, each in an order of its own; seconds, and how often one was let in."""
    db.part()
    fork = multiprocessing.get_context("fork")
    start, let_in = fork.Barrier(processes + 1), fork.SimpleQueue()
    workers = [fork.Process(target=_press, args=(tokens, seed, start, let_in)) for seed in range(processes)]
    for worker in workers:
        worker.start()
    start.wait(60)
    began = time.perf_counter()
    opened = sum(let_in.get() for _ in workers)
    took = time.perf_counter() - began
    for worker in workers:
        worker.join()
    db.database.connect(reuse_if_open=True)
    return took, opened


def counted(tokens: list[str]) -> dict[str, int]:
    """What the tables say afterwards: links opened once, grants, lines of the journal; each should be as many as links."""
    once = Link.select().where(Link.state == "opened", Link.openings == 1).count()
    lines = Entry.select().where(Entry.what == "link.opened").count()
    return {"once": once, "grants": Grant.select().count(), "lines": lines}


def _press(tokens: list[str], seed: int, start: Barrier, let_in: "multiprocessing.SimpleQueue[int]") -> None:
    """One browser that opens every link, as `POST /s/<token>` does."""
    db.database.connect(reuse_if_open=True)
    mine, nonce, opened = random.Random(seed).sample(tokens, len(tokens)), keys.random62(22), 0
    start.wait(60)
    for token in mine:
        link = links.find(token)
        opened += bool(link and grants.open_in(link, nonce))
    let_in.put(opened)


def main() -> None:
    open_house(config.read({"STATUSBOTE_DATA": sys.argv[1]}))
    tokens = prepare(LINKS)
    took, opened = open_all(tokens)
    said = counted(tokens)
    exact = all(number == LINKS for number in (opened, *said.values())) and Record.select().count() == 1
    print(json.dumps({"doors_twice": 0 if exact else abs(opened - LINKS) or 1, "doors": LINKS * PROCESSES / took}))


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    main()
