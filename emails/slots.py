"""Words nobody can have written, which stand for something else while a text is worked on."""

import re
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")


class Slots(Generic[T]):
    """The words are made from the source, so no source can contain them: letters and digits only."""

    def __init__(self, source: str):
        self.held: list[T] = []
        self.mark = f"zq{sha256(source.encode()).hexdigest()[:12]}x"
        self.pattern = re.compile(rf"{self.mark}(\d+)z")

    def word(self, thing: T) -> str:
        """A new word that stands for the thing."""
        self.held.append(thing)
        return f"{self.mark}{len(self.held) - 1}z"

    def split(self, text: str) -> list[str | T]:
        """Text and things in turn."""
        pieces = self.pattern.split(text)
        return [self.held[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces) if index % 2 or piece]


def liquid(text: str, slots: Slots[str]) -> str:
    """The text as Liquid: words become the Liquid they stand for, braces that are only text stay text."""
    pieces = slots.pattern.split(text)
    return "".join(slots.held[int(piece)] if index % 2 else _literal(piece) for index, piece in enumerate(pieces))


def _literal(text: str) -> str:
    return re.sub(r"\{(?=[{%]|$)", "{{ '{' }}", text)
