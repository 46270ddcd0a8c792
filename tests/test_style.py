"""The manners of the house that a machine can check: small modules, plain names, nothing unfinished, nothing foreign."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.i18n import HOUSE, ROOMS

LONGEST_MODULE, LONGEST_FUNCTION = 200, 45
NAMES = re.compile(r"(Manager|Service|Helper|Util|Utils|Handler|Base)$")
MODULE_NAMES = re.compile(r"^(utils?|helpers?|common|misc|managers?|services?|handlers?|base)$")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|NotImplemented" r"Error)\b")
# Written in two halves so that this file does not find itself.
FOREIGN = re.compile(
    "|".join(a + b for a, b in (("py", "pi\\.org"), ("python", "hosted"), ("registry\\.np", "mjs"), ("deb\\.", "debian"),
                                ("/wo", "rk/"), ("/ro", "ot/"), ("/fa", "rm/"), ("index-", "url")))
)
OURS = [HOUSE / "app.py", *sorted(file for room in ROOMS for file in (HOUSE / room).rglob("*.py"))]
MODULES = [file for file in OURS if "migrations" not in file.parts]
BINARY = {".png", ".ico", ".jpg", ".woff2", ".gz", ".mo", ".pdf"}


def short(file: Path) -> str:
    return str(file.relative_to(HOUSE))


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every function of ours, with its address."""
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                yield f"{short(file)}:{node.name}", node


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Where the project's files say something."""
    return [
        f"{short(file)}:{number}"
        for file in tracked() for number, line in enumerate(file.read_text(errors="ignore").splitlines(), 1)
        if pattern.search(line)
    ]


def tracked() -> list[Path]:
    """Every text file that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=HOUSE, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout, so there is no telling which files are the project's")
    files = [HOUSE / name for name in listed.stdout.splitlines()]
    return [file for file in files if file.is_file() and file.suffix not in BINARY]


def test_modules_are_small() -> None:
    lengths = {short(file): len(file.read_text().splitlines()) for file in MODULES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_are_small() -> None:
    lengths = {name: (node.end_lineno or 0) - node.lineno + 1 for name, node in functions()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_every_module_says_in_one_sentence_what_it_is_for() -> None:
    silent = []
    for file in OURS:
        first = (ast.get_docstring(ast.parse(file.read_text())) or "").partition("\n")[0]
        if not re.fullmatch(r"[A-Z“].*[.:?…]", first):
            silent.append(f"{short(file)}: {first or 'nothing'}")
    assert silent == []


def test_names_are_nouns_and_verbs_of_the_trade() -> None:
    classes = [
        f"{short(file)}:{node.name}" for file in MODULES for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and NAMES.search(node.name)
    ]
    assert classes + [short(file) for file in MODULES if MODULE_NAMES.match(file.stem)] == []


def test_every_function_says_what_it_gives() -> None:
    assert [name for name, node in functions() if node.name != "__init__" and node.returns is None] == []


def test_nothing_is_unfinished() -> None:
    assert lines_with(UNFINISHED) == []


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    assert lines_with(FOREIGN) == []


def test_templates_obey_the_content_security_policy() -> None:
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|\bhx-on\b|\bhx-vals=.js:|javascript:")
    found = [
        f"{short(file)}:{text.count(chr(10), 0, match.start()) + 1} {match.group()}"
        for file in sorted(HOUSE.glob("*/**/templates/**/*.html")) if file.relative_to(HOUSE).parts[0] in ROOMS
        for text in [file.read_text()] for match in forbidden.finditer(text)
    ]
    assert found == []


def test_every_form_that_posts_carries_its_token() -> None:
    """Customers' pages have no session; their forms carry a nonce, see `pages.views`."""
    bare = []
    for file in sorted(HOUSE.glob("*/**/templates/**/*.html")):
        if file.relative_to(HOUSE).parts[0] in ROOMS and file.parent != HOUSE / "pages" / "templates" / "pages":
            for form in re.findall(r"<form\b.*?</form>", file.read_text(), re.DOTALL):
                if re.search(r"method=.post", form, re.IGNORECASE) and "csrf" not in form:
                    bare.append(f"{short(file)}: {form[:80]}")
    assert bare == []
