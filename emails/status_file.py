"""The status page as an attached file, just as it is at this moment, but for links that need its address (M1)."""

import re

from emails.enclosed import File
from emails.scene import Scene
from pages import downloads, publish

LONGEST_NUMBER = 40  # characters of it in the file's name


def of(scene: Scene) -> File | None:
    """The record's newest page; None where there is no record yet."""
    kept = publish.newest(scene.record.id) if scene.record.id else None
    if kept is None:
        return None
    page = downloads.without(kept.path.read_text(encoding="utf-8") if kept.path else kept.html)
    return File(f"Status {_number(scene.record.number)}.html", "text/html; charset=utf-8", page.encode())


def _number(number: str) -> str:
    """What every system takes in a file's name."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", number).strip("-")[:LONGEST_NUMBER] or "1"
