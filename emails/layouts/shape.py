"""Reads a layout an admin wrote before MJML does: only known parts, not too many, not too deep, everything at its place."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from emails.layouts.frame import CONTENT, PLACES, place

LARGEST = 64 * 1024  # octets
DEEPEST, MOST = 24, 1500  # parts inside one another, parts in all
MJML = {
    "mjml", "mj-head", "mj-body", "mj-title", "mj-preview", "mj-attributes", "mj-all", "mj-class", "mj-style", "mj-raw",
    "mj-breakpoint", "mj-section", "mj-wrapper", "mj-group", "mj-column", "mj-text", "mj-button", "mj-table", "mj-divider",
    "mj-spacer",
}
VOID = {"br", "hr", "meta"}
HTML = VOID | {
    "a", "b", "center", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "i", "li", "ol", "p", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}
LOADING = re.compile(r"on\w*|src\w*|path|poster|data|action|background(-url)?|http-equiv|xmlns.*")  # names of attributes
ADDRESS = re.compile(r"(https?://|mailto:|tel:|#)[^\s\"'<>]*")
STYLE = re.compile(r"url\s*\(|@import|@font-face|expression\s*\(|behaviou?r\s*:|-moz-binding|javascript:|\\", re.IGNORECASE)
COLOURS = {name for name in PLACES if "colour" in name or "accent" in name}
WORDS = {"company", "preheader"}  # without any HTML
NEEDED = (CONTENT, "legal")


class Fault(ValueError):
    """What is wrong, as a key of `judging.SENTENCES`, the words it is about, and where: line and column from 1."""

    def __init__(self, key: str, word: str = "", line: int | None = None, column: int | None = None):
        super().__init__(key)
        self.key, self.word, self.line, self.column = key, word, line, column


def check(source: str) -> None:
    """Raises Fault."""
    if len(source.encode()) > LARGEST:
        raise Fault("large")
    reader = _Reader()
    reader.feed(source)
    reader.close()
    reader.end()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[tuple[str, tuple[int, int]]] = []
        self.parts = 0
        self.found: list[str] = []

    def fault(self, key: str, word: str = "", at: tuple[int, int] | None = None) -> Fault:
        line, offset = at or self.getpos()
        return Fault(key, word, line, offset + 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append((tag, self.getpos()))
        if len(self.open) > DEEPEST:
            raise self.fault("deep")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += 1
        if self.parts > MOST:
            raise self.fault("many")
        if tag not in MJML | HTML:
            raise self.fault("include" if tag == "mj-include" else "tag", f"<{tag}>")
        for name, value in attrs:
            self._attribute(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise self.fault("closing", f"</{tag}>")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        inside = self.open[-1][0] if self.open else ""
        if inside == "mj-style" and (bad := STYLE.search(data)):
            raise self.fault("style", bad[0], self._place(data, bad.start()))
        for match in place.finditer(data):
            self._place_in(match[1], inside, self._place(data, match.start()))
        if (rest := re.search(r"\{\{|\{%", place.sub(lambda found: " " * len(found[0]), data))):
            raise self.fault("braces", data[rest.start():rest.start() + 20].split("\n")[0], self._place(data, rest.start()))

    def handle_decl(self, decl: str) -> None:
        raise self.fault("declaration")

    def handle_pi(self, data: str) -> None:
        raise self.fault("declaration")

    def unknown_decl(self, data: str) -> None:
        raise self.fault("declaration")

    def handle_comment(self, data: str) -> None:
        if "[" in data or "{{" in data:
            raise self.fault("comment")

    def end(self) -> None:
        """Nothing left open, nothing that is needed missing."""
        if self.open:
            raise self.fault("open", f"<{self.open[-1][0]}>", self.open[-1][1])
        for name in NEEDED:
            if name not in self.found:
                raise Fault("missing", f"{{{{ {name} }}}}")

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if LOADING.fullmatch(name) or not re.fullmatch(r"[a-z][a-z0-9-]*", name):
            raise self.fault("attribute", name)
        if name == "href" and not ADDRESS.fullmatch(value.strip()):
            raise self.fault("address", value[:60])
        if bad := STYLE.search(value):
            raise self.fault("style", bad[0])
        for match in place.finditer(value):
            if match[1] not in PLACES:
                raise self.fault("place", match[1])
            if match[1] not in COLOURS | {"language", "company"}:
                raise self.fault("misplaced", match[0])
        if re.search(r"\{\{|\{%|[<>]", place.sub("", value)):
            raise self.fault("braces", value[:20])

    def _place_in(self, name: str, inside: str, at: tuple[int, int]) -> None:
        """Whether this place may stand inside that part."""
        if name not in PLACES:
            raise self.fault("place", name, at)
        if name == CONTENT:
            fits = inside == "mj-column"
        elif name in COLOURS:
            fits = inside == "mj-style"
        elif inside in ("mj-title", "mj-preview"):
            fits = name in WORDS
        else:
            fits = any(tag in ("mj-text", "mj-table", "mj-raw") for tag, _at in self.open) and name != "language"
        if not fits or (name == CONTENT and name in self.found):
            raise self.fault("misplaced" if not fits else "twice", f"{{{{ {name} }}}}", at)
        self.found.append(name)

    def _place(self, data: str, index: int) -> tuple[int, int]:
        """Line from 1 and offset from 0 of what stands there in a text that begins here."""
        line, offset = self.getpos()
        before = data[:index]
        return line + before.count("\n"), index - before.rfind("\n") - 1 if "\n" in before else offset + index
