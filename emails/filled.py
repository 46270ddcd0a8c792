"""A template's text with the values of a record put in, still as Markdown: a person goes on writing from there."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from liquid.exceptions import LiquidError

from core import i18n, settings
from emails import harmless, names, placeholders, proof, sms, values
from emails.advertising import LEAVE
from emails.grammar import Wrong
from emails.models import Template
from emails.scene import Scene
from records.models import Record
from records.people import Person

KEPT = ("url", *placeholders.ALONE)  # sorts that stay placeholders: addresses, and what is more than words
SAMPLE = "…"  # stands for the link, which only the mail itself knows

Write = Callable[[str], str]  # a value → what stands for it in the source

_special = re.compile(r"([\\`*_\[\]>])")
_leading = re.compile(r"^([#+-])|^(\d+)\.(?= )")


def fill(template: Template, record: Record, person: Person | None, language: str) -> dict[str, str]:
    """Subject and body in that language; a text that cannot be filled comes as it is, with its placeholders."""
    text = template.text(language)
    company, kept = settings.get("company"), codes()
    with i18n.speaking(language):
        leave = SAMPLE if template.advertising else None
        scene = Scene(record, person, company, SAMPLE, record.updated_at, unsubscribe=leave)
        try:
            return {
                "subject": " ".join(_filled(text["subject"], scene, _plain, kept).split()),
                "body": re.sub(r"\n{3,}", "\n\n", _filled(text["body"], scene, _markdown, kept)).strip(),
            }
        except (Wrong, LiquidError):
            return {"subject": text["subject"], "body": text["body"]}


def fill_sms(template: Template, record: Record, person: Person | None, language: str) -> str:
    """The same of its SMS, in characters that cost no more than they must; "" where there is none."""
    source, kept = template.spoken("sms").get(language, {}).get("sms", ""), codes()
    with i18n.speaking(language):
        leave = SAMPLE if template.advertising else None
        scene = Scene(record, person, settings.get("company"), SAMPLE, record.updated_at, unsubscribe=leave)
        try:
            return sms.plain(_filled(source, scene, _plain, kept, ours=_unbraced)).strip()
        except (Wrong, LiquidError):
            return source


def codes() -> dict[str, str]:
    """What stays a placeholder, as it is written in a text."""
    sorts = {key: one.sort for key, one in placeholders.PLACEHOLDERS.items()}
    return {
        key: f"{{{{ {names.shown(key)} }}}}" for key, sort in sorts.items() if sort in KEPT or key.startswith("link")
    }


def chips(record: Record, advertising: bool = False) -> list[tuple[str, str, bool]]:
    """Those a person may want to put into a text about that record: each with what it is, and whether it stands apart."""
    there = {"record.items": record.items, "payment.qr": record.total, "appointment.ics": record.scheduled_at}
    known, written = placeholders.PLACEHOLDERS, codes()
    wanted = ["link", "link.expires", "page.file", *(key for key, value in there.items() if value)]
    wanted += [LEAVE] * advertising
    return [(written[key], i18n.gettext(known[key].label), known[key].sort in placeholders.ALONE) for key in wanted]


def _filled(source: str, scene: Scene, write: Write, kept: Mapping[str, str], ours: Write | None = None) -> str:
    """`ours`: how to write what no stranger wrote, where that differs."""
    found = values.of(scene, {})
    ways = {name: ours if ours and name in sms.OURS else write for name in found}
    said = proof.check(source, None).render({name: _Source(found[name], name, ways[name], kept) for name in found})
    proof.check(said, None)
    return str(said)


class _Source:
    """Values by their names, each as the source that prints it."""

    __slots__ = ("_found", "_key", "_kept", "_write")

    def __init__(self, found: Any, key: str, write: Write, kept: Mapping[str, str]):
        self._found, self._key, self._write, self._kept = found, key, write, kept

    def __getitem__(self, word: str) -> Any:
        return self._said(self._found[word], f"{self._key}.{word}")

    def __liquid__(self) -> Any:
        return self._said(self._found.__liquid__(), self._key)

    def __str__(self) -> str:
        return self.__liquid__() or ""

    def _said(self, value: Any, key: str) -> Any:
        if isinstance(value, values.Told):
            return _Source(value, key, self._write, self._kept)
        if isinstance(value, list):
            return _Items(({name: self._line(part) for name, part in line.items()} for line in value), self._kept[key])
        if value and key in self._kept:
            return self._kept[key]
        return self._line(value)

    def _line(self, value: Any) -> Any:
        return self._write(value) if isinstance(value, str) and not isinstance(value, values.No) else value


class _Items(list[dict[str, Any]]):
    """The lines of an order for loops, and the placeholder of their table where that is printed."""

    def __init__(self, lines: Any, code: str):
        super().__init__(lines)
        self.code = code

    def __liquid__(self) -> Any:
        return self if self else None

    def __str__(self) -> str:
        return self.code


def _plain(value: str) -> str:
    """Without what would begin a placeholder."""
    return _unbraced(harmless.without_addresses(value))


def _unbraced(value: str) -> str:
    return value.replace("{", "(").replace("}", ")")


def _markdown(value: str) -> str:
    """As words that Markdown leaves alone."""
    value = re.sub(r"&(?=#?\w+;)", "&amp;", value.replace("{", "(").replace("}", ")"))
    return _leading.sub(lambda match: f"\\{match[1]}" if match[1] else f"{match[2]}\\.", _special.sub(r"\\\1", value))
