"""Publishing: whatever changes about a record leaves a static page behind, in its customer's language."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markupsafe import escape

from core import clock, i18n
from core.journal import Entry, Write
from pages import blocks, files, firm, paper, snapshot
from pages.firm import Firm
from pages.models import Page
from pages.snapshot import Snapshot, Visit
from records.models import Record

EVENTS = {"created", "status_changed", "scheduled_at_changed", "paid", "unpaid", "changed"}

log = logging.getLogger("statusbote.pages")


@dataclass(frozen=True)
class Printed:
    """A page ready to be kept or shown; `style` is the hash of its style sheet."""

    record_id: int
    html: str
    style: str
    language: str


@dataclass(frozen=True)
class Kept:
    """The newest page of a record, as a file or, when there is none, as text."""

    style: str
    name: str = ""
    path: Path | None = None
    html: str = ""


def read(entries: Sequence[Entry]) -> Write:
    """A reader of the journal: writes one page per record that changed, and gives back what notes them down.

    A page that cannot be made or written is logged and left out; `newest` makes up for it when somebody asks.
    """
    newest = {entry.record_id: entry for entry in entries if entry.record_id and _event(entry) in EVENTS}
    printed = print_pages(newest)
    names = files.keep([page.html for page in printed])
    now = clock.now()
    rows = [
        dict(
            record_id=page.record_id, entry_id=newest[page.record_id].id, file=name, style=page.style,
            language=page.language, created_at=now,
        )
        for page, name in zip(printed, names, strict=True) if name
    ]
    return lambda: _note(rows)


def newest(record_id: int) -> Kept | None:
    """What a record's page shows now; None when there is no such record."""
    page = Page.select().where(Page.record == record_id).order_by(Page.id.desc()).first()
    path = page and files.path(page.file)
    if path:
        return Kept(page.style, page.file, path)
    printed = print_pages([record_id])
    return Kept(printed[0].style, html=printed[0].html) if printed else None


def print_pages(ids: Iterable[int]) -> list[Printed]:
    """The pages of those records that still exist, as they are at this moment."""
    records = snapshot.gather(ids)
    of = firm.current() if records else firm.unnamed()
    printed, failed = [], []
    for record, visits in records:
        try:
            printed.append(_print(record, visits, of))
        except Exception as error:
            failed.append((record.id, error))
    if failed:
        log.error("no page for records %s", [record_id for record_id, error in failed], exc_info=failed[0][1])
    return printed


def _print(record: Record, visits: Sequence[Visit], of: Firm) -> Printed:
    language = i18n.nearest(record.contact.language if record.contact else None)
    with i18n.speaking(language):
        return Printed(record.id, _html(snapshot.take(record, visits, of)), of.style, language)


def _html(shot: Snapshot) -> str:
    areas = blocks.areas(shot)
    number = escape(f"{shot.record.kind.label()} {shot.record.number}")
    title = number + ": " + i18n.pick(shot.status["labels"])
    head, top, main, foot = _frame(shot.firm, not areas["now"], i18n.current())
    return "".join((head, title, top, number, main, paper.render("areas.html", areas=areas), foot))


@lru_cache(32)
def _frame(of: Firm, calm: bool, language: str) -> Sequence[str]:
    """What is around a page's title, its number and its content; the same for all pages of a firm in a language."""
    gap = "\N{OBJECT REPLACEMENT CHARACTER}"
    return paper.render("page.html", firm=of, calm=calm, title=gap, number=gap, content=gap).split(gap)


def _event(entry: Entry) -> str:
    return entry.what.partition(".")[2]


def _note(rows: list[dict[str, object]]) -> None:
    if rows:
        Page.insert_many(rows).execute()
