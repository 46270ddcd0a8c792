"""Pages on disk, and in object storage where that is shared: written whole or not at all, under names nobody can guess."""

import logging
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core import keys
from pages import far, place

WRITERS = 4  # an fsync waits for the disk, so several wait together
FORGOTTEN = 3600  # seconds after which a file that no row names is nobody's
ROOM = 200  # pages that a process puts into one folder before it takes another

log = logging.getLogger("statusbote.pages")


@dataclass
class Filling:
    """A folder, and how many pages it still takes."""

    folder: str = ""
    left: int = 0


_filling = Filling()
_writers = ThreadPoolExecutor(WRITERS, thread_name_prefix="pages")


def keep(pages: Sequence[str]) -> list[str | None]:
    """Write pages durably; their names below the pages folder, None for one that could not be written."""
    if not pages:
        return []
    folder = _filled(len(pages))  # one for all of a batch: it is synced once
    named = [(f"{folder}/{keys.random62(24)}.html", page) for page in pages]
    try:
        _open(place.folder() / folder)
        shares = [named[i::WRITERS] for i in range(min(WRITERS, len(named)))]
        written = {name for share in _writers.map(_write, shares) for name in share}
        _sync(place.folder() / folder)
    except OSError as error:
        log.error("pages cannot be written: %s", error.strerror)
        return [None] * len(pages)
    return [name if name in written else None for name, page in named]


def _filled(more: int) -> str:
    """The folder that takes the next pages: the same for some hundred, since making one costs more than writing a page."""
    if _filling.left <= 0:
        _filling.folder, _filling.left = f"{secrets.token_hex(1)}/{secrets.token_hex(1)}", ROOM
    _filling.left -= more
    return _filling.folder


def put(name: str, content: bytes) -> None:
    """Write one file durably under that name; raises OSError."""
    target = place.folder() / name
    _open(target.parent)
    _put(f"{target}.part", str(target), content)
    _sync(target.parent)
    far.put(name, content)


def path(name: str) -> Path | None:
    """Where a page lies; None when it is gone."""
    found = place.folder() / name
    if not found.is_file() and not _fetched(name, found):
        return None
    return found


def remove(names: Sequence[str]) -> None:
    """Take pages away; one that is gone already is fine."""
    for name in names:
        (place.folder() / name).unlink(missing_ok=True)
        with suppress(far.Away):  # the next sweep finds it
            far.remove(name)


def folders() -> Iterator[list[str]]:
    """The names of the files of each folder that have lain there long enough to be known."""
    ripe = time.time() - FORGOTTEN
    for folder in [*place.folder().glob("??/??"), *place.folder().glob("documents")]:
        files = [entry.name for entry in os.scandir(folder) if entry.is_file() and entry.stat().st_mtime < ripe]
        if files:
            yield [f"{folder.relative_to(place.folder())}/{name}" for name in files]
    with suppress(far.Away):
        yield from far.listed(ripe)


def _fetched(name: str, target: Path) -> bool:
    """Whether a file that another machine has written is here now as well."""
    try:
        content = far.get(name)
        if content is None:
            return False
        _open(target.parent)
        draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
        draft.write_bytes(content)
        os.rename(draft, target)
    except OSError:
        return False
    return True


def _write(share: Sequence[tuple[str, str]]) -> list[str]:
    """One writer's share; the names of those that lie safely on disk."""
    written = []
    for name, page in share:
        target = f"{place.folder()}/{name}"
        try:
            _put(f"{target}.part", target, page.encode())
            far.put(name, page.encode())
            written.append(name)
        except far.Away:
            continue
        except OSError as error:
            log.error("a page cannot be written: %s", error.strerror)
    return written


def _put(draft: str, target: str, page: bytes) -> None:
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "wb", buffering=0) as file:
        file.write(page)
        os.fsync(file.fileno())
    os.rename(draft, target)


def _open(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        _sync(folder.parent)
        _sync(folder.parent.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
