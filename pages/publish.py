"""Publishing: whatever changes about a record leaves a static page behind, in its customer's language."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    if not records:
        return []
    of = firm.current()
    pages = [_attempt(record, visits, of) for record, visits in records]
    return [page for page in pages if page]


def _attempt(record: Record, visits: Sequence[Visit], of: Firm) -> Printed | None:
    language = i18n.nearest(record.contact.language if record.contact else None)
    try:
        with i18n.speaking(language):
            return Printed(record.id, _html(snapshot.take(record, visits, of)), of.style, language)
    except Exception:
        log.exception("no page for record %s", record.id)
        return None


def _html(shot: Snapshot) -> str:
    number = f"{shot.record.kind.label()} {shot.record.number}"
    title = f"{number}: {i18n.pick(shot.status['labels'])}"
    return paper.render("page.html", firm=shot.firm, title=title, number=number, areas=blocks.areas(shot))


def _event(entry: Entry) -> str:
    return entry.what.partition(".")[2]


def _note(rows: list[dict[str, object]]) -> None:
    if rows:
        Page.insert_many(rows).execute()
