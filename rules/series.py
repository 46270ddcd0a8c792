"""Rules that come round with the calendar: their days are noticed each minute, and worked through record by record."""

from collections import defaultdict
from datetime import datetime, timedelta

from core import clock
from core.rows import tuples
from outbox import plan
from records.load import load
from records.models import Location, Record
from records.zones import HOME
from rules import index, jobs, planning
from rules.jobs import Step
from rules.models import Job, Rule
from rules.triggers import TRIGGERS, Occasion

BACK = timedelta(hours=12)  # so long after its moment a day is still taken up, after a downtime for instance
PIECE = 300  # records looked at in one go
SORT = "series"


def notice() -> None:
    """Start what has come round since; noticed twice, by two workers or after a crash, it is started once."""
    now = clock.now()
    for rule in index.current().rules.values():
        if TRIGGERS[rule.trigger].family == "series":
            after = max(now - BACK, rule.since or now - BACK)
            for zone in _zones(rule):
                for occasion in TRIGGERS[rule.trigger].occurrences(rule.options, clock.zone(zone), after, now):
                    _start(rule, zone, occasion)


def piece(job: Job) -> Step:
    """Look at the next records of the kind and plan for those the rule is about (the work of jobs named `series`)."""
    rule, occasion = index.current().rules.get(job.rule_id or 0), _occasion(job)
    if rule is None or clock.now() > occasion.ends:
        return Step(job.done, job.cursor, finished=True)
    theirs = Record.select(Record.id).where(Record.kind == rule.kind_id, _in_zone(job.data["zone"]), Record.id > job.cursor)
    keys = [key for (key,) in tuples(theirs.order_by(Record.id).limit(PIECE))]
    rows = [row for record in load(keys).values() for row in planning.round_again(rule, record, occasion)]
    return Step(
        job.done + len(keys), keys[-1] if keys else job.cursor, {"planned": job.result.get("planned", 0) + len(rows)},
        finished=len(keys) < PIECE, write=lambda: plan.plan_many(rows), total=None if job.total else theirs.count(),
    )


def _start(rule: Rule, zone: str, occasion: Occasion) -> None:
    key = f"series:{rule.id}:{zone}:{occasion.key}"
    if not Job.select().where(Job.key == key).exists():
        data = {"zone": zone, "key": occasion.key, "at": occasion.at.isoformat(), "ends": occasion.ends.isoformat()}
        jobs.start(SORT, key, "worker", rule.id, data)


def _occasion(job: Job) -> Occasion:
    at, ends = (datetime.fromisoformat(job.data[name]) for name in ("at", "ends"))
    return Occasion(job.data["key"], at, SORT, ends)


def _zones(rule: Rule) -> list[str]:
    """The time zones in which records of the rule may lie; the house's own for those without a location."""
    places = list(Location.select(Location.id, Location.time_zone))
    if rule.locations:
        return sorted({place.time_zone for place in places if place.id in rule.locations})
    return sorted({place.time_zone for place in places} | {HOME})


def _in_zone(zone: str) -> object:
    by_zone = defaultdict(list)
    for place in Location.select(Location.id, Location.time_zone):
        by_zone[place.time_zone].append(place.id)
    here = Record.location.in_(by_zone[zone])
    return here | Record.location.is_null() if zone == HOME else here
