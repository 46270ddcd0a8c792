"""The HTML part: the tree in our layout, compiled by MJML, with Liquid in the places of its statements."""

import re
from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import mjml

from core.i18n import gettext as _
from core.i18n import pick
from emails import body, logo, placeholders, wording
from emails.slots import Slots, liquid
from emails.tree import Element, Part, Value
from pages import colour

LAYOUT = Path(__file__).with_name("layout.mjml")
PAPER, SHEET, SHEET_DARK = "#f3f4f3", "#ffffff", "#1b1e24"  # as in the layout

Write = Callable[[str], str]  # Liquid → the word that stands for it


def write(parts: list[Part], source: str, company: dict[str, Any], language: str) -> str:
    """The Liquid of a whole HTML document; fill it with escaping. Speaks the current language."""
    slots: Slots[str] = Slots(source)
    shades = _shades(company.get("colour") or "")
    document = _layout().substitute(
        language=language,
        title=escape(company.get("name") or ""),
        preview=_preview(parts, slots.word),
        brand=_brand(company, shades["accent"]),
        about=f'<span style="white-space:nowrap">{_about(slots.word)}</span>',
        body=body.write(parts, slots.word, shades["accent"]),
        foot=_foot(company, slots.word),
        **shades,
    )
    html = mjml.mjml2html(document, fonts={}, disable_comments=True)
    return liquid(re.sub(r"\s*\n\s*", "\n", html), slots)


@cache
def _layout() -> Template:
    return Template(LAYOUT.read_text(encoding="utf-8"))


def _shades(firm: str) -> dict[str, str]:
    """The company's colour for letters and buttons on light and on dark ground, each with AA contrast."""
    firm = firm.lower() if re.fullmatch("#[0-9a-fA-F]{6}", firm) else colour.HOUSE
    light = colour.legible(firm, [SHEET, PAPER], colour.AA)
    dark = colour.legible(light, [SHEET_DARK], colour.AIRY)
    fill = firm if colour.contrast(firm, SHEET) > 1.2 else light
    return {
        "accent": light, "fill": fill, "on_fill": _on(fill),
        "accent_dark": dark, "fill_dark": dark, "on_fill_dark": _on(dark),
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


def _brand(company: dict[str, Any], accent: str) -> str:
    name, image = escape(company.get("name") or ""), logo.read(company.get("logo") or "")
    if image:
        return (f'<mj-image src="cid:{logo.CONTENT_ID}" alt="{name}" width="{image.width}px" align="left" '
                'padding="0 0 0 40px" css-class="ink logo" />')
    return (f'<mj-text font-size="19px" line-height="24px" font-weight="700" color="{accent}" padding="0 0 0 40px" '
            f'css-class="ink name">{name}</mj-text>')


def _about(word: Write) -> str:
    """What the mail is about: a record, else the reader's own access."""
    record = word("{% if record.number %}{{ record.kind }} {{ record.number }}{% else %}")
    return record + escape(_("Your access")) + word("{% endif %}")


def _foot(company: dict[str, Any], word: Write) -> str:
    """Why this mail came, who sent it, and where that is written down."""
    address = [company.get(name) or "" for name in ("name", "street", "city")]
    legal = (pick(company.get("footer") or {}) or ", ".join(filter(None, address))).strip()
    ways = [wording.phone(company.get("phone")) or "", company.get("email") or ""]
    links = [(_("Legal notice"), company.get("imprint_url")), (_("Privacy"), company.get("privacy_url"))]
    anchors = [f'<a href="{escape(str(url))}">{label}</a>' for label, url in links if wording.web_address(url)]
    reason = escape(_("Reason for this message: %(record)s.", record="\0")).replace("\0", _about(word))
    reach = " · ".join(escape(way) for way in ways if way)
    lines = [reason, escape(legal).replace("\n", "<br>"), reach, " · ".join(anchors)]
    return "".join(f'<p style="margin:0 0 6px">{line}</p>' for line in lines if line)
