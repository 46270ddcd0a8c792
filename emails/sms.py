"""The text of an SMS: filled for one reader, and counted the way networks charge for it (3GPP TS 23.038)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from liquid.exceptions import LiquidError
from liquid.template import BoundTemplate

from core import i18n, settings
from emails import compose, grammar, harmless, placeholders, proof, values
from emails.compose import Unusable
from emails.models import Template
from emails.scene import Scene
from pages import unsubscribe
from records.models import Record
from records.people import Person

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # two units each
ROOM = {"gsm7": (160, 153), "ucs2": (70, 67)}  # units of a text in one part, and of each of several
MOST = 8  # parts of one message
LONGEST = 2000  # characters of a source
OURS = ("company", "location")  # values that no stranger wrote

PLAIN = {
    "„": '"', "“": '"', "”": '"', "«": '"', "»": '"', "‚": "'", "‘": "'", "’": "'", "‹": "'", "›": "'", "´": "'", "`": "'",
    "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "×": "x", "→": "->", "\t": " ",
    "\u00ad": "", "\u200b": "",
}
SPACES = dict.fromkeys("\u00a0\u202f\u2009\u2007\u2008\u2002\u2003", " ")

_spaces, _plain = str.maketrans(SPACES), str.maketrans(PLAIN | SPACES)
_emoji = re.compile("[\u200d\ufe0f\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff] ?")


@dataclass(frozen=True)
class Count:
    """What a text takes: `encoding` gsm7 or ucs2, `units` of it, `segments` (parts that are paid for).

    `left`: units that still fit into the last part. `dear`: the characters that make it ucs2, each once.
    """

    encoding: str
    units: int
    segments: int
    left: int
    dear: tuple[str, ...] = ()


def count(text: str) -> Count:
    """Count a text; an empty one is one part, as networks see it."""
    dear = tuple(dict.fromkeys(char for char in text if char not in BASIC and char not in EXTENDED))
    encoding = "ucs2" if dear else "gsm7"
    sizes = [len(char.encode("utf-16-be")) // 2 if dear else 1 + (char in EXTENDED) for char in text]
    units, (alone, each) = sum(sizes), ROOM[encoding]
    if units <= alone:
        return Count(encoding, units, 1, alone - units, dear)
    segments, used = 1, 0
    for size in sizes:  # no character is torn apart between two parts
        if used + size > each:
            segments, used = segments + 1, 0
        used += size
    return Count(encoding, units, segments, each - used, dear)


def plain(text: str) -> str:
    """The text in characters that cost one unit or two: “„So“ – …” becomes “"So" - ...”, an emoji goes."""
    return _emoji.sub("", text).translate(_plain)


def fill(
    template: Template, record: Record, person: Person | None, link_url: str | None, link_expires: datetime | None = None,
    event: Mapping[str, Any] | None = None, leave: str | None = None,
) -> str:
    """The SMS for that person, in their language; raises Unusable. For the parameters see `compose.compose`."""
    company, texts = settings.get("company"), template.spoken("sms")
    language = compose.spoken(texts, person.language if person else None, company)
    way_out = compose.way_out(template, unsubscribe.example() if leave is None else leave)
    scene = Scene(record, person, company, link_url, link_expires, event or {}, way_out)
    return written(texts[language]["sms"], scene, language)


def written(source: str, scene: Scene, language: str) -> str:
    """A source with a scene's values; raises Unusable."""
    try:
        with i18n.speaking(language):
            text = _compiled(source).render(_values(scene))
    except grammar.Wrong as error:
        raise Unusable(str(error)) from error
    except LiquidError as error:
        raise Unusable(str(error.message)) from error
    text = harmless.lines(text.translate(_spaces)).strip()
    if count(text).segments > MOST:
        raise Unusable(i18n.gettext("This SMS is too long: at most %(n)s parts go out.", n=MOST))
    return text


def check(source: str, fields: list[str] | None) -> None:
    """Refuse what an SMS cannot say; raises grammar.Wrong. `fields`: see `placeholders.known`."""
    if len(source) > LONGEST:
        raise grammar.Wrong(i18n.gettext("This text is too long."))
    proof.check(source, fields)
    more = placeholders.alone()
    for piece in grammar.parts(source):
        if isinstance(piece, grammar.Statement) and piece.path in more:
            raise grammar.Wrong(i18n.gettext("“%(key)s” cannot stand in an SMS.", key=piece.path), *piece.place)


@lru_cache(maxsize=256)
def _compiled(source: str) -> BoundTemplate:
    return proof.check(source, None)


def _values(scene: Scene) -> dict[str, Any]:
    """What strangers wrote comes without anything to tap on, and all of it in plain characters where that says the same."""
    said: dict[str, Any] = {}
    ours = {name: values.Values(name, scene, said, plain) for name in OURS}
    return values.of(scene, said, lambda text: harmless.without_addresses(plain(text))) | ours
