"""A layout once MJML has compiled it: its HTML in pieces, with the names of its places between them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256

import mjml

CONTENT = "content"
PLACES = (
    CONTENT, "legal", "logo", "company", "sender", "reader", "date", "about", "subject", "signature", "preheader",
    "language", "colour", "on_colour", "accent", "colour_dark", "on_colour_dark", "accent_dark",
)
PARTS = ("text", "button", "table", "rule")  # what a text may consist of, each in the clothes of its layout
SAMPLE = (
    "<mj-text>{{ inner }}</mj-text>", '<mj-button href="{{ href }}">{{ label }}</mj-button>',
    "<mj-table>{{ inner }}</mj-table>", "<mj-divider />",
)
place = re.compile(r"\{\{\s*(\w+)\s*\}\}")

Pieces = Sequence[str]  # HTML and a place's name in turn, HTML at both ends


class Misplaced(ValueError):
    """The text has no place among the parts of a column."""


@dataclass(frozen=True)
class Frame:
    """`whole` has the place `content` for rows of the others; `text` and `table` have `inner`, `button` href and label."""

    whole: Pieces
    text: Pieces
    button: Pieces
    table: Pieces
    rule: Pieces


def filled(pieces: Pieces, values: Mapping[str, str]) -> str:
    """HTML with the values in its places."""
    return "".join(values[piece] if index % 2 else piece for index, piece in enumerate(pieces))


def dressed(frame: Frame, values: Mapping[str, str]) -> Frame:
    """The frame with those values in; the places they do not name stay open."""
    return Frame(*(_dressed(getattr(frame, part.name), values) for part in fields(frame)))


def _dressed(pieces: Pieces, values: Mapping[str, str]) -> Pieces:
    open_ones = [pieces[0]]
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in values:
            open_ones[-1] += values[name] + after
        else:
            open_ones += [name, after]
    return open_ones


def compiled(source: str) -> Frame:
    """Compile a layout that is in order; raises ValueError with MJML's words, and Misplaced."""
    mark = f"zq{sha256(source.encode()).hexdigest()[:12]}x"
    cut = f"{mark}cut"
    samples = cut.join(f"</mj-raw>{sample}<mj-raw>" for sample in SAMPLE)
    document = place.sub(lambda found: f"<mj-raw>{cut}{samples}{cut}</mj-raw>" if found[1] == CONTENT else found[0], source)
    document = place.sub(rf"{mark}\1z", document)
    html = re.sub(r"\s*\n\s*", "\n", mjml.mjml2html(document, fonts={}, disable_comments=True))
    begin, *parts, end = html.split(cut)
    if len(parts) != len(PARTS) or any(not part.strip().startswith("<tr>") for part in parts):
        raise Misplaced
    word = re.compile(rf"{mark}(\w+?)z")
    whole = [*word.split(begin), CONTENT, *word.split(end)]
    return Frame(tuple(whole), *(tuple(word.split(part)) for part in parts))
