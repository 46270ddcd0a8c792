"""What any letter written by hand consists of while it is written: its words, what goes along, its sender, its moment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cached_property
from typing import ClassVar

from core import clock, keys
from core.i18n import gettext as _
from emails import check
from emails.models import Template
from outbox.models import Sender
from outbox.writing import enclosing, files
from outbox.writing.models import Enclosure
from records import amounts
from records.contacts import Refused

FARTHEST = timedelta(days=366)
Text = dict[str, str]  # subject and body


@dataclass(frozen=True)
class Writer:
    """Whoever writes, as the journal calls them, and the senders they may use."""

    actor: str
    senders: list[Sender]


@dataclass
class Draft:
    """What stands in the form. `template` is what it began with, `token` tells one sending from the next.

    `typed`: the words by language; `page`, `pay`: whether the status page and the bank details go along; `sender`: the id
    of one of the writer's senders, "" for the house's own address.
    """

    channel: ClassVar[str] = "email"

    writer: Writer
    template: Template
    token: str = field(default_factory=lambda: keys.random62(22))
    typed: dict[str, Text] = field(default_factory=dict)
    page: bool = False
    pay: bool = False
    sender: str = ""
    date: str = ""
    time: str = ""
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def sender_id(self) -> int | None:
        return int(self.sender) if self.sender in {str(one.id) for one in self.writer.senders} else None

    @property
    def texts(self) -> check.Texts:
        """The words with what goes along, as they are sent, in the languages that have any."""
        return {
            language: {**text, "body": enclosing.joined(text["body"], self.page, self.pay)}
            for language, text in self.typed.items() if text["subject"] or text["body"].strip()
        }

    @cached_property
    def files(self) -> list[Enclosure]:
        """Files of the writer's own."""
        return files.of(self.token, self.writer.actor)

    def take(self, form: Mapping[str, str]) -> None:
        """What was chosen and ticked in a form."""
        self.token = token_of(form) or self.token
        self.sender, self.date, self.time = form.get("sender", ""), form.get("date", ""), form.get("time", "")
        self.page, self.pay = form.get("page") == "1", form.get("pay") == "1"

    def part(self) -> None:
        """What a template attaches becomes a tick, which is easier to see and to take away than a placeholder."""
        for text in self.typed.values():
            text["body"], named = enclosing.parted(text["body"])
            self.page = self.page or named

    def moment(self, zone: tzinfo) -> datetime | None:
        """When it is to go out; None when the moment makes no sense, which then stands among the problems."""
        now = clock.now()
        try:
            at = amounts.moment(self.date, self.time, "later", zone) or now
            if at < now:
                raise Refused("later_date", _("Please choose a moment that lies ahead."))
            if at > now + FARTHEST:
                raise Refused("later_date", _("Please choose a moment within a year."))
        except Refused as refusal:
            self.problems[refusal.field] = refusal.sentence
            return None
        return at

    def judge_sender(self) -> None:
        """A sender that was switched off or taken away meanwhile is to be chosen anew."""
        if self.sender and self.sender_id is None:
            self.problems["sender"] = _("You cannot use this sender any more. Please choose another one.")


def token_of(form: Mapping[str, str]) -> str:
    """The token that a form carries; "" for none."""
    found = re.fullmatch("[0-9A-Za-z]{22}", form.get("token", ""))
    return found.group() if found else ""


def words(form: Mapping[str, str], suffix: str = "") -> Text:
    """Subject and body as they were typed."""
    subject, body = form.get(f"subject{suffix}", ""), form.get(f"body{suffix}", "")
    return {"subject": " ".join(subject.splitlines()).strip(), "body": body.replace("\r\n", "\n")}
