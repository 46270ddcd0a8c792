"""Headlines and texts of an admin's own on a page: what a room that knows the placeholders does for us, and filling them."""

import logging
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

from markupsafe import Markup

from core import i18n
from pages.settings.sheet import Words
from records.models import Kind, Record

Fill = Callable[[Record], Markup]
Chip = tuple[str, str, str]  # what is put in, what it is called, an example

log = logging.getLogger("statusbote.pages")


class Writer(Protocol):
    """Knows the placeholders. `block`: Markdown of several lines; otherwise one line of words."""

    def fault(self, source: str, kind: Kind, block: bool) -> str:
        """What is wrong with a source, with line and character, in the reader's language; empty for nothing."""

    def compile(self, source: str, block: bool) -> Fill:
        """What fills a source without faults, each value escaped, in the language being spoken then; raises ValueError."""

    def chips(self, kind: Kind, language: str) -> Sequence[tuple[str, Sequence[Chip]]]:
        """The placeholders by group."""


_writers: list[Writer] = []


def furnish(writer: Writer) -> None:
    """Have texts read and filled by that one."""
    _writers[:] = [writer]


def writer() -> Writer:
    return _writers[0]


def filled(words: Words, record: Record, block: bool) -> Markup:
    """The text in the language being spoken, if it has one, with the record's values; nothing where that fails.

    A page does not mix languages: whoever reads another one sees the page without that text.
    """
    source = words.get(i18n.current(), "")
    if not source:
        return Markup()
    try:
        return _compiled(source, i18n.current(), block)(record)
    except Exception as error:  # whatever it is: the page matters more than its text
        _complain(source, type(error).__name__)
        return Markup()


@lru_cache(512)
def _compiled(source: str, language: str, block: bool) -> Fill:
    return writer().compile(source, block)


@lru_cache(512)
def _complain(source: str, error: str) -> None:
    """Once for each text: a thousand pages of it need not say so a thousand times."""
    log.error("a text of the settings for status files cannot be filled and is left out (%s): %.60r", error, source)
