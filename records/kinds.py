"""The kinds of record this house knows: those it starts with, and how to find one."""

import tomllib
from pathlib import Path
from typing import Any

from core.db import transaction
from records.models import Kind

SHIPPED = Path(__file__).with_name("kinds.toml")


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


def everyone() -> list[Kind]:
    """All kinds, in their order."""
    return list(Kind.select().order_by(Kind.position, Kind.key))


def of_collection(name: str) -> Kind | None:
    """The kind that is kept under `orders`, `inquiries` …"""
    return Kind.get_or_none(Kind.collection == name)
