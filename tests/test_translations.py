"""German is complete: every text of code and templates has one, well formed, and none is left over."""

import ast
import re
from functools import cache
from itertools import chain
from pathlib import Path

from babel.messages.catalog import Catalog

from core.i18n import HOUSE, ROOMS
from tests import texts

said, written = cache(texts.said), cache(texts.written)
NAMES = re.compile(r"%\((\w+)\)[a-z]")


def german() -> list[tuple[str, str, str]]:
    """Every pair of an English and a German text, plurals one by one, with the file it stands in."""
    return [
        (str(path.relative_to(HOUSE)), english, translated)
        for path, catalog in written().items() for message in catalog if message.id
        for english, translated in zip(_forms(message.id), _forms(message.string), strict=True)
    ]


def _forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return text if isinstance(text, tuple) else (text,)


def ids(catalog: Catalog | None) -> set[str | tuple[str, ...]]:
    return {message.id for message in catalog or () if message.id}


def more(those: dict[Path, Catalog], than: dict[Path, Catalog]) -> list[str]:
    """Which texts are in those catalogs and not in these."""
    return [f"{path.relative_to(HOUSE)}: {text}" for path in those for text in ids(those[path]) - ids(than.get(path))]


def test_every_text_has_its_german() -> None:
    assert more(said(), written()) == [], "make texts adds them"


def test_no_german_is_left_over() -> None:
    assert more(written(), said()) == [], "make texts removes them"


def test_no_german_is_empty() -> None:
    assert [f"{path}: {english}" for path, english, translated in german() if not translated.strip()] == []


def test_nothing_is_fuzzy_or_obsolete() -> None:
    doubtful = [f"{path.relative_to(HOUSE)}: {message.id}" for path, message in messages() if message.fuzzy]
    assert doubtful + [str(path) for path in written() if "#~" in path.read_text()] == []


def messages() -> list[tuple]:
    return list(chain.from_iterable(((path, message) for message in catalog) for path, catalog in written().items()))


def test_one_english_text_has_one_german() -> None:
    told: dict[str, set[str]] = {}
    for _, english, translated in german():
        told.setdefault(english, set()).add(translated)
    assert {english: translated for english, translated in told.items() if len(translated) > 1} == {}


def test_placeholders_agree() -> None:
    differ = [
        f"{path}: {english}" for path, english, translated in german()
        if (set(NAMES.findall(english)) ^ set(NAMES.findall(translated))) - {"n"}  # “eine Regel” needs no number
    ]
    assert differ == []


def test_plurals_have_both_forms() -> None:
    wrong = [
        f"{path.relative_to(HOUSE)}: {message.id}" for path, message in messages()
        if isinstance(message.id, tuple) and not (len(_forms(message.string)) == 2 and all(_forms(message.string)))
    ]
    assert wrong == []


def test_a_text_keeps_its_ends() -> None:
    """A space or a full stop at the end is part of a text that others are put beside."""
    differ = [
        f"{path}: {english!r} {translated!r}" for path, english, translated in german()
        if english[-1] in " .:?…" and translated[-1:] != english[-1]
    ]
    assert differ == []


def test_german_is_set_in_german_type() -> None:
    wrong = []
    for path, english, translated in german():
        plain = re.sub(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}|`[^`]*`", "", translated)
        for literal in re.findall(r'"[^"]*"', english):  # what a machine reads is not set in type
            plain = plain.replace(literal, "")
        if " - " in english:
            plain = plain.replace(" - ", " ")
        if re.search(r"[\"'”!]|\.\.\.| - ", plain) and "!=" not in plain:
            wrong.append(f"{path}: {english!r} → {translated!r}")
    assert wrong == [], "„…“ and ’ and – and …, no exclamation marks"


def test_german_says_sie() -> None:
    familiar = re.compile(r"\b([Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich|[Ee]uch|[Ee]uer)\b")
    assert [f"{path}: {translated}" for path, _, translated in german() if familiar.search(translated)] == []


def test_texts_are_written_out_where_they_are_marked() -> None:
    """`_(f"…")` or `N_(a + b)` would never be found by the extraction."""
    hidden = [
        f"{file.relative_to(HOUSE)}:{node.lineno}"
        for file in [HOUSE / "app.py", *(file for room in ROOMS for file in sorted((HOUSE / room).rglob("*.py")))]
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "N_", "ngettext")
        and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert hidden == []
