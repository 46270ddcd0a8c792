"""Publishing: whatever changes about a record leaves a static page behind, in its customer's language."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import escape
from peewee import fn

from core import clock, i18n, rows
from core.db import transaction
from core.journal import Entry, Write
from pages import areas, files, firm, paper, snapshot
from pages.firm import Firm
from pages.models import Page
from pages.replies.kept import DEEDS
from pages.replies.sayings import SAYINGS
from pages.settings import current, texts
from pages.settings.sheet import Sheet
from pages.snapshot import Past, Snapshot
from records.models import Record

EVENTS = {"created", "status_changed", "scheduled_at_changed", "paid", "unpaid", "changed", "added", "removed"}
EVENTS |= {*SAYINGS, *DEEDS}  # what customers say, and what staff make of it

log = logging.getLogger("statusbote.pages")


@dataclass(frozen=True)
class Printed:
    """A page ready to be kept or shown; `style` is the hash of its style sheet, `as_of` the record's last change."""

    record_id: int
    html: str
    style: str
    language: str
    as_of: datetime


@dataclass(frozen=True)
class Kept:
    """The newest page of a record, as a file or, when there is none, as text."""

    style: str
    name: str = ""
    path: Path | None = None
    html: str = ""

    def text(self) -> str:
        return self.path.read_text(encoding="utf-8") if self.path else self.html


def read(entries: Sequence[Entry]) -> Write:
    """A reader of the journal: writes one page per record that changed, and gives back what notes them down.

    A page that cannot be made or written is logged and left out; `newest` makes up for it when somebody asks.
    """
    newest = {entry.record_id: entry.id for entry in entries if entry.record_id and _event(entry) in EVENTS}
    made = _kept(print_pages(newest), newest)
    return lambda: _note(made)


def republish(ids: Iterable[int]) -> int:
    """Make the pages of these records anew although nothing changed about them; how many there are now."""
    printed = {page.record_id: page for page in print_pages(ids)}
    latest = Page.select(Page.record, fn.MAX(Page.entry_id)).where(Page.record.in_(list(printed))).group_by(Page.record)
    made = _kept(list(printed.values()), dict(rows.tuples(latest)))
    with transaction():
        now = dict(rows.tuples(Record.select(Record.id, Record.updated_at).where(Record.id.in_(list(printed)))))
        same = [row for row in made if now.get(row["record_id"]) == printed[row["record_id"]].as_of]
        _note(same)
    return len(same)


def newest(record_id: int) -> Kept | None:
    """What a record's page shows now; None when there is no such record."""
    known = Page.select(Page, Record.kind, Record.status).join(Record).where(Page.record == record_id)
    page = known.order_by(Page.id.desc()).first()
    path = page and files.path(page.file)
    if path and not _outdated(page):
        return Kept(page.style, page.file, path)
    printed = print_pages([record_id])
    if printed:
        return Kept(printed[0].style, html=printed[0].html)
    return Kept(page.style, page.file, path) if path else None


def _outdated(page: Page) -> bool:
    """Whether the settings have changed since it was printed."""
    changed = current.changed_at(page.record.kind_id, page.record.status)
    return changed is not None and page.created_at < changed


def print_pages(ids: Iterable[int]) -> list[Printed]:
    """The pages of those records that still exist, as they are at this moment."""
    records = snapshot.gather(ids)
    of = firm.current() if records else firm.unnamed()
    printed, failed = [], []
    for record, past in records:
        try:
            printed.append(_print(record, past, of))
        except Exception as error:
            failed.append((record.id, error))
    if failed:
        log.error("no page for records %s", [record_id for record_id, error in failed], exc_info=failed[0][1])
    return printed


def _print(record: Record, past: Past, of: Firm) -> Printed:
    return print_as(record, past, of, current.of(record.kind_id, record.status))


def print_as(record: Record, past: Past, of: Firm, sheet: Sheet, language: str = "") -> Printed:
    """The page of a record that `load` gave back, set to that; in its customer's language unless another is given."""
    language = language or i18n.nearest(record.contact.language if record.contact else None)
    with i18n.speaking(language):
        said = dict(
            options=sheet.options, action=sheet.action, words=sheet.words.get(i18n.current(), ""),
            headline=texts.filled(sheet.headline, record, block=False), text=texts.filled(sheet.text, record, block=True),
            terms=texts.filled(sheet.terms, record, block=True),
        )
        html = _html(snapshot.take(record, past, of, **said), sheet)
    return Printed(record.id, html, of.style, language, record.updated_at)


def _html(shot: Snapshot, sheet: Sheet) -> str:
    found = areas.printed(shot, sheet)
    number = escape(f"{shot.record.kind.label()} {shot.record.number}")
    title = number + ": " + i18n.pick(shot.status["labels"])
    head, top, main, foot = _frame(shot.firm, not found["now"], sheet.policy, i18n.current())
    return "".join((head, title, top, number, main, paper.render("areas.html", areas=found), foot))


@lru_cache(32)
def _frame(of: Firm, calm: bool, policy: str, language: str) -> Sequence[str]:
    """What is around a page's title, its number and its content; the same for all pages of a firm in a language."""
    gap = "\N{OBJECT REPLACEMENT CHARACTER}"
    return paper.render("page.html", firm=of, calm=calm, policy=policy, title=gap, number=gap, content=gap).split(gap)


def _event(entry: Entry) -> str:
    return entry.what.partition(".")[2]


def _kept(printed: Sequence[Printed], entries: Mapping[int, int]) -> list[dict[str, Any]]:
    """Rows of pages that lie on disk now; `entries`: what each record's page tells of."""
    names, now = files.keep([page.html for page in printed]), clock.now()
    return [
        dict(
            record_id=page.record_id, entry_id=entries.get(page.record_id, 0), file=name, style=page.style,
            language=page.language, created_at=now,
        )
        for page, name in zip(printed, names, strict=True) if name
    ]


def _note(made: list[dict[str, Any]]) -> None:
    if made:
        Page.insert_many(made).execute()
