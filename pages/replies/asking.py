"""The page on which a customer says something: it asks once more, takes their words, and tells that they were received.

A status page is the same for everybody, so it only leads here, see `pages.downloads`. The form carries a proof that only the
browser with the grant can have been given; what another site sends in its name is refused.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import request
from limits import RateLimitItemPerHour
from werkzeug.wrappers import Response

from accounts.limits import limiter
from core import clock, keys
from core.i18n import gettext as _
from pages import answers, place, words
from pages.actions import SUBJECTS
from pages.downloads import Missing
from pages.firm import phone
from pages.fresh import masked
from pages.models import Link
from pages.replies import kept, sayings
from pages.replies.models import Reply
from pages.replies.sayings import SAYINGS, Saying
from pages.settings import current
from records.contacts import Refused, clean_text
from records.load import load
from records.models import Record
from records.zones import zone_of

QUERY, FRESH = "reply", "received"
LONGEST = 500  # characters of a customer's own words
OFTEN = RateLimitItemPerHour(20, 1, "reply")


@dataclass(frozen=True)
class Question:
    """What is asked of a record's customer, and what they have answered already."""

    key: str
    saying: Saying
    record: Record
    occasion: str
    answer: Reply | None


def asked(record_id: int, wishes: Mapping[str, str], proof: str = "") -> Response | None:
    """The page that asks, or tells that it was answered; None where nothing of the kind is wished for. Raises Missing.

    Without a proof nobody can answer: whoever looks is not the customer.
    """
    if QUERY not in wishes:
        return None
    question = _question(record_id, wishes[QUERY])
    return _told(question, new=FRESH in wishes) if question.answer else _asks(question, proof)


def answer(link: Link, key: str, form: Mapping[str, str], proof: str) -> str | Response:
    """Take an answer: its key once it is known, or the page that says what is missing. Raises Missing, PermissionError."""
    if not proof or not hmac.compare_digest(proof.encode(), form.get("proof", "").encode()) or _foreign():
        raise PermissionError
    question = _question(link.record_id, key)
    if question.answer:
        return question.key
    if not limiter.limiter.hit(OFTEN, link.id):
        return answers.door("patience", 429)
    typed = form.get("words", "").replace("\r\n", "\n").strip()
    try:
        own = clean_text(" ".join(typed.split()), "words", LONGEST)
        if question.saying.needed and not own:
            raise Refused("words", _(question.saying.needed))
    except Refused as refusal:
        return _asks(question, proof, typed, refusal.sentence, 422)
    kept.give(link, question.record, question.key, question.occasion, own)
    return question.key


def proof_of(link: Link, grant: str) -> str:
    """What the form carries in the browser that has this grant; nothing for those who are not the customer."""
    if link.recipient != "customer" or not grant:
        return ""
    digest = hmac.digest(keys.derive("replies"), f"{link.id}.{grant}".encode(), "sha256")
    return keys.base62(int.from_bytes(digest, "big"), 22)


def _question(record_id: int, key: str) -> Question:
    """What is asked, if the page of the record as it is now asks it."""
    record, saying = load([record_id]).get(record_id), SAYINGS.get(key)
    if record is None or saying is None:
        raise Missing
    said = kept.of([record_id]).get(record_id, [])
    occasion = sayings.occasion(record, saying.subject, said)
    answer = sayings.answered(record, saying.subject, said)
    step = SUBJECTS.get(current.of(record.kind_id, record.status).action)
    offered = occasion and saying.subject in ("payment", step) and not sayings.too_late(record, saying.subject, clock.now())
    if not answer and not offered:
        raise Missing
    return Question(key, saying, record, occasion, answer)


def _asks(question: Question, proof: str, typed: str = "", fault: str = "", status: int = 200) -> Response:
    return answers.door(
        "replies/ask", status, **_named(question), proof=proof, typed=typed, fault=fault, longest=LONGEST,
        facts=_facts(question), key=question.key,
    )


def _told(question: Question, new: bool) -> Response:
    reply = question.answer
    assert reply
    saying = SAYINGS[reply.said]
    at = reply.at.astimezone(zone_of(question.record))
    when = words.moment(at, at)
    return answers.door(
        "replies/received", **_named(question), told=_(saying.told, when=when), next=_(saying.next), own=reply.words,
        new=new,
    )


def _named(question: Question) -> dict[str, Any]:
    record = question.record
    return {"saying": question.saying, "number": f"{record.kind.label()} {record.number}"}


def _facts(question: Question) -> str:
    """What the answer is about, in one line."""
    record, subject = question.record, question.saying.subject
    if subject in ("quote", "payment"):
        return words.money(record.total, record.currency) if record.total else ""
    if subject == "appointment" and record.scheduled_at:
        at = record.scheduled_at.astimezone(zone_of(record))
        when = f"{words.day(at)}, {words.clock(at)}"
        return _("So far: %(when)s", when=when) if question.saying.needed else when
    number = record.contact.phone if record.contact else None
    return _("The number we have of you: %(number)s", number=masked(number)) if number and phone(number) else ""


def _foreign() -> bool:
    """Whether another site sent the form; a browser that does not tell is believed, for it had the proof."""
    origin = request.headers.get("Origin")
    return origin is not None and origin not in {_origin(place.base_url()), _origin(request.host_url)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
