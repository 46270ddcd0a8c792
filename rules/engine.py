"""Turns Entries into planned messages: what was heard starts rules, and may move or end what reminders had planned."""

from collections.abc import Iterable, Sequence

from core import clock, journal
from core.journal import Entry, Write
from core.rows import tuples
from outbox.models import Message
from outbox.plan import Planned
from records.load import load
from records.models import Kind, Record
from rules import index, kept, planning, reconcile
from rules.index import Index, Place
from rules.models import Rule
from rules.reconcile import Changes
from rules.triggers import TRIGGERS

QUIET = {"silent", "late"}  # marks of an Entry that is recorded but never announced
Started = tuple[Entry, Rule]


def read(entries: Sequence[Entry]) -> Write:
    """Plan what the enabled rules say about these Entries; the function given back writes it."""
    rules = index.current()
    heard = [entry for entry in entries if entry.record_id and rules.hears(entry)]
    places = places_of({entry.record_id or 0 for entry in heard})
    started = _started(rules, heard, places)
    reminded = _reminded(rules, heard, places)
    wanted = {entry.record_id or 0 for entry, rule in started if planning.needs_record(rule)} | reminded.keys()
    records = load(wanted) if wanted else {}
    changes, passed = _events(_deepened(started), records)
    changes.add(_reminders(reminded, records))
    return lambda: _write(changes, passed)


def places_of(records: set[int]) -> dict[int, Place]:
    """What decides which rules can be about each of these records."""
    if not records:
        return {}
    columns = (Record.id, Record.kind, Record.location, Record.profile, Record.source, Record.created_at)
    return {id: Place(*rest) for id, *rest in tuples(Record.select(*columns).where(Record.id.in_(records)))}


def _write(changes: Changes, passed: list[dict]) -> None:
    reconcile.write(changes)
    journal.record_many(passed)


def _started(rules: Index, heard: Sequence[Entry], places: dict[int, Place]) -> list[Started]:
    return [
        (entry, rule)
        for entry in heard if entry.record_id in places and not entry.data.keys() & QUIET
        for rule in rules.listening(entry, places[entry.record_id])
        if rule.since is None or entry.at >= rule.since
    ]


def _deepened(started: list[Started]) -> list[Started]:
    """An opened link is caused by the message that brought it: its Entry is as deep as that, and one more."""
    links = {entry.data["link"] for entry, rule in started if entry.what == "link.opened"}
    if not links:
        return started
    depths = dict(tuples(Message.select(Message.link_id, Message.depth).where(Message.link_id.in_(links))))
    for entry, _rule in started:
        if entry.what == "link.opened":
            entry.data["depth"] = depths.get(entry.data["link"], 0) + 1
    return started


def _events(started: Sequence[Started], records: dict[int, Record]) -> tuple[Changes, list[dict]]:
    """The messages of those rules whose conditions hold, and a line of the journal for each that does not."""
    kinds = {kind.key: kind for kind in Kind.select().where(Kind.key.in_({rule.kind_id for entry, rule in started}))}
    rows: list[Planned] = []
    passed = []
    for entry, rule in started:
        record = records.get(entry.record_id or 0)
        if record and planning.failing(rule, record):
            passed.append(journal.row("rule.passed_over", entry.record_id, "worker", rule=rule.id, entry=entry.id))
        else:
            rows += planning.heard(rule, entry, kinds[rule.kind_id], record)
    return Changes(new=rows), passed


def _reminded(rules: Index, heard: Sequence[Entry], places: dict[int, Place]) -> dict[int, dict[int, Started]]:
    """By record: the reminders that its news may have moved, each with the newest Entry that may start it."""
    found: dict[int, dict[int, Started]] = {}
    for entry in heard:
        place = places.get(entry.record_id or 0)
        if place and entry.what.partition(".")[0] == place.kind:
            for rule in rules.reminders(place):
                mine = found.setdefault(entry.record_id or 0, {})
                if rule.id not in mine or not entry.data.keys() & QUIET:
                    mine[rule.id] = (entry, rule)
    return found


def _reminders(reminded: dict[int, dict[int, Started]], records: dict[int, Record]) -> Changes:
    changes = Changes()
    if not reminded:
        return changes
    there = reconcile.known({key for rules in reminded.values() for key in rules}, reminded)
    for key, rules in reminded.items():
        for rule_id, (entry, rule) in rules.items():
            mine = there.get((rule_id, key), [])
            if record := records.get(key):
                changes.add(remind(rule, record, entry, mine, _starts(rule, record, entry, mine)))
    return changes


def remind(rule: Rule, record: Record, entry: Entry | None, there: Sequence[Message], fresh: bool) -> Changes:
    """What one reminder does about one record as it is now; `there` are its messages, `fresh` allows new ones."""
    now, gone = clock.now(), why_gone(rule, record)
    rows = planning.ahead(rule, record, entry, entry.at if entry else now)
    left = kept.standing(there, record) if gone == "moved" else []  # nothing speaks against what a person kept
    return reconcile.compare(rows, [message for message in there if message not in left], gone, now, fresh and not left)


def why_gone(rule: Rule, record: Record) -> str:
    """Why a reminder does not want to write about this record (any more)."""
    if not planning.concerns(rule, record):
        return "conditions"
    failing = planning.failing(rule, record)
    if failing:
        return "paid" if failing.get("operator") == "unpaid" else "conditions"
    return "moved" if TRIGGERS[rule.trigger].holds(record, rule.options) else "cancelled"


def _starts(rule: Rule, record: Record, entry: Entry, there: Iterable[Message]) -> bool:
    """Whether news may plan something new: not quiet ones, and of old records only what is new about their time."""
    if entry.data.keys() & QUIET:
        return False
    field = rule.options.get("field", "")
    retimed = entry.what.endswith(f".{field}_changed") or field in entry.data.get("fields", ())
    return rule.since is None or record.created_at >= rule.since or bool(list(there)) or (retimed and entry.at >= rule.since)
