"""The settings as they hold now, read once after each change of any of them."""

from datetime import datetime
from functools import lru_cache

from core import keys, settings
from pages.settings import sheet
from pages.settings.models import PageSetting
from pages.settings.sheet import Content, Sheet

NAME = "pages"
Read = dict[tuple[str, str], tuple[Content, datetime]]  # kind and status → content, last change


def of(kind: str, status: str) -> Sheet:
    """What the pages of a kind in a status are set to."""
    return _sheet(_version(), kind, status)


def changed_at(kind: str, status: str) -> datetime | None:
    """When something last changed that those pages are set to; None for never."""
    read = _read(_version())
    return max((read[key][1] for key in ((kind, ""), (kind, status)) if key in read), default=None)


def content(kind: str, status: str) -> Content:
    """What is set for just that status, or with "" for the kind."""
    return _read(_version()).get((kind, status), ({}, None))[0]


def kinds() -> set[str]:
    """The kinds of which anything is set."""
    return {kind for kind, _status in _read(_version())}


def own(kind: str) -> set[str]:
    """The statuses of a kind that have something of their own."""
    read = _read(_version())
    return {status for (of_kind, status), (content, _at) in read.items() if of_kind == kind and status and content}


def touch() -> None:
    """In the caller's transaction: say that something was set anew."""
    settings.put(NAME, {"version": keys.random62(12)})


def forget() -> None:
    """Look at once whether another process has changed something."""
    settings.forget_read()


def _version() -> str:
    return str(settings.get(NAME).get("version", ""))


@lru_cache(1024)
def _sheet(version: str, kind: str, status: str) -> Sheet:
    read = _read(version)
    return sheet.of(*(read[key][0] for key in ((kind, ""), (kind, status)) if key in read))


@lru_cache(4)
def _read(version: str) -> Read:
    """Nobody has set anything before there is a version."""
    rows = PageSetting.select() if version else ()
    return {(row.kind_id, row.status): (row.content, row.updated_at) for row in rows}
