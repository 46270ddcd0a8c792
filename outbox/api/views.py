"""The HTTP API answers what was sent, what waits and why, and tells a record's biography."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Response, request

from core.i18n import gettext as _
from outbox import story, unusual
from outbox.api import page
from outbox.api.shapes import PART, Asked, BiographyTold, Messages, MessageTold, Paged, RuleTold, StoryLine, Whose
from outbox.states import STATES
from outbox.words import Told, tell
from records.biography import Line, told
from records.intake import answers, named, openapi
from records.intake.body import understand
from records.intake.callers import caller
from records.intake.doors import door
from records.intake.problems import Problem
from records.intake.schema import Said
from records.load import load
from records.people import role_of

BLANK = re.compile(r" (?=[0-9]{2}:[0-9]{2}$)")  # what a plus sign becomes that somebody forgot to write as %2B
Model = TypeVar("Model", bound=Said)

bp = door("outbox_api", "/api/v1")
openapi.parts.append(PART)
explained: list[Callable[[int], Sequence[Any]]] = []  # what says of each rule why it did what it did; app.py puts it in


@bp.before_request
def enter() -> None:
    caller(request)


@bp.get("/messages")
def messages() -> Response:
    asked = _asked(Asked)
    if asked.state is not None and asked.state not in STATES:
        known = ", ".join(STATES)
        raise Problem.at("state", _("There is no state of this name; there are: %(known)s.", known=known))
    return _told(page.of_house(asked.limit, asked.cursor, asked.state, asked.since))


@bp.get("/<collection>/<number>/messages")
def of_record(collection: str, number: str) -> Response:
    record, asked = named.record(collection, number), _asked(Paged)
    return _told(page.of_record(record.id, asked.limit, asked.cursor))


@bp.get("/<collection>/<number>/biography")
def biography(collection: str, number: str) -> Response:
    key = named.record(collection, number).id
    _asked(Said)
    record, rows = load([key])[key], story.messages(key)
    whole = told(record, [*(story.line(row, row.template, _whom(row), row.why) for row in rows), *story.calls(key)])
    lines = [*whole.ahead, *(line for _day, lines in whole.days for line in lines)]
    said = BiographyTold(
        kind=record.kind_id, number=record.number, biography=[_line(line) for line in lines], rules=_rules(key, rows)
    )
    return answers.told(said.model_dump())


def _asked(model: type[Model]) -> Model:
    """What stands behind the question mark; raises Problem that names what does not fit."""
    said: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise Problem.at(name, _("This field stands there twice."))
        said[name] = values[0]
    limit = said.get("limit", "")
    if limit.isascii() and limit.isdecimal() and len(limit) < 10:
        said["limit"] = int(limit)
    if "since" in said:
        said["since"] = BLANK.sub("+", said["since"])
    return understand(model, json.dumps(said).encode())


def _told(found: page.Page) -> Response:
    rules = unusual.names({row.rule_id for row in found.rows if row.rule_id})
    said = Messages(messages=[_message(row, rules) for row in tell(found.rows)], next=found.next)
    return answers.told(said.model_dump())


def _message(row: Told, rules: dict[int, str]) -> MessageTold:
    message, record = row.message, row.record
    return MessageTold(
        id=message.id,
        record=Whose(kind=record.kind_id, number=record.number) if record else None,
        rule=rules.get(message.rule_id or 0),
        template=row.template,
        channel=message.channel,
        recipient=role_of(message.recipient) or "address",  # type: ignore[arg-type]
        state=message.state,
        reason=message.reason or None,
        why=row.why,
        planned_at=message.planned_at.isoformat(),
        due_at=message.due_at.isoformat(),
        sent_at=message.sent_at.isoformat() if message.sent_at else None,
        message_id=message.message_id or None,
        attempts=message.attempts,
    )


def _line(line: Line) -> StoryLine:
    return StoryLine(at=line.at.isoformat(), what=line.what.striptags(), why=line.why, tone=line.tone)


def _whom(row: Told) -> str:
    """By name; addresses are not told."""
    return row.name or _("a fixed address")


def _rules(key: int, rows: list[Told]) -> list[RuleTold]:
    """What each rule did; a fixed address that it names is not told here either."""
    secret = {row.address for row in rows if row.address and not row.name}
    found = []
    for verdict in (verdict for explain in explained for verdict in explain(key)):
        sentence = verdict.sentence.striptags()
        for address in secret:
            sentence = sentence.replace(address, _("a fixed address"))
        found.append(RuleTold(name=verdict.rule.name, tone=verdict.tone, sentence=sentence))
    return found
