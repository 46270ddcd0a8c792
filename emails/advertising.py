"""What counts as advertising: who marks a text so has it go only to those who agreed, and with a way to unsubscribe."""

import re
from collections.abc import Iterable, Iterator, Mapping

from core import i18n
from core.i18n import gettext as _
from emails import grammar

WORDS = re.compile(
    r"\bbewert(e|en|et|ung|ungen)\b|rezension|feedback|weiterempf|gutschein|rabatt|newsletter|\breviews?\b|"
    r"\brat(e|ing) (us|your|our)\b|recommend us|voucher|discount", re.IGNORECASE,
)
LEAVE = "unsubscribe.url"  # the placeholder

Hint = tuple[str, str, str, str]  # sentence, field, language and tone, as of `check.Finding`


def suspected(texts: Iterable[str]) -> bool:
    """Whether one of them asks for a rating or speaks of an offer; in Germany both count as advertising."""
    return any(WORDS.search(text) for text in texts)


def can_leave(source: str) -> bool:
    """Whether a text prints the way to unsubscribe."""
    pieces = grammar.parts(grammar.own(source))
    return any(isinstance(piece, grammar.Statement) and piece.path == LEAVE for piece in pieces)


def hints(texts: Mapping[str, Mapping[str, str]], marked: bool) -> Iterator[Hint]:
    """What to say of a template's texts by language: that they should be marked, or what follows from the mark."""
    if marked:
        yield from _marked(texts)
        return
    parts = [part for text in texts.values() for part in text.values()]
    if suspected(parts):
        said = _(
            "This looks like advertising or asks for a rating, which counts as advertising in Germany: please tick "
            "“Advertising”, so that it reaches only those who agreed to it."
        )
        yield said, "", "", "wait"
    if any(map(can_leave, parts)):
        said = _("Only advertising says how to unsubscribe: please tick “Advertising”, or take that placeholder out.")
        yield said, "", "", "wait"


def _marked(texts: Mapping[str, Mapping[str, str]]) -> Iterator[Hint]:
    said = _("%(language)s: the SMS does not say how to unsubscribe; please put in that placeholder.")
    for language, text in texts.items():
        if text.get("sms", "").strip() and not can_leave(text["sms"]):
            yield said % {"language": i18n.LANGUAGES[language]}, "sms", language, "wait"
    yield _("It goes only to those who agreed to advertising; e‑mails say how to unsubscribe."), "", "", "good"
