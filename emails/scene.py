"""Everything one message can speak of: record, reader, company and link, seen in the reader's language and zone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any

from core import clock
from records.models import Location, Record
from records.people import Person

HOME = "Europe/Berlin"


@dataclass(frozen=True)
class Scene:
    """One record told to one person. `link` is an address or None, `expires` its end; `event`: what was said with one.

    `unsubscribe`: where the reader ends advertising, None in what is no advertising.
    """

    record: Record
    person: Person | None
    company: dict[str, Any]
    link: str | None = None
    expires: datetime | None = None
    event: Mapping[str, Any] = field(default_factory=dict)
    unsubscribe: str | None = None

    @cached_property
    def location(self) -> Location | None:
        return self.record.location

    @cached_property
    def zone(self) -> tzinfo:
        return clock.zone(self.location.time_zone if self.location else HOME)

    def at(self, moment: datetime | None, form: Callable[[datetime, tzinfo], str]) -> str | None:
        """A moment in words, day and month on one line; None for none."""
        return re.sub(r"(?<=\d)(\.?) (?=[^\W\d])", "\\1\u00a0", form(moment, self.zone)) if moment else None
