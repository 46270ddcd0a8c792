"""What a text is made of once it is read: words, places to print, elements, and conditions with their branches."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.i18n import gettext as _
from emails import placeholders
from emails.grammar import Statement, Wrong

LISTS = ("ul", "ol")


@dataclass
class Value:
    """A place where something is printed."""

    statement: Statement

    @property
    def sort(self) -> str:
        return placeholders.sort(self.statement.path) if self.statement.path else "text"


@dataclass
class Element:
    """`tag` with its children; `href` is an address, or the Value that will be one."""

    tag: str
    children: list[Part] = field(default_factory=list)
    href: str | Value | None = None


@dataclass
class Branches:
    """A condition or loop: its tags in order, the last one closes, and what stands after each of the others."""

    statements: list[Statement]
    bodies: list[list[Part]]


Part = str | Value | Element | Branches


def check_lines(parts: list[Part], inside: bool = False) -> None:
    """Raises Wrong for a block, such as that for payment, with something around it."""
    for part in parts:
        if isinstance(part, Value) and part.sort == "qr":
            raise Wrong(_("“%(key)s” stands on a line of its own, with an empty one before and behind it.",
                          key=part.statement.path), *part.statement.place)
        if isinstance(part, Branches):
            for body in part.bodies:
                check_lines(body, inside)
        elif isinstance(part, Element):
            alone = part.tag == "p" and not inside and len(part.children) == 1 and isinstance(part.children[0], Value)
            check_lines([] if alone else part.children, True)


def lists_joined(parts: list[Part]) -> list[Part]:
    """Lists next to one another, also inside conditions, become one: so a loop can write the lines of a list."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and not part.strip():
            continue
        if isinstance(part, Branches):
            part.bodies = [lists_joined(body) for body in part.bodies]
        kind = _list_kind(part)
        last = joined[-1] if joined else None
        if kind and isinstance(last, Element) and last.tag == kind:
            last.children += _lines(part)
        else:
            joined.append(Element(kind, _lines(part)) if kind else part)
    return joined


def _list_kind(part: Part) -> str:
    """ul or ol when the part is such a list, or branches of nothing else."""
    if isinstance(part, Element):
        return part.tag if part.tag in LISTS else ""
    if not isinstance(part, Branches):
        return ""
    kinds = {_list_kind(inner) for body in part.bodies for inner in body}
    return kinds.pop() if len(kinds) == 1 else ""


def _lines(part: Part) -> list[Part]:
    if isinstance(part, Branches):
        part.bodies = [[line for inner in body for line in _lines(inner)] for body in part.bodies]
        return [part]
    return part.children if isinstance(part, Element) else []
