"""The HTTP API: say what is true of records, one or many at once, and ask what is."""

import json
from typing import Any, NamedTuple

from flask import Response, g, request

from core.i18n import gettext as _
from records import change, events, kinds
from records.intake import answers, named, openapi
from records.intake.body import parse, read, understand
from records.intake.callers import caller
from records.intake.doors import door
from records.intake.problems import Problem
from records.intake.reports import KEY, Report, key_of
from records.intake.schema import Batch, Row, State
from records.models import Kind

GROUP = 100  # records stored in one transaction, so that others get a turn between

Became = change.Outcome | change.Refused | Problem

bp = door("api", "/api")


class Misfit(NamedTuple):
    """A record of a batch that cannot be read; `number` is what it called itself, if that could."""

    number: str | None
    problem: Problem


@bp.before_request
def enter() -> None:
    if request.endpoint != "api.describe":
        g.caller = caller(request)


@bp.put("/v1/<collection>/<number>")
def put(collection: str, number: str) -> Response:
    kind, silent = named.kind(collection), _silent()
    state = understand(State, read(request)).state()
    outcome = change.apply(kind, number, state, g.caller, silent)
    return answers.told(answers.done(outcome, kind), answers.code(outcome))


@bp.get("/v1/<collection>/<number>")
def get(collection: str, number: str) -> Response:
    record = named.record(collection, number)
    return answers.told(answers.state(record, record.kind))


@bp.post("/v1/<collection>/<number>/events")
def report(collection: str, number: str) -> Response:
    record, silent, key = named.record(collection, number), _silent(), key_of(request)
    said = understand(Report, read(request)).model_dump(exclude_unset=True)
    try:
        known = events.report(record, said["event"], said.get("data", {}), said.get("to"), g.caller, key, silent)
    except events.Contradiction:
        raise Problem.at(KEY, _("Another event was reported under this key before."), 409) from None
    return answers.told(answers.reported(known.event, record), 201)


@bp.post("/v1/<collection>")
def put_many(collection: str) -> Response:
    kind, silent = named.kind(collection), _silent()
    rows = _rows(read(request))
    good = [row for row in rows if isinstance(row, Row)]
    outcomes: list[change.Outcome | change.Refused] = []
    for start in range(0, len(good), GROUP):
        states = [(row.number, row.state()) for row in good[start : start + GROUP]]
        outcomes += change.apply_many(kind, states, g.caller, silent)
    told = iter(outcomes)
    became = [(row, next(told) if isinstance(row, Row) else row.problem) for row in rows]
    return answers.told({"results": [_result(row, what, kind) for row, what in became]}, 207)


@bp.get("/openapi.json")
def describe() -> Response:
    return answers.told(openapi.document([kind.collection for kind in kinds.everyone()]))


def _rows(raw: bytes) -> list[Row | Misfit]:
    """The records of a batch, and in the place of those that do not fit what is wrong with them."""
    try:
        return [*understand(Batch, raw).records]
    except Problem as problem:
        if not problem.faults or not problem.faults[0][0].startswith("records."):
            raise
    return [_row(said) for said in parse(raw)["records"]]


def _row(said: Any) -> Row | Misfit:
    try:
        return understand(Row, json.dumps(said).encode())
    except Problem as problem:
        number = said.get("number") if isinstance(said, dict) else None
        return Misfit(number if isinstance(number, str) else None, problem)


def _result(row: Row | Misfit, became: Became, kind: Kind) -> dict[str, Any]:
    if isinstance(became, change.Outcome):
        return {**answers.done(became, kind), "code": answers.code(became)}
    problem = became if isinstance(became, Problem) else Problem.at(became.field, became.sentence)
    return {"number": row.number, "code": problem.status, "problem": problem.document()}


def _silent() -> bool:
    """Whether `?silent=1` stands there; a misspelt word must not send mails that were not wanted."""
    if strange := request.args.keys() - {"silent"}:
        raise Problem.at(min(strange) or "query", _("There is no field of this name."))
    value = request.args.get("silent", "0")
    if value not in ("0", "1"):
        raise Problem.at("silent", _("Only 0 or 1 is possible here."))
    return value == "1"
