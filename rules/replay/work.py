"""A replay as long work: a draft rule is looked at piece by piece; what was seen stays in memory until all is counted."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core import keys
from core.db import transaction
from core.rows import tuples
from outbox.models import Message
from records import openings
from records.zones import zone_of
from rules import jobs
from rules.jobs import Step
from rules.models import Job, Rule
from rules.replay import parts, span, tally
from rules.replay.events import Events
from rules.replay.records import Reminders, Series
from rules.replay.world import Foreseen, World
from rules.triggers import TRIGGERS

SORT = "replay"
KEPT = timedelta(days=1)  # it holds a draft that nobody may ever save
PIECE = 1000  # Entries or records looked at in one go
CONTENT = (
    "kind", "trigger", "options", "conditions", "locations", "profile", "delay", "hours", "release", "channel", "recipients",
)
Family = Events | Reminders | Series
FAMILIES: dict[str, type[Family]] = {"event": Events, "reminder": Reminders, "series": Series}


class Replay:
    """One replay under way."""

    def __init__(self, rule: Rule):
        self.rule = rule
        self.span = span.around()
        self.family = FAMILIES[TRIGGERS[rule.trigger].family](World(rule), self.span)
        self.subjects = self.family.subjects()
        self.done = 0
        self.seen: list[Foreseen] = []
        self.fallen: Counter[int] = Counter()

    @property
    def finished(self) -> bool:
        return self.done >= len(self.subjects)

    def look(self) -> None:
        """Look at the next piece."""
        ids = self.subjects[self.done:self.done + PIECE]
        with openings.remembering():
            for found in self.family.look(ids):
                if isinstance(found, Foreseen):
                    self.seen.append(found)
                else:
                    self.fallen[found] += 1
        self.done += len(ids)

    def result(self) -> dict[str, Any]:
        places = {id(one): place for place, one in places_of(self.rule.conditions)}
        fallen = [(places[key], n) for key, n in self.fallen.most_common()]
        found = tally.count(self.seen, self._others(), fallen, self.span)
        texted = parts.of(tally.sort(self.seen, self.span).went) if self.rule.channel == "sms" else {}
        return found | texted

    def _others(self) -> Iterator[tuple[str, date, int]]:
        """What others than this rule have really sent since."""
        zone, mine = zone_of(None), self.rule.id or 0
        sent = Message.select(Message.address, Message.sent_at, Message.rule_id).where(Message.sent_at >= self.span.since)
        for address, at, rule in tuples(sent):
            if at and address and (rule or 0) != mine:
                yield address.lower(), at.astimezone(zone).date(), rule or 0


def begin(rule: Rule, actor: str) -> Job:
    """Have a draft replayed; one that the same person still waits for is given up."""
    with transaction():
        for other in Job.select().where(Job.work == SORT, Job.actor == actor, Job.rule_id == rule.id, jobs.OPEN):
            jobs.cancel(other, actor)
        said = {name: rule.__data__[name] for name in CONTENT}
        told = {"rule": said, "sender": rule.sender_id}
        job = jobs.start(SORT, f"{SORT}:{keys.random62(16)}", actor, rule.id, told)
    if job is None:
        raise RuntimeError("two replays were given the same key")
    return job


def piece(job: Job) -> Step:
    """Look at the next piece (the work of jobs named `replay`). After a crash it begins anew: nothing has been changed."""
    replay = job.memory.get(SORT)
    if replay is None:
        replay = job.memory[SORT] = Replay(rule_of(job))
    replay.look()
    result = replay.result() if replay.finished else {}
    return Step(replay.done, replay.done, result, finished=replay.finished, total=len(replay.subjects))


def rule_of(job: Job) -> Rule:
    """The draft that a job replays, unsaved."""
    rule = Rule(id=job.rule_id, sender_id=None)  # whoever sends, the trial is the same
    for name, value in job.data["rule"].items():
        setattr(rule, name, value)
    return rule


def places_of(group: dict[str, Any], place: tuple[int, ...] = ()) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """A group and all that is in it, each with the way to it."""
    yield list(place), group
    for n, one in enumerate(group.get("of", ())):
        yield from places_of(one, (*place, n))
