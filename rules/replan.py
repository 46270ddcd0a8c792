"""Plans anew what a changed rule has waiting, and for older records where somebody asks for it: decided, then written."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core import clock, journal
from core.db import database
from core.journal import Entry
from core.keys import fingerprint
from core.rows import tuples
from outbox import alarm
from outbox.models import Message
from outbox.plan import Planned
from outbox.states import WAITING
from records.load import load
from records.models import Record
from records.zones import zone_of
from rules import engine, planning, reach, reconcile
from rules.index import Index, Place
from rules.jobs import Step
from rules.kept import KEPT
from rules.models import Job, Rule
from rules.reconcile import Changes
from rules.triggers import TRIGGERS

SORT = "replan"
PIECE = 500  # records in one go
GONE = "replanned"
TOUCHES = (  # what of a rule its waiting messages hang on
    "kind", "trigger", "options", "conditions", "locations", "profile", "delay", "hours", "release", "channel", "recipients",
    "sender_id",
)
LATELY = timedelta(days=4)  # so old an occasion of a series may be whose messages still wait


@dataclass(frozen=True)
class Wish:
    """What is asked for: `again` plans anew what waits, `fresh` also plans for records that have nothing waiting."""

    again: bool
    fresh: bool = False


def seal(rule: Rule) -> str:
    """Stands for what a rule's messages hang on; another one after every change that touches them."""
    return fingerprint(json.dumps({name: rule.__data__.get(name) for name in TOUCHES}, sort_keys=True))[:16]


def keys_of(rule: Rule, wish: Wish, after: int, limit: int) -> list[int]:
    """The next records that the wish is about, in the order of their ids."""
    found: set[int] = set()
    if wish.again:
        waits = Message.select(Message.record).where(_waiting(rule), Message.record > after)
        found |= {key for (key,) in tuples(waits.distinct().order_by(Message.record).limit(limit))}
    if wish.fresh:
        found |= set(reach.ids(rule, after, limit))
    return sorted(found)[:limit]


def decide(rule: Rule, keys: Iterable[int], wish: Wish) -> Changes:
    """What planning anew would change about these records; nothing is written."""
    records, changes = load(keys), Changes()
    there = reconcile.known([rule.id], records)
    entries = _entries(there.values()) if TRIGGERS[rule.trigger].family == "event" else {}
    for key in sorted(records):
        mine = there.get((rule.id, key), [])
        for message in mine:
            message.reason = "" if wish.again and message.reason == KEPT else message.reason
        changes.add(_about(rule, records[key], mine, entries, wish))
    changes.dropped = [(message, GONE if reason == "moved" else reason) for message, reason in changes.dropped]
    changes.new = _unheard(rule, [row for row in changes.new if row.state != "dropped"])
    return changes


def write(rule: Rule, keys: Sequence[int], wish: Wish, changes: Changes, actor: str) -> int:
    """Write it, in the caller's transaction; how many messages were new, moved or dropped."""
    n = reconcile.write(changes, actor)
    if wish.again:
        mine = (Message.rule_id == rule.id) & Message.record.in_(list(keys))
        Message.update(reason="").where(mine, Message.reason == KEPT, Message.state.in_(WAITING)).execute()
        n += _release(rule, mine, actor)
    return n


def piece(job: Job) -> Step:
    """The next records of a job named `replan`; it ends where the rule was changed once more."""
    rule, wish = Rule.get_or_none(Rule.id == job.rule_id), Wish(**job.data["wish"])
    if rule is None or seal(rule) != job.data["seal"]:
        return Step(job.done, job.cursor, {**job.result, "overtaken": True}, finished=True)
    keys = keys_of(rule, wish, job.cursor, PIECE)
    changes = decide(rule, keys, wish)
    found = {"changed": job.result.get("changed", 0) + len(changes.new) + len(changes.moved) + len(changes.dropped)}
    return Step(
        job.done + len(keys), keys[-1] if keys else job.cursor, found, finished=len(keys) < PIECE,
        write=lambda: write(rule, keys, wish, changes, job.actor),
    )


def _about(rule: Rule, record: Record, there: list[Message], entries: dict[int, Entry], wish: Wish) -> Changes:
    family = TRIGGERS[rule.trigger].family
    if family == "reminder":
        return engine.remind(rule, record, None, there, True)
    changes, now = Changes(), clock.now()
    told = planning.concerns(rule, record) and not planning.failing(rule, record)
    gone = GONE if told else engine.why_gone(rule, record)
    by_occasion: dict[tuple[str, int], list[Message]] = {}
    for message in there:
        if message.state in WAITING:
            by_occasion.setdefault((message.occasion, message.entry_id or 0), []).append(message)
    for (key, entry), mine in by_occasion.items():
        rows = _heard(rule, record, entries.get(entry)) if family == "event" else _round(rule, record, key)
        changes.add(reconcile.compare([row for row in rows if row.occasion == key], mine, gone, now))
    return changes


def _heard(rule: Rule, record: Record, entry: Entry | None) -> list[Planned]:
    """What the rule would have planned, had it been so when it heard the Entry."""
    place = Place(record.kind_id, record.location_id, record.profile, record.source, record.created_at)
    alone = Index()
    alone.add(rule)
    if entry is None or not alone.listening(entry, place) or planning.failing(rule, record):
        return []
    return planning.heard(rule, entry, record.kind, record)


def _round(rule: Rule, record: Record, key: str) -> list[Planned]:
    now, trigger = clock.now(), TRIGGERS[rule.trigger]
    lately = trigger.occurrences(rule.options, zone_of(record), now - LATELY, now) if trigger.family == "series" else []
    return [row for occasion in lately if occasion.key == key for row in planning.round_again(rule, record, occasion)]


def _unheard(rule: Rule, rows: list[Planned]) -> list[Planned]:
    """Those that no message stands for yet, sent or dropped ones among them."""
    about = {row.record_id for row in rows}
    parts = (Message.record, Message.occasion, Message.recipient, Message.channel)
    mine = Message.select(*parts).where(Message.rule_id == rule.id, Message.record.in_(about))
    told = set(tuples(mine)) if rows else set()
    return [row for row in rows if (row.record_id, row.occasion, row.recipient, row.channel) not in told]


def _release(rule: Rule, mine: object, actor: str) -> int:
    """What a person had to release goes out by itself now, or the other way round."""
    before, now = ("awaiting", "planned") if rule.release == "auto" else ("planned", "awaiting")
    free = Message.reason.in_(("", "resting")) & (Message.attempts == 0)
    rows = list(Message.select().where(mine, Message.state == before, free))
    Message.update(state=now, reason="").where(Message.id.in_([row.id for row in rows]), Message.state == before).execute()
    journal.record_many([row.line(now, "replanned", actor) for row in rows])
    if rows and now == "planned":
        soonest = min(row.due_at for row in rows)
        database.after_commit(lambda: alarm.at(soonest))
    return len(rows)


def _entries(there: Iterable[Sequence[Message]]) -> dict[int, Entry]:
    wanted = {message.entry_id for messages in there for message in messages if message.entry_id}
    return {entry.id: entry for entry in Entry.select().where(Entry.id.in_(wanted))} if wanted else {}


def _waiting(rule: Rule) -> object:
    return (Message.rule_id == rule.id) & Message.state.in_(WAITING)
