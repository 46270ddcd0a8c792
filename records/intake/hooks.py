"""Where shops call: signature before anything else, then what was said, then what it means to us."""

import json
from typing import Any

from flask import Response, request
from peewee import Model

from core import clock, secrets
from core.db import transaction
from core.i18n import gettext as _
from records import change, sources
from records.intake import answers
from records.intake.body import parse, understand
from records.intake.doors import door
from records.intake.problems import Problem
from records.intake.schema import State
from records.intake.shops import SHOPS
from records.intake.shops.contract import Heard, Shop
from records.models import Delivery, Record, Source

bp = door("hooks", "/hooks")


@bp.post("/<key>")
def hear(key: str) -> Response:
    source = Source.get_or_none(Source.key == key, Source.active)
    shop = SHOPS.get(source.shop) if source else None
    if source is None or shop is None:
        raise Problem.at("source", _("There is no shop connected here."), 404)
    raw = request.get_data(cache=False)
    if shop.is_ping(request.headers, raw):
        return answers.told({"heard": "ping"})
    if not shop.verify(secrets.open_(source.secret), request.headers, raw):
        raise Problem(401, _("The signature does not fit the body and the secret."))
    heard = _heard(shop, raw)
    if heard is None:
        return answers.told({"heard": "nothing"})
    return _believe(source, shop, heard)


def _heard(shop: Shop, raw: bytes) -> Heard | None:
    said = parse(raw)
    if not isinstance(said, dict):
        raise Problem.at("body", _("An object is expected here."))
    return shop.translate(request.headers, said)


def _believe(source: Source, shop: Shop, heard: Heard) -> Response:
    """Store what was heard, once per delivery."""
    kind = source.kind
    record = Record.get_or_none(Record.kind == kind, Record.number == heard.number)
    if record is None and heard.status is None:
        # A parcel of an order that was placed before we were told of any; its order comes with its next change.
        return answers.told({"heard": "nothing"})
    state = understand(State, json.dumps(_state(source, heard, record)).encode()).state()
    with transaction():
        if not _first(source, shop.delivery(request.headers)):
            return answers.told({"heard": "repeated"})
        outcome = change.apply(kind, heard.number, state, source.actor)
    return answers.told(answers.done(outcome, kind), answers.code(outcome))


def _state(source: Source, heard: Heard, record: Model | None) -> dict[str, Any]:
    """What was heard in our own words, with what the source itself stands for."""
    state = {"source": source.key, **heard.state}
    if heard.status is not None:
        state["status"] = _status(source, heard.status)
    if record is None:
        return state | ({"location": source.location.key} if source.location else {})
    if "contact" in state:
        # Placing the order was the consent; every later change of it must not bring a withdrawn one back.
        state["contact"] = {name: value for name, value in state["contact"].items() if name != "consent"}
    return state


def _status(source: Source, word: str) -> str:
    ours = sources.meanings(source).get(word)
    if ours is None:
        raise Problem.at("status", _("The shop's status “%(word)s” has no counterpart here yet.", word=word))
    return ours


def _first(source: Source, delivery: str | None) -> bool:
    """Whether this delivery was not heard before; one without an id always counts as new."""
    if delivery is None:
        return True
    row = Delivery.insert(source=source, key=delivery[:200], at=clock.now())
    return row.on_conflict_ignore().as_rowcount().execute() == 1
