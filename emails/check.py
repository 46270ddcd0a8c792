"""Judges a template before it is saved: what must be mended, and hints that are only shown."""

from collections.abc import Iterable
from dataclasses import dataclass

from core import i18n
from core.i18n import gettext as _
from emails import advertising, grammar, markup, names, placeholders, proof, sms, sms_hints, tree
from emails.grammar import Wrong
from records.models import Kind

LARGEST = 64 * 1024  # octets of one text
LONGEST_NAME, LONGEST_SUBJECT = 120, 500  # characters
COMFORTABLE = 70  # characters of a subject that phones show
PARTS = {"email": ("subject", "body"), "sms": ("sms",)}  # what a channel cannot do without

Texts = dict[str, dict[str, str]]  # language → subject, body and, where there is one, sms


@dataclass(frozen=True)
class Finding:
    """A sentence; `field` is name, subject, body, sms or "", `tone` is stop (refused), wait (a hint) or good."""

    sentence: str
    field: str = ""
    language: str = ""
    tone: str = "stop"


def faults(name: str, texts: Texts, fields: list[str] | None, must: str, mail: bool = False) -> list[Finding]:
    """What is refused at save. `must` is the language that may not be missing; `mail`: an SMS alone will not do."""
    found = [] if name.strip() else [Finding(_("Please give the template a name."), "name")]
    if len(name) > LONGEST_NAME:
        found.append(Finding(_("Please use at most %(n)s characters.", n=LONGEST_NAME), "name"))
    wanted = {channel for channel in PARTS if any(_says(text, channel) for text in texts.values())}
    wanted |= {"email"} if mail or not wanted else set()
    needed = [channel for channel in PARTS if channel in wanted]
    for language in i18n.LANGUAGES:
        text = texts.get(language, {})
        channels = [channel for channel in needed if language == must or _says(text, channel)]
        found += [*_missing(text, language, channels), *text_faults(text, language, fields)]
    return found


def text_faults(text: dict[str, str], language: str, fields: list[str] | None) -> list[Finding]:
    """What is wrong in one language's subject, body and SMS."""
    found = []
    for field, source in text.items():
        try:
            _check(field, source, fields)
        except Wrong as wrong:
            found.append(Finding(placed(wrong, field), field, language))
    return found


def hints(texts: Texts, advertises: bool = False) -> list[Finding]:
    """What may be on purpose, and what is taken care of; `advertises`: it is marked so."""
    mails = {language: text for language, text in texts.items() if _says(text, "email")}
    found = [hint for language in mails for hint in _text_hints(mails[language], language)]
    found += [Finding(hint.sentence, "sms", hint.language, "wait") for hint in sms_hints.of(texts)]
    for language in i18n.LANGUAGES.keys() - texts.keys():
        sentence = _("The text is %(missing)s; those readers get the other language.", missing=missing()[language])
        found.append(Finding(sentence, language=language, tone="wait"))
    good = [Finding(_("Address and reason stand under every e‑mail."), tone="good")] if mails else []
    adverts = [Finding(*hint) for hint in advertising.hints(texts, advertises)]
    return found + _differences(mails) + adverts + good


def missing() -> dict[str, str]:
    """What is said of a language in which there is no text."""
    return {"de": _("missing in German"), "en": _("missing in English")}


def _says(text: dict[str, str], channel: str) -> bool:
    return any(text.get(field, "").strip() for field in PARTS[channel])


def _missing(text: dict[str, str], language: str, channels: Iterable[str]) -> list[Finding]:
    words = {"subject": _("Please write a subject."), "body": _("Please write a text."), "sms": _("Please write an SMS.")}
    parts = [field for channel in channels for field in PARTS[channel]]
    return [Finding(words[field], field, language) for field in parts if not text.get(field, "").strip()]


def _check(field: str, source: str, fields: list[str] | None) -> None:
    if len(source.encode()) > LARGEST or (field == "subject" and len(source) > LONGEST_SUBJECT):
        raise Wrong(_("This text is too long."))
    if field == "sms":
        sms.check(source, fields)
        return
    proof.check(source, fields)
    if field == "body":
        tree.check_lines(markup.read(source))
    elif found := paths(source).intersection(placeholders.alone()):
        raise Wrong(_("“%(key)s” cannot stand in a subject.", key=found.pop()))


def paths(source: str) -> set[str]:
    """The placeholders a source prints as they are."""
    return {piece.path for piece in grammar.parts(source) if isinstance(piece, grammar.Statement) and piece.path}


def placed(wrong: Wrong, field: str) -> str:
    """What is wrong, with line and character as far as they are known."""
    if wrong.line is None or (field == "subject" and wrong.column is None):
        return str(wrong)
    if wrong.column is None:
        return _("Line %(line)s: %(sentence)s", line=wrong.line, sentence=str(wrong))
    if field == "subject":
        return _("Character %(column)s: %(sentence)s", column=wrong.column, sentence=str(wrong))
    return _("Line %(line)s, character %(column)s: %(sentence)s", line=wrong.line, column=wrong.column, sentence=str(wrong))


def _text_hints(text: dict[str, str], language: str) -> list[Finding]:
    named, found = i18n.LANGUAGES[language], []
    if "link" not in paths(text["body"]):
        found.append(_("%(language)s: the link to the status page is missing.", language=named))
    if "greeting" not in paths(text["body"]):
        found.append(_("%(language)s: the greeting is missing.", language=named))
    if len(text["subject"]) > COMFORTABLE and "{%" not in text["subject"]:
        found.append(_("%(language)s: phones show only the beginning of a subject this long.", language=named))
    return [Finding(sentence, language=language, tone="wait") for sentence in found]


def _differences(texts: Texts) -> list[Finding]:
    """Placeholders that one language has and the other has not."""
    found = []
    for language, text in texts.items():
        for other in texts.keys() - {language}:
            gone = sorted(paths(texts[other]["body"]) - paths(text["body"]) - {"link", "greeting"})
            if gone:
                said = {"language": i18n.LANGUAGES[language], "keys": ", ".join(map(names.shown, gone))}
                sentence = _("%(language)s: %(keys)s stands only in the other language.", **said)
                found.append(Finding(sentence, language=language, tone="wait"))
    return found


def kind_fields(kind: Kind | None) -> list[str] | None:
    """The keys of a kind's own fields, see `placeholders.known`; None where the template serves every kind."""
    return [field["key"] for field in kind.fields] + [placeholders.EVENT] * bool(kind.events) if kind else None
