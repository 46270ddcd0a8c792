"""The text part: the tree as readable plain text, every address on a line of its own."""

import re
from collections.abc import Callable
from typing import Any

from core.i18n import gettext as _
from emails import foot, transfer
from emails.slots import Slots, liquid
from emails.tree import Branches, Element, Part, Value

BLOCKS = ("p", "ul", "ol", "blockquote")

Write = Callable[[str], str]  # Liquid → the word that stands for it


def write(parts: list[Part], source: str, company: dict[str, Any]) -> str:
    """The Liquid of the text part; fill it without escaping, then `tidy` it."""
    slots: Slots[str] = Slots(source)
    return liquid(f"{_blocks(parts, slots.word)}\n\n{foot.plain(company, slots.word)}", slots)


def tidy(text: str) -> str:
    """No space at the end of a line, no more than one empty line in a row."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip() + "\n"


def _blocks(parts: list[Part], word: Write) -> str:
    return "".join(_block(part, word) for part in parts)


def _block(part: Part, word: Write) -> str:
    if isinstance(part, Branches):
        return _branches(part, word, _blocks)
    if not isinstance(part, Element):
        return _inline([part], word, []) + "\n\n"
    if part.tag in ("ul", "ol"):
        return _lines(part.children, part.tag, word) + "\n"
    if part.tag == "hr":
        return "—\n\n"
    if part.tag == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(part.children, word).strip().split("\n")) + "\n\n"
    return _paragraph(part.children, word) + "\n\n"


def _paragraph(parts: list[Part], word: Write) -> str:
    """The words, then the addresses of their links, each on its own line."""
    only = parts[0] if len(parts) == 1 else None
    if isinstance(only, Value) and only.sort == "items":
        return word(_items())
    if isinstance(only, Value) and only.sort == "qr":
        return word("{% if payment.qr %}" + transfer.lines("{label}: {value}\n") + "{% endif %}")
    if isinstance(only, Element) and isinstance(only.href, Value):
        statement, said = only.href.statement, _inline(only.children, word, [])
        return word(f"{{% if {statement.path} %}}") + f"{said}:\n" + word(statement.liquid) + word("{% endif %}")
    addresses: list[str] = []
    said = _inline(parts, word, addresses)
    return said + "".join(addresses)


def _inline(parts: list[Part], word: Write, addresses: list[str]) -> str:
    return re.sub(r" *\n *", "\n", "".join(_piece(part, word, addresses) for part in parts))


def _piece(part: Part, word: Write, addresses: list[str]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Value):
        printed = word(part.statement.liquid)
        return f"\n{printed}\n" if part.sort == "url" else printed
    if isinstance(part, Branches):
        return _branches(part, word, lambda body, inner: _inside(body, inner))
    said = _inline(part.children, word, addresses)
    if part.tag == "a":
        return _link(part, said, word, addresses)
    return "\n" if part.tag == "br" else said


def _inside(parts: list[Part], word: Write) -> str:
    """A branch within a paragraph keeps the addresses of its links to itself."""
    addresses: list[str] = []
    return _inline(parts, word, addresses) + "".join(f"{address}\n" for address in addresses)


def _link(part: Element, said: str, word: Write, addresses: list[str]) -> str:
    if isinstance(part.href, Value):
        path = part.href.statement.path
        addresses.append(word(f"{{% if {path} %}}") + "\n" + word(part.href.statement.liquid) + word("{% endif %}"))
        return said
    address = str(part.href).removeprefix("mailto:").removeprefix("tel:")
    if address == said:
        return said
    if address != part.href:
        return f"{said} ({address})"
    addresses.append(f"\n{address}")
    return said


def _branches(part: Branches, word: Write, write: Callable[[list[Part], Write], str]) -> str:
    """Tags and bodies in turn; the last tag closes."""
    bodies = [write(body, word) for body in part.bodies] + [""]
    return "".join(word(statement.liquid) + body for statement, body in zip(part.statements, bodies, strict=True))


def _lines(parts: list[Part], kind: str, word: Write) -> str:
    lines = []
    for part in parts:
        if isinstance(part, Branches):
            lines.append(_branches(part, word, lambda body, inner: _lines(body, kind, inner)))
        elif isinstance(part, Element):
            lines.append(_line(part, "– " if kind == "ul" else f"{len(lines) + 1}. ", word))
    return "".join(lines)


def _line(part: Element, sign: str, word: Write) -> str:
    if any(isinstance(child, Element) and child.tag in BLOCKS for child in part.children):
        said = _blocks([child for child in part.children if not isinstance(child, str) or child.strip()], word).strip()
    else:
        said = _paragraph(part.children, word).strip("\n")
    return sign + said.replace("\n", "\n" + " " * len(sign)) + "\n"


def _items() -> str:
    """Liquid for the lines of an order and their total."""
    each = "{% if item.price and item.quantity != '1' %} ({{ item.price }}){% endif %}"
    line = "{{ item.quantity }} × {{ item.name }}" + each + "{% if item.total %}: {{ item.total }}{% endif %}\n"
    total = "{% if record.total %}" + _("Total") + ": {{ record.total }}{% endif %}"
    return "{% if record.items %}{% for item in record.items %}" + line + "{% endfor %}" + total + "{% endif %}"
