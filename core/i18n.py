"""German and English: the reader's language, translated texts, dates and money in their manner."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, dates, numbers
from babel.lists import format_list
from babel.messages import mofile, pofile
from babel.support import Translations

LANGUAGES = {"de": "Deutsch", "en": "English"}
HOUSE = Path(__file__).parent.parent
ROOMS = ("core", "accounts", "records", "pages", "emails", "outbox", "rules")

_language: ContextVar[str] = ContextVar("language", default="de")


def current() -> str:
    return _language.get()


def choose(language: str) -> None:
    """Speak that language from here on, or the nearest of ours."""
    _language.set(nearest(language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    token = _language.set(nearest(language))
    try:
        yield
    finally:
        _language.reset(token)


def nearest(language: str | None) -> str:
    """One of our languages for a tag such as `de-AT`; English for those we do not speak, German for none."""
    if not language:
        return "de"
    return "de" if language.lower().replace("_", "-").split("-")[0] == "de" else "en"


def pick(words: dict[str, Any]) -> Any:
    """The reader's text of several languages, else the first."""
    return words.get(current()) or next(iter(words.values()), "")


@cache
def catalog(language: str) -> Translations:
    """The texts of a language, read from every room's own .po file; English is what the code says."""
    texts = Translations()
    for path in sorted(path for room in ROOMS for path in (HOUSE / room).rglob(f"{language}.po")):
        texts.merge(_compiled(path, language))
    return texts


def _compiled(path: Path, language: str) -> Translations:
    file = io.BytesIO()
    with path.open("rb") as source:
        mofile.write_mo(file, pofile.read_po(source, locale=language))
    file.seek(0)
    return Translations(file)


def gettext(text: str, **values: Any) -> str:
    """The text in the reader's language; `%(name)s` is filled from `values`."""
    said = catalog(current()).gettext(text) if text else ""
    return said % values if values else said


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """The text for `n` things; `%(n)s` is filled too."""
    return catalog(current()).ngettext(one, many, n) % {"n": n, **values}


def N_(text: str) -> str:
    """Marks a text for the translators; it is translated where it is shown."""
    return text


_ = gettext


@cache
def locale(language: str) -> Locale:
    return Locale.parse("de_DE" if language == "de" else "en_GB")


def date(moment: datetime, zone: tzinfo, form: str = "EEEE, d. MMMM y") -> str:
    """“Freitag, 20. November 2026”, “Friday, 20 November 2026”."""
    form = form if current() == "de" else form.replace("d.", "d")
    return dates.format_datetime(moment, form, tzinfo=zone, locale=locale(current()))


def time(moment: datetime, zone: tzinfo) -> str:
    """“10:52 Uhr”, “10:52”; the space does not break."""
    clock = dates.format_datetime(moment, "H:mm", tzinfo=zone, locale=locale(current()))
    return f"{clock}\u00a0Uhr" if current() == "de" else clock


def moment(at: datetime, zone: tzinfo) -> str:
    """Day and time in one: “Freitag, 20. November 2026, 10:52 Uhr”."""
    return f"{date(at, zone)}, {time(at, zone)}"


def clock_time(text: str) -> str:
    """“09:00” as people write it: “9:00 Uhr”, “9:00”; the space does not break."""
    clock = text.removeprefix("0")
    return f"{clock}\u00a0Uhr" if current() == "de" else clock


def ordinal(n: int) -> str:
    """“1.”, “1st”, for days of a month."""
    if current() == "de":
        return f"{n}."
    return f"{n}{'th' if n in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def listed(words: Sequence[str]) -> str:
    """“Monday, Wednesday and Friday”."""
    return format_list(words, locale=locale(current())) if words else ""


def money(amount: Decimal | str, currency: str = "EUR") -> str:
    """“129,90 €”, “€129.90”; the space does not break."""
    return numbers.format_currency(Decimal(amount), currency, locale=locale(current()))


def number(value: Decimal | int | str) -> str:
    """“1.047,5”, “1,047.5”."""
    return numbers.format_decimal(Decimal(value), locale=locale(current()))
