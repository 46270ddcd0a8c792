"""What strangers type where a name, an address or a number belongs: attacks whole, torn and mixed, and any characters."""

import json
import random
from pathlib import Path

KNOWN: dict[str, list[str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="ascii"))
PLACES, ADDRESSES, NUMBERS = KNOWN["places"], KNOWN["addresses"], KNOWN["numbers"]
ALL = [one for sort in ("headers", "markup", "words", "places", "invisible", "people") for one in KNOWN[sort]]
LONGEST = 400


def text(chance: random.Random) -> str:
    """A name, a subject, a word: up to five pieces put together."""
    pieces = (_piece(chance) for _n in range(chance.choice((1, 1, 2, 3, 5))))
    return chance.choice(("", " ")).join(pieces)[:LONGEST]


def url(chance: random.Random) -> str:
    return chance.choice(PLACES) + (text(chance) if chance.random() < 0.5 else "")


def address(chance: random.Random) -> str:
    return _torn(chance.choice(ADDRESSES), chance) + (text(chance) if chance.random() < 0.3 else "")


def phone(chance: random.Random) -> str:
    return _torn(chance.choice(NUMBERS), chance) + (text(chance) if chance.random() < 0.2 else "")


def _piece(chance: random.Random) -> str:
    dice = chance.random()
    if dice < 0.5:
        return chance.choice(ALL)
    if dice < 0.75:
        return _torn(chance.choice(ALL), chance)
    if dice < 0.95:
        return "".join(_character(chance) for _n in range(chance.randint(1, 24)))
    return _character(chance) * chance.randint(1, LONGEST)


def _torn(piece: str, chance: random.Random) -> str:
    """The same with a character put in, taken out, doubled or in another case."""
    at, dice = chance.randint(0, len(piece)), chance.random()
    if dice < 0.4:
        return piece[:at] + _character(chance) + piece[at:]
    if dice < 0.6:
        return piece[:at] + piece[at + 1 :]
    return piece.swapcase() if dice < 0.8 else piece[:at] + piece


def _character(chance: random.Random) -> str:
    """Any there is: half of them ASCII, halves of surrogate pairs among the others."""
    most = chance.choice((0x7F, 0x7F, 0xFF, 0x2FFF, 0xFFFF, 0x10FFFF))
    return chr(chance.randint(0, most))
