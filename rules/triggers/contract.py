"""What the engine, the builder and the sentence ask of a trigger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Protocol

from markupsafe import Markup

from core.journal import Entry
from records.models import Kind, Record

Options = Mapping[str, Any]
Heard = tuple[str, str | None]  # an event of the kind (or a whole name, with a dot), the status it led to, None for any


@dataclass(frozen=True)
class Option:
    """One choice that a trigger leaves to the builder.

    `shape` says what it holds: statuses (a list of keys), box (a bool), moment (the key of a time field), field (the key of
    something that can change), event (a kind's own event), steps (see `rules.triggers.steps`), weekdays (a list of mon …
    sun), days (a list of days of the month, 31 is the last), time (HH:MM).
    """

    name: str
    shape: str
    label: str
    missing: str = ""


@dataclass(frozen=True)
class Occasion:
    """One moment at which a rule wants to write about a record.

    `key` makes its message unique for rule, record, recipient and channel; the part before @ says which step it is.
    `at`: when it goes out, before working hours are minded. `ends`: afterwards it is no news any more. `limit`: working
    hours may not push it that far. `template`: a text of its own, 0 for none.
    """

    key: str
    at: datetime
    sort: str
    ends: datetime
    limit: datetime | None = None
    template: int = 0

    @property
    def step(self) -> str:
        return step_of(self.key)


class Trigger(Protocol):
    """A new trigger is a class like this and a line in TRIGGERS.

    `family`: event (something is heard), reminder (a record's own time comes), series (the calendar comes round).
    `meanwhile`: what a reader should know of `holds` when the rule waits. `newest`: of several that wait for the same
    person about the same record only the newest goes out.
    """

    family: str
    label: str
    options: Sequence[Option]
    meanwhile: str
    newest: bool

    def listens(self, options: Options) -> list[Heard]:
        """The events it hears; a reminder hears every one, because any may have moved it; a series hears none."""

    def hears(self, entry: Entry, options: Options) -> bool:
        """Whether an Entry it listens to is really meant."""

    def occasion(self, entry: Entry, kind: Kind, delay: timedelta) -> Occasion:
        """What an Entry makes it say (family event)."""

    def occasions(self, record: Record, options: Options) -> list[Occasion]:
        """What a record's times make it say, whenever that is (family reminder)."""

    def occurrences(self, options: Options, zone: tzinfo, after: datetime, until: datetime) -> list[Occasion]:
        """What the calendar makes it say after one moment and until another (family series)."""

    def holds(self, record: Record, options: Options) -> bool:
        """Whether what started it is still so, asked after a delay."""

    def phrase(self, kind: Kind, options: Options) -> Markup:
        """The beginning of the rule's sentence, “As soon as an order is created”, with what was chosen in <b>."""

    def moment(self, kind: Kind, options: Options) -> Markup:
        """When, in the middle of the sentence: “<b>1 day before</b>”; empty where the delay says it."""

    def title(self, kind: Kind, options: Options) -> str:
        """A short name for a rule that starts so: “created”, “Ready, Done”."""


class Silent:
    """The answers of most triggers to what only others are asked."""

    meanwhile = ""
    newest = False
    options: Sequence[Option] = ()

    def listens(self, options: Options) -> list[Heard]:
        return []

    def hears(self, entry: Entry, options: Options) -> bool:
        return True

    def occasion(self, entry: Entry, kind: Kind, delay: timedelta) -> Occasion:
        raise TypeError("only triggers of the family event speak of an Entry")

    def occasions(self, record: Record, options: Options) -> list[Occasion]:
        return []

    def occurrences(self, options: Options, zone: tzinfo, after: datetime, until: datetime) -> list[Occasion]:
        return []

    def holds(self, record: Record, options: Options) -> bool:
        return True

    def moment(self, kind: Kind, options: Options) -> Markup:
        return Markup()


def step_of(key: str) -> str:
    """Which step of its rule the occasion of that key is."""
    return key.partition("@")[0]


def status_of(entry: Entry) -> str:
    """The status that an Entry led to; empty when it is about something else."""
    return entry.data.get("to") or entry.data.get("status") or ""
