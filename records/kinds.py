"""The kinds of record this house knows: those it starts with, how to find one, and what a new one must be."""

import re
import tomllib
from pathlib import Path
from typing import Any

from peewee import fn

from core.db import transaction
from records import named
from records.further import TYPES
from records.models import Kind

SHIPPED = Path(__file__).with_name("kinds.toml")
KEY = re.compile("[a-z][a-z0-9_]{0,39}")
COLLECTION = re.compile("[a-z][a-z0-9-]{0,39}")
#: Nouns that already stand before the dot of an Entry, and collections that are something else in an address.
NOUNS = {
    "company", "contact", "document", "event", "job", "kind", "link", "location", "message", "pack", "page", "profile",
    "record", "reply", "rule", "sender", "source", "template", "user",
}
ADDRESSES = {"find", "messages"}
#: What an Entry already says of every record: no event may be called so.
NEWS = {"created", "status_changed", "scheduled_at_changed", "paid", "unpaid", "changed", *named.SAID}


class Unfit(ValueError):
    """A kind that cannot be; the text says why, for whoever wrote it down."""


def shipped() -> list[dict[str, Any]]:
    """The kinds of `kinds.toml`, as rows of the table."""
    kinds = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["kind"]
    return [{"fields": [], "position": position, **kind} for position, kind in enumerate(kinds)]


def install() -> None:
    """Make the shipped kinds that are missing; what an admin has made of one stays."""
    known = {kind.key for kind in Kind.select(Kind.key)}
    missing = [kind for kind in shipped() if kind["key"] not in known]
    if missing:
        with transaction():
            Kind.insert_many(missing).on_conflict_ignore().execute()


def create(said: dict[str, Any]) -> Kind:
    """A new kind after all others: key, collection, icon, labels, statuses, fields, events. Raises Unfit."""
    check(said)
    if not said.get("collection") or not said.get("statuses") or not said.get("labels"):
        raise Unfit(f"the kind “{said['key']}” needs a collection, labels and at least one status")
    if of_collection(said["collection"]):
        raise Unfit(f"there is a kind with the collection “{said['collection']}” already")
    last = Kind.select(fn.MAX(Kind.position)).scalar() or 0
    return Kind.create(position=last + 1, **said)


def check(said: dict[str, Any]) -> None:
    """Raises Unfit for a kind whose words would be mistaken for something else."""
    _name(said["key"], KEY, NOUNS, "kind")
    _name(said.get("collection", "orders"), COLLECTION, ADDRESSES, "collection")
    for event in said.get("events", ()):
        _name(event["key"], KEY, NEWS, "event")
    for field in said.get("fields", ()):
        _name(field["key"], KEY, set(), "field")
        if field.get("type", "text") not in TYPES:
            raise Unfit(f"there is no type “{field['type']}”; there are: {', '.join(TYPES)}")


def everyone() -> list[Kind]:
    """All kinds, in their order."""
    return list(Kind.select().order_by(Kind.position, Kind.key))


def of_collection(name: str) -> Kind | None:
    """The kind that is kept under `orders`, `inquiries` …"""
    return Kind.get_or_none(Kind.collection == name)


def _name(word: str, form: re.Pattern[str], taken: set[str], what: str) -> None:
    if not form.fullmatch(word) or word in taken:
        raise Unfit(f"no {what} can be called “{word}”")
