"""The names of placeholders: each has ours and a German one, so `{{ auftrag.nummer }}` is `{{ order.number }}`."""

import re
from collections.abc import Iterator

from core import i18n
from emails.placeholders import EVENT, FIELD, ITEM, PLACEHOLDERS

# What may stand for the first word of a key, in English and in German; the first of each is the one we offer.
NOUNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "greeting": (("greeting",), ("anrede",)),
    "today": (("today",), ("heute",)),
    "reader": (("reader",), ("empfänger",)),
    "customer": (("customer",), ("kunde", "kundin")),
    "assignee": (("assignee",), ("zuständig", "bearbeiter")),
    "record": (("record", "order", "booking", "inquiry"), ("vorgang", "auftrag", "bestellung", "buchung", "anfrage")),
    "location": (("location",), ("standort",)),
    "company": (("company",), ("betrieb", "firma")),
    "payment": (("payment",), ("zahlung",)),
    "payments": (("payments",), ("zahlungen",)),
    "appointment": (("appointment",), ("termin",)),
    "page": (("page",), ("seite",)),
    "link": (("link",), ("link",)),
    "unsubscribe": (("unsubscribe",), ("abmelden",)),
    "event": (("event",), ("ereignis",)),
}
OF_ITEMS = dict(zip(("name", "menge", "preis", "summe"), ITEM, strict=True))
FIELDS, SIZE = "felder", "anzahl"

_path = re.compile(r"'[^']*'|\"[^\"]*\"|(?<![\w.])[^\W\d]\w*(?:\.\w+)*")
_unfolded = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _folded(word: str) -> str:
    """One way to write a word: “Öffnungszeiten” and “oeffnungszeiten” are the same."""
    return word.lower().translate(_unfolded)


OURS = {_folded(word): noun for noun, words in NOUNS.items() for group in words for word in group}
GERMAN = {f"{one.group}.{_folded(one.german)}": key for key, one in PLACEHOLDERS.items() if one.german}


def own(key: str) -> str:
    """Our name of a placeholder, however it was written; what is none stays as it is."""
    first, *rest = key.split(".")
    noun = OURS.get(_folded(first), first)
    if not rest or noun == "event":
        return ".".join([noun, *rest])
    if noun == "record" and _folded(rest[0]) == FIELDS:
        return ".".join([FIELD.rstrip("."), *rest[1:]])
    last = ["size" if _folded(word) == SIZE else word for word in rest[1:]]
    return ".".join([GERMAN.get(f"{noun}.{_folded(rest[0])}", f"{noun}.{rest[0]}"), *last])


def shown(key: str) -> str:
    """A placeholder's name for whoever reads now: the German one in German."""
    noun = key.partition(".")[0]
    if i18n.current() != "de" or noun not in NOUNS:
        return key
    first = NOUNS[noun][1][0]
    if key.startswith(FIELD):
        return f"{first}.{FIELDS}.{key.removeprefix(FIELD)}"
    if key.startswith(EVENT):
        return f"{first}.{key.removeprefix(EVENT)}"
    german = PLACEHOLDERS[key].german if key in PLACEHOLDERS else key.rpartition(".")[2]
    return f"{first}.{german}" if german else first


def every(fields: list[str]) -> Iterator[str]:
    """All names of all placeholders; `fields` are the kind's own."""
    for key, one in PLACEHOLDERS.items():
        last = key.partition(".")[2]
        for words, name in zip(NOUNS[one.group], (last, one.german), strict=True):
            yield from (f"{word}.{name}" if name else word for word in words)
    for words, name in zip(NOUNS["record"], ("fields", FIELDS), strict=True):
        yield from (f"{word}.{name}.{field}" for word in words for field in fields)


def taken(word: str) -> bool:
    """Whether a placeholder begins so, which therefore cannot be what a loop calls its lines."""
    return _folded(word) in OURS


def expression(text: str, lines: set[str]) -> str:
    """What stands in a tag, with placeholders under our names; `lines` are what loops call the lines of an order."""

    def named(match: re.Match[str]) -> str:
        found = match.group()
        if found[0] in "'\"":
            return found
        first, _dot, rest = found.partition(".")
        if first in lines:
            return f"{first}.{OF_ITEMS.get(_folded(rest), rest)}" if rest else first
        return own(found)

    return _path.sub(named, text)
