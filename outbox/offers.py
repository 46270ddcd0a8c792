"""Messages that await release as a person looks them through: to whom each would go, as what mail, or why it would not."""

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import JOIN

from core import clock
from core.keys import fingerprint
from emails import bubble, compose, sms
from emails.compose import Composed, Unusable
from outbox import paged, truth
from outbox.models import Message
from outbox.release import AWAITING
from outbox.states import End, said
from outbox.words import Told, tell
from pages import links, place
from records import lists
from records.models import Contact, Kind, Record

log = logging.getLogger("statusbote.outbox")

MOST = 200  # messages looked through at once

wanted: list[truth.Wanted] = []  # app.py adds what the delivery asks too


@dataclass(frozen=True)
class Offer:
    """A message that awaits release: `why` it would not go as things are; once written, its mail or its SMS (`text`)."""

    told: Told
    why: str
    later: datetime | None = None  # when it goes, if not at once
    mail: Composed | None = None
    text: str = ""

    @property
    def title(self) -> str:
        """What it says in one line: the subject, the SMS, or nothing yet."""
        return self.mail.subject if self.mail else self.text

    @property
    def parts(self) -> str:
        """What its SMS takes: “1 SMS, 0,075 €”."""
        return bubble.parts(sms.count(self.text).segments)

    @property
    def id(self) -> int:
        return int(self.told.message.id)

    @property
    def missed(self) -> bool:
        return self.told.message.expires_at < clock.now()

    @property
    def seal(self) -> str:
        """Stands for what a person was shown; another name, address, subject or SMS makes another one."""
        return fingerprint("\n".join((self.told.name, self.told.address, self.title)))[:16]


def find(kind: str = "", location: int | None = None, record: int | None = None, words: str = "") -> list[Message]:
    """What awaits release, by kind and record; one more than `MOST` when there are more."""
    query = _everything()
    if record is not None:
        query = query.where(Message.record == record)
    if kind:
        query = query.where(Record.kind == kind)
    if location is not None:
        query = query.where(Record.location == location)
    if words.strip():
        query = query.where(Record.number.contains(words.strip()) | lists.speaks_of(words.strip()))
    return list(query.limit(MOST + 1))


def named(ids: Collection[int]) -> list[Message]:
    """Those of these messages that still await release, in the order of the list."""
    return list(_everything().where(Message.id.in_(list(ids)))) if ids else []


def _everything() -> Any:
    people = Message.select(Message).join(Record).join(Contact, JOIN.LEFT_OUTER, on=Record.contact)
    kinds = people.switch(Record).join(Kind, on=Record.kind)
    return kinds.where(AWAITING).order_by(Kind.position, Kind.key, Record.id, Message.id)


def look(messages: Sequence[Message], written: bool = False) -> list[Offer]:
    """These messages as the delivery would treat them now, nothing changed; with their mails when `written`."""
    wishes, ends = _ask(messages)
    offers = [_offer(told, wishes.get(told.message.id), ends.get(told.message.id)) for told in tell(messages)]
    return [_written(offer, wishes.get(offer.id)) for offer in offers] if written else offers


def _ask(messages: Sequence[Message]) -> tuple[dict[int, truth.Wish], dict[int, End]]:
    """Who would get them, and what would end or postpone them; what is only postponed is a wish as well."""
    wishes: list[truth.Wish] = []
    ends: dict[int, End] = {}
    for together in _rounds(messages):
        found, ended = truth.check(together, wanted)
        wishes, ends = wishes + found, ends | ended
    later = [message for message in messages if message.id in ends and ends[message.id].state == "planned"]
    found, ended = truth.check(later, ()) if later else ([], {})
    return {wish.message.id: wish for wish in wishes + found}, ends | ended


def _rounds(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """What is due is asked about together; the steps of a ladder that are still to come do not outdo each other."""
    now, rounds = clock.now(), [[message for message in messages if message.due_at <= clock.now()]]
    steps: Counter[tuple[int | None, int, str]] = Counter()
    for message in messages:
        if message.due_at > now:
            step = (message.rule_id, message.record_id, message.recipient)
            steps[step] += 1
            rounds += [[]] if steps[step] == len(rounds) else []
            rounds[steps[step]].append(message)
    yield from filter(None, rounds)


def _offer(told: Told, wish: truth.Wish | None, end: End | None) -> Offer:
    if wish is None:
        return Offer(told, said(end.reason if end else "", told.message.channel))
    due = end.due_at if end and end.due_at else told.message.due_at
    return Offer(told, "", later=due if due > clock.now() else None)


def _written(offer: Offer, wish: truth.Wish | None) -> Offer:
    """The offer with what it says, as it would be at this moment; its link leads nowhere yet."""
    if wish is None:
        return offer
    wish = replace(wish, template=paged.fitted(wish.message, wish.template, wish.record, wish.person)[0])
    try:
        if wish.message.channel == "sms":
            return replace(offer, text=_texted(wish))
        link, expires = f"{place.base_url()}/s/…", clock.now() + links.LIFE
        mail = compose.compose(wish.template, wish.record, wish.person, link, expires)
    except Unusable as unusable:
        return Offer(offer.told, str(unusable))
    except Exception:  # one broken template must not hide all the others
        log.exception("message %s could not be composed", offer.id)
        return Offer(offer.told, said("not_composed"))
    return Offer(offer.told, "", offer.later, mail)


def _texted(wish: truth.Wish) -> str:
    """Its SMS, with a link as long as the one it will have."""
    link, expires = f"{place.base_url()}/s/{bubble.TOKEN}", clock.now() + links.LIFE
    return sms.fill(wish.template, wish.record, wish.person, link, expires, wish.event)
