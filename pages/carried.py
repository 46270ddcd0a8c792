"""The status page as a file of its own (M1): for an attachment, a download, a folder of somebody's."""

import re

from pages import downloads, publish

TYPE = "text/html; charset=utf-8"
LONGEST_NUMBER = 40  # characters of it in the file's name


def content(record_id: int) -> bytes | None:
    """The newest page as it is, but for links that lead nowhere without its address; None where there is no record."""
    kept = publish.newest(record_id)
    return downloads.without(kept.text()).encode() if kept else None


def name(number: str) -> str:
    """“Status 1047.html”: what every system takes for a file's name."""
    return f"Status {re.sub(r'[^A-Za-z0-9_]+', '-', number).strip('-')[:LONGEST_NUMBER] or '1'}.html"
