"""Reads a checked source into a tree: Markdown is understood, raw HTML stays text, conditions become branches."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3
from markdown import Markdown

from core.i18n import gettext as _
from emails import grammar
from emails.grammar import Statement, Wrong
from emails.slots import Slots
from emails.tree import Branches, Element, Part, Value, lists_joined

TAGS = {"p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "a", "ul", "ol", "li", "blockquote", "hr", "code"}
SCHEMES = {"http", "https", "mailto", "tel"}
DEEPEST = 8  # elements and conditions inside one another
MOST_BRACKETS, MOST_LINES = 120, 1500  # Markdown looks from each to the end of the text


def read(source: str) -> list[Part]:
    """The tree of a source that `proof.check` accepted; raises Wrong for links and conditions that cannot stand so."""
    _check_shape(source)
    slots: Slots[Statement] = Slots(source)
    html = nh3.clean(_markdown().convert(_written(source, slots)), tags=TAGS, attributes={"a": {"href"}},
                     url_schemes=SCHEMES, link_rel=None)
    reader = _Reader(slots)
    reader.feed(_unwrapped(html.replace("<br>\n", "<br>"), slots))
    reader.close()
    return lists_joined(reader.root)


def _check_shape(source: str) -> None:
    """Refuse what would keep Markdown busy for longer than a text by a person ever does."""
    if source.count("\n") > MOST_LINES:
        raise Wrong(_("This text is too long."))
    if source.count("[") > MOST_BRACKETS:
        raise Wrong(_("There are too many square brackets."))
    for number, line in enumerate(source.split("\n"), 1):
        lead = re.match(r"[\s>*+-]*", line)
        if lead and (lead.group().count(">") > 4 or len(lead.group().expandtabs(4)) > 32):
            raise Wrong(_("This line is indented too deeply."), number)


def _markdown() -> Markdown:
    """A fresh one each time: these objects are not thread-safe."""
    markdown = Markdown(extensions=["nl2br", "sane_lists"], output_format="html")
    markdown.preprocessors.deregister("html_block")
    for name in ("html", "image_link", "image_reference", "short_image_ref"):
        markdown.inlinePatterns.deregister(name)
    markdown.parser.blockprocessors.deregister("code")
    return markdown


def _written(source: str, slots: Slots[Statement]) -> str:
    """The source with words for its statements; a condition that begins on a line of its own stands apart throughout."""
    pieces = list(grammar.parts(source))
    written, apart = "", [False]
    for index, piece in enumerate(pieces):
        if isinstance(piece, str):
            written += piece
            continue
        if piece.tag in grammar.OPENING:
            apart.append(_alone(pieces, index, written))
        written += f"\n\n{slots.word(piece)}\n\n" if piece.tag and apart[-1] else slots.word(piece)
        if piece.tag.startswith("end"):
            apart.pop()
    return written


def _alone(pieces: list[str | Statement], index: int, before: str) -> bool:
    after = pieces[index + 1] if index + 1 < len(pieces) else "\n"
    begins = not before.rpartition("\n")[2].strip()
    return begins and isinstance(after, str) and after.lstrip(" \t\r").startswith("\n")


def _unwrapped(html: str, slots: Slots[Statement]) -> str:
    def bare(match: re.Match[str]) -> str:
        pieces = slots.split(match[1].strip())
        return match[1] if all(isinstance(piece, Statement) and piece.tag for piece in pieces) else match[0]

    return re.sub(rf"<p>((?:{slots.pattern.pattern.replace('(', '(?:')}\s*)+)</p>", bare, html)


class _Reader(HTMLParser):
    """Reads the cleaned HTML; an element and a condition that overlap are refused."""

    def __init__(self, slots: Slots[Statement]):
        super().__init__(convert_charrefs=True)
        self.slots = slots
        self.root: list[Part] = []
        self.open: list[Element | Branches] = []

    @property
    def here(self) -> list[Part]:
        if not self.open:
            return self.root
        top = self.open[-1]
        return top.children if isinstance(top, Element) else top.bodies[-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, href=self._href(dict(attrs).get("href")) if tag == "a" else None)
        self.here.append(element)
        if tag not in ("br", "hr"):
            self._enter(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("br", "hr"):
            return
        top = self.open.pop()
        if not isinstance(top, Element):
            raise _overlap(top.statements[0])

    def handle_data(self, data: str) -> None:
        for piece in self.slots.split(data):
            if isinstance(piece, str):
                self.here.append(piece)
            elif not piece.tag:
                self.here.append(Value(piece))
            elif piece.tag in grammar.OPENING:
                branches = Branches([piece], [[]])
                self.here.append(branches)
                self._enter(branches)
            else:
                self._go_on(piece)

    def _go_on(self, statement: Statement) -> None:
        top = self.open[-1] if self.open else None
        if not isinstance(top, Branches):
            raise _overlap(statement)
        top.statements.append(statement)
        if statement.tag.startswith("end"):
            self.open.pop()
        else:
            top.bodies.append([])

    def _enter(self, part: Element | Branches) -> None:
        self.open.append(part)
        if len(self.open) > DEEPEST:
            raise Wrong(_("Lists, quotations and conditions stand too deep inside one another."))

    def _href(self, href: str | None) -> str | Value:
        pieces = self.slots.split(href or "")
        if len(pieces) == 1 and isinstance(pieces[0], Statement) and Value(pieces[0]).sort == "url":
            return Value(pieces[0])
        if len(pieces) == 1 and isinstance(pieces[0], str) and urlsplit(pieces[0]).scheme in SCHEMES:
            return pieces[0]
        place = next((piece.place for piece in pieces if isinstance(piece, Statement)), ())
        raise Wrong(
            _("A link begins with https://, mailto: or tel:, or it is a placeholder such as {{ link }} alone."), *place
        )


def _overlap(statement: Statement) -> Wrong:
    return Wrong(
        _("A condition ends where it began: both tags in one paragraph, or each on a line of its own."), *statement.place
    )
