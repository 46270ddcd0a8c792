"""Which layouts there are, and each one's frame: ours compiled once by a process, an admin's when it was saved."""

from dataclasses import asdict
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from core import settings
from core.i18n import N_
from core.i18n import gettext as _
from emails.layouts import frame
from emails.layouts.frame import Frame
from emails.layouts.models import Layout

FOLDER = Path(__file__).with_name("shipped")
SHIPPED = {"card": N_("Card"), "letter": N_("Letter"), "compact": N_("Compact")}
ABOUT = {
    "card": N_("A white sheet on grey ground, with your colour along its upper edge."),
    "letter": N_("Calm as on paper: sender, reader, date, subject, text, signature."),
    "compact": N_("Small and without a frame, for short news that come often."),
}
FIRST = "card"


def key_of(asked: str | None, company: dict[str, Any]) -> str:
    """The layout a template wears: its own choice, else the company's, else the first of ours."""
    return next((key for key in (asked, company.get("layout")) if key and exists(key)), FIRST)


def exists(key: str) -> bool:
    """Whether there is such a layout; one of an admin's is named by its number."""
    return key in SHIPPED or bool(_stored(key))


def frame_of(key: str) -> Frame:
    """The frame of a layout that exists."""
    return _shipped(key) if key in SHIPPED else _of_an_admin(key, _stored(key)["stamp"])


def mark(key: str) -> str:
    """What is another one as soon as the layout says something else; a deleted layout's number may come again."""
    return key if key in SHIPPED else str(_stored(key)["stamp"])


def source(key: str) -> str:
    """The MJML of one of ours."""
    return (FOLDER / f"{key}.mjml").read_text(encoding="utf-8")


def put(layout: Layout, made: Frame) -> None:
    """In the caller's transaction: keep what a layout was compiled to."""
    settings.put(_name(str(layout.id)), {"stamp": sha256(layout.source.encode()).hexdigest(), "frame": asdict(made)})


def drop(layout: Layout) -> None:
    """In the caller's transaction: forget what a layout was compiled to."""
    settings.drop(_name(str(layout.id)))


def choices() -> list[tuple[str, str]]:
    """Every layout with its name: ours, then an admin's."""
    own = [(str(layout.id), layout.name) for layout in Layout.select().order_by(Layout.name)]
    return [(key, _(name)) for key, name in SHIPPED.items()] + own


def named(key: str) -> str:
    """A layout's name; empty where a template leaves the choice to the company."""
    return dict(choices()).get(key, key)


@cache
def _shipped(key: str) -> Frame:
    return frame.compiled(source(key))


@lru_cache(32)
def _of_an_admin(key: str, stamp: str) -> Frame:
    return Frame(**{name: tuple(pieces) for name, pieces in _stored(key)["frame"].items()})


def _stored(key: str) -> dict[str, Any]:
    return settings.get(_name(key)) if key.isdecimal() else {}


def _name(key: str) -> str:
    return f"layout:{key}"
