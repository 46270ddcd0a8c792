"""What whoever writes an SMS should know: what makes it cost double, that it takes several parts, who does not get it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import i18n
from core.i18n import gettext as _
from emails import grammar, sms

Texts = Mapping[str, Mapping[str, Any]]  # language → subject, body, sms


@dataclass(frozen=True)
class Hint:
    language: str
    sentence: str


def of(texts: Texts) -> list[Hint]:
    """About the SMS of a template that `check` accepted, language by language; nothing where there is none."""
    there = {language: text["sms"] for language, text in texts.items() if text.get("sms")}
    found = [hint for language, source in there.items() for hint in _about(source, language)]
    for language in [key for key in i18n.LANGUAGES if there and key not in there and key in texts]:
        said = _("%(language)s: there is no SMS; those readers get it in the other language.", language=_named(language))
        found.append(Hint(language, said))
    return found


def literal(source: str) -> str:
    """What stands there whatever is filled in."""
    return "".join(piece for piece in grammar.parts(source) if isinstance(piece, str))


def dear(source: str) -> str:
    """“„ “ –”: the characters for which an SMS may cost double; nothing when there are none."""
    found = sms.count(literal(source)).dear
    return " ".join(char if char.isprintable() and char.strip() else _("(special space)") for char in found)


def _about(source: str, language: str) -> list[Hint]:
    found, characters = [], dear(source)
    if characters:
        said = _(
            "%(language)s: %(characters)s make the SMS cost up to double, because only 70 instead of 160 characters fit.",
            language=_named(language), characters=characters,
        )
        found.append(Hint(language, said))
    parts = sms.count(literal(source)).segments
    if parts > 1:
        said = _("%(language)s: even before anything is filled in, the SMS takes %(n)s parts, and each is paid for.",
                 language=_named(language), n=parts)
        found.append(Hint(language, said))
    return found


def _named(language: str) -> str:
    return i18n.LANGUAGES[language]
