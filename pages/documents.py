"""Documents that staff give the customer of a record: files that only staff and whoever was let in to its page can load."""

import re
from collections.abc import Iterable

from core import clock, journal, keys, uploads
from core.db import transaction
from core.i18n import gettext as _
from pages import files
from pages.models import Document
from records.contacts import Refused
from records.models import Record

LARGEST = 5  # MB
MOST = 30  # documents of one record
LONGEST = 100  # characters of a name without its ending
FOLDER = "documents"
QUERY = "document"  # what a page asks with for one of its own


def of(record_ids: Iterable[int]) -> dict[int | None, list[Document]]:
    """The documents of each of these records, the oldest first."""
    found: dict[int | None, list[Document]] = {}
    ids = list(record_ids)
    for document in Document.select().where(Document.record.in_(ids)).order_by(Document.id) if ids else ():
        found.setdefault(document.record_id, []).append(document)
    return found


def named(record_id: int, document_id: str) -> Document | None:
    """One of a record's documents by what its page calls it."""
    if not document_id.isascii() or not document_id.isdigit() or len(document_id) > 9:
        return None
    found: Document | None = Document.get_or_none(Document.id == int(document_id), Document.record == record_id)
    return found


def add(record: Record, name: str, data: bytes, actor: str) -> Document:
    """Keep a file for the customer; raises Refused with a sentence for one that cannot be taken."""
    known = uploads.sort(data)
    if len(data) > LARGEST * uploads.MEGA:
        raise Refused("document", _("“%(name)s” is too large: a document may have at most %(n)s MB.", name=name, n=LARGEST))
    if known is None:
        raise Refused("document", _("“%(name)s” is neither a PDF nor a PNG or JPEG picture.", name=name))
    if Document.select().where(Document.record == record).count() >= MOST:
        raise Refused("document", _("There are %(n)s documents already; please remove one first.", n=MOST))
    ending, sort = known
    file = f"{FOLDER}/{keys.random62(24)}{ending}"
    try:
        files.put(file, data)
    except OSError as error:
        raise Refused("document", _("The document cannot be kept just now. Please try again.")) from error
    with transaction():
        document: Document = Document.create(
            record=record, name=tidy(name) + ending, type=sort, size=len(data), file=file, actor=actor,
            created_at=clock.now(),
        )
        journal.record("document.added", record.id, actor, unread=True, document=document.id)
    return document


def tidy(name: str) -> str:
    """A file's name without folders, ending and what some system takes amiss; it stands on the page as well."""
    stem = re.sub(r"\.\w{1,5}$", "", name.replace("\\", "/").rpartition("/")[2])
    plain = "".join(char if char.isprintable() else " " for char in re.sub(r'[<>:"|?*]', "-", stem))
    return " ".join(plain.split())[:LONGEST].strip(" .") or _("Document")


def remove(document: Document, actor: str) -> None:
    """Take a document away for good."""
    with transaction():
        gone = Document.delete().where(Document.id == document.id).execute()
        if gone:
            journal.record("document.removed", document.record_id, actor, unread=True, document=document.id)
    files.remove([document.file])
