"""The HTML part: the tree in a layout that MJML has compiled, with Liquid in the places of its statements."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from emails import body, foot, grammar, logo, placeholders
from emails.layouts.frame import CONTENT, Frame, dressed, filled
from emails.slots import Slots, liquid
from emails.tree import Element, Part, Value
from pages import colour

PAPER, SHEET, SHEET_DARK = "#f3f4f3", "#ffffff", "#1b1e24"  # as in our layouts

Write = Callable[[str], str]  # Liquid → the word that stands for it


@dataclass(frozen=True)
class Read:
    """A text that was read: its subject as it was written, the trees of body and signature, and all of their source."""

    subject: str
    body: list[Part]
    signature: list[Part]
    source: str


def write(text: Read, company: dict[str, Any], language: str, frame: Frame) -> str:
    """The Liquid of a whole HTML document; fill it with escaping. Speaks the current language."""
    slots: Slots[str] = Slots(text.source)
    shades = _shades(company.get("colour") or "")
    frame = dressed(frame, {
        "language": language,
        "company": escape(company.get("name") or ""),
        "sender": " · ".join(escape(company[name]) for name in foot.ADDRESS if company.get(name)),
        "logo": _brand(company),
        "about": f'<span style="white-space:nowrap">{foot.about(slots.word)}</span>',
        "subject": "" if _has_heading(text.body) else _heading(text.subject, slots.word),
        "reader": slots.word("{{ reader.name }}"),
        "date": slots.word("{{ today }}"),
        "preheader": _preview(text.body, slots.word),
        "legal": foot.html(company, slots.word),
        **shades,
    })
    signature = "".join(body.html(part, slots.word, shades["accent"]) for part in text.signature)
    rows = body.write(text.body, slots.word, shades["accent"], frame)
    html = filled(frame.whole, {CONTENT: rows, "signature": signature})
    return liquid(re.sub(r"\s*\n\s*", "\n", html), slots)


def _shades(firm: str) -> dict[str, str]:
    """The company's colour for letters and buttons on light and on dark ground, each with AA contrast."""
    firm = firm.lower() if re.fullmatch("#[0-9a-fA-F]{6}", firm) else colour.HOUSE
    light = colour.legible(firm, [SHEET, PAPER], colour.AA)
    dark = colour.legible(firm, [SHEET_DARK], colour.AIRY)
    fill = firm if colour.contrast(firm, SHEET) > 1.2 else light
    return {
        "accent": light, "colour": fill, "on_colour": _on(fill),
        "accent_dark": dark, "colour_dark": dark, "on_colour_dark": _on(dark),
    }


def _on(ground: str) -> str:
    return "#ffffff" if colour.contrast(ground, "#ffffff") >= colour.AA else "#101215"


def _preview(parts: list[Part], word: Write) -> str:
    """The line that inboxes show beside the subject: the first paragraph that is more than a greeting."""
    for part in parts:
        if not isinstance(part, Element) or part.tag != "p":
            continue
        if any(isinstance(child, str) and len(child) > 12 for child in part.children):
            return "".join(_said(child, word) for child in part.children)
    return ""


def _said(part: Part, word: Write) -> str:
    if isinstance(part, str):
        return escape(part)
    if isinstance(part, Value):
        return word(part.statement.liquid) if part.sort not in ("url", *placeholders.ALONE) else ""
    return "".join(_said(child, word) for child in part.children) if isinstance(part, Element) else ""


def _has_heading(parts: list[Part]) -> bool:
    return bool(parts) and isinstance(parts[0], Element) and parts[0].tag == "h1"


def _heading(subject: str, word: Write) -> str:
    """The subject once more, above the text."""
    pieces = (escape(piece) if isinstance(piece, str) else word(piece.liquid) for piece in grammar.parts(subject))
    return f'<p style="margin:0 0 18px">{"".join(pieces)}</p>'


def _brand(company: dict[str, Any]) -> str:
    name, image = escape(company.get("name") or ""), logo.read(company.get("logo") or "")
    if not image:
        return name
    return f'<img src="cid:{logo.CONTENT_ID}" alt="{name}" width="{image.width}" ' \
           'style="display:block;border:0;max-width:100%;height:auto">'
