"""Texts of an admin's own on status pages: the same writing and placeholders as in mails, without what only a mail knows."""

import re
from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from core import settings
from core.i18n import gettext as _
from emails import check, grammar, markup, preview, proof, values
from emails.grammar import Wrong
from emails.scene import Scene
from emails.slots import Slots, liquid
from emails.tree import Branches, Part, Value
from pages.settings.texts import Chip, Fill
from records.models import Kind, Record
from records.people import person

#: What is known only when a mail goes out; a page says the same whenever it is printed.
ONLY_IN_MAILS = ("link", "page", "appointment", "payment.qr", "payments", "event", "reader", "today", "unsubscribe")
LONGEST, LONGEST_LINE = 8000, 200  # characters of a text and of a headline
SMALLER = {"h1": "h2", "h2": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
VOID = ("br", "hr")

_quoted = re.compile(r"'[^']*'|\"[^\"]*\"")
_path = re.compile(r"(?<![\w.])[a-z_]+(?:\.\w+)*")


class PageTexts:
    """What `pages.settings.texts` asks for, with the grammar of mails."""

    def fault(self, source: str, kind: Kind, block: bool) -> str:
        try:
            self._check(source, kind, block)
        except Wrong as wrong:
            return check.placed(wrong, "body" if block else "subject")
        return ""

    def compile(self, source: str, block: bool) -> Fill:
        template = grammar.escaping.from_string(_html(source) if block else _line(source))
        if all(isinstance(piece, str) for piece in grammar.parts(source)):
            always = Markup(template.render())
            return lambda record: always

        def fill(record: Record) -> Markup:
            scene = Scene(record, person(record, "customer"), settings.get("company"))
            return Markup(template.render(values.of(scene, {})).strip())

        return fill

    def chips(self, kind: Kind, language: str) -> Sequence[tuple[str, Sequence[Chip]]]:
        groups = preview.chips(kind, language)
        fit = ((name, [(chip.code, chip.label, chip.words) for chip in chips if _fits(chip.code)]) for name, chips in groups)
        return [(name, chips) for name, chips in fit if chips]

    def _check(self, source: str, kind: Kind, block: bool) -> None:
        if len(source) > (LONGEST if block else LONGEST_LINE):
            raise Wrong(_("This text is too long."))
        proof.check(source, [field["key"] for field in kind.fields])
        for piece in grammar.parts(source):
            if isinstance(piece, grammar.Statement) and (key := _strange(piece.liquid)):
                raise Wrong(_("“%(key)s” is known to mails only and cannot stand on a status page.", key=key), *piece.place)
            if isinstance(piece, grammar.Statement) and piece.path == "record.items":
                raise Wrong(_("The items stand on the page by themselves; a loop can go over them."), *piece.place)
        if block:
            markup.read(source)
        elif "\n" in source:
            raise Wrong(_("A headline has one line."))


def _strange(statement: str) -> str:
    """What a statement asks for that only a mail knows."""
    said = _path.findall(_quoted.sub("", statement))
    return next((key for key in said if any(key == one or key.startswith(f"{one}.") for one in ONLY_IN_MAILS)), "")


def _fits(code: str) -> bool:
    own = grammar.own(code)
    return not _strange(own) and "record.items" not in own


def _line(source: str) -> str:
    """Liquid of a line that is no Markdown."""
    slots: Slots[str] = Slots(source)
    pieces = grammar.parts(source)
    return liquid("".join(slots.word(p.liquid) if isinstance(p, grammar.Statement) else escape(p) for p in pieces), slots)


def _html(source: str) -> str:
    """Liquid of a text, as HTML without any style."""
    slots: Slots[str] = Slots(source)
    return liquid("".join(_written(part, slots) for part in markup.read(source)), slots)


def _written(part: Part, slots: Slots[str]) -> str:
    if isinstance(part, str):
        return escape(part)
    if isinstance(part, Value):
        printed = slots.word(part.statement.liquid)
        return _anchor(part, printed, slots) if part.sort == "url" else printed
    if isinstance(part, Branches):
        bodies = ["".join(_written(child, slots) for child in body) for body in part.bodies]
        tags = [slots.word(statement.liquid) for statement in part.statements]
        return "".join(tag + body for tag, body in zip(tags, [*bodies, ""], strict=True))
    if part.tag in VOID:
        return f"<{part.tag}>"
    inner = "".join(_written(child, slots) for child in part.children)
    if part.tag == "a":
        return _anchor(part.href, inner, slots)
    tag = SMALLER.get(part.tag, part.tag)
    return f"<{tag}>{inner}</{tag}>"


def _anchor(href: str | Value | None, label: str, slots: Slots[str]) -> str:
    """A link that tells nobody where it was pressed; without an address only its words."""
    if not isinstance(href, Value):
        return f'<a href="{escape(str(href))}" rel="noopener noreferrer">{label}</a>'
    given, printed = f"{{% if {href.statement.path} %}}", href.statement.liquid
    begin = slots.word(f'{given}<a href="{printed}" rel="noopener noreferrer">{{% endif %}}')
    return begin + label + slots.word(f"{given}</a>{{% endif %}}")
