"""Who may know whom: an import only ever points to a lower floor, absolute, at the top of the file."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.i18n import HOUSE

FLOORS = ("core", "accounts", "records", "pages", "emails", "outbox", "rules", "app")
MODULES = {
    ".".join(file.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): file
    for floor in FLOORS
    for file in ([HOUSE / "app.py"] if floor == "app" else sorted((HOUSE / floor).rglob("*.py")))
    if "migrations" not in file.parts
}


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def nodes_of(file: Path) -> list[ast.AST]:
    return list(ast.walk(tree_of(file)))


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything a file imports; `from a.b import c` counts as a.b.c."""
    for node in nodes_of(file):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def room(name: str) -> str:
    return name.split(".")[0]


def test_imports_point_only_to_lower_floors() -> None:
    upwards = [
        f"{module}:{line} imports {name}"
        for module, file in MODULES.items()
        for line, name in imports(file)
        if room(name) in FLOORS and FLOORS.index(room(name)) > FLOORS.index(room(module))
    ]
    assert upwards == []


def test_imports_are_absolute() -> None:
    relative = {module for module, file in MODULES.items() for _, name in imports(file) if name.startswith(".")}
    assert relative == set()


def test_imports_stand_at_the_top() -> None:
    lazy = []
    for module, file in MODULES.items():
        top = {id(node) for node in tree_of(file).body}
        lazy += [
            f"{module}:{node.lineno}" for node in nodes_of(file)
            if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top
        ]
    assert lazy == []


def test_nothing_is_imported_by_a_string() -> None:
    calls = {"__import__", "import_module"}
    found = [
        f"{module}:{node.lineno}" for module, file in MODULES.items() for node in nodes_of(file)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in calls
    ]
    assert found == []


def test_no_modules_know_each_other_in_a_circle() -> None:
    known = {module: {_module(name) for _, name in imports(file)} - {module, ""} for module, file in MODULES.items()}
    finished: set[str] = set()
    for start in known:
        _follow(start, known, finished, [])


def _module(name: str) -> str:
    """The module of ours that an imported name lives in; empty for a stranger's."""
    parent = name.rpartition(".")[0]
    return name if name in MODULES else parent if parent in MODULES else ""


def _follow(module: str, known: dict[str, set[str]], finished: set[str], path: list[str]) -> None:
    if module in path:
        pytest.fail("a circle: " + " → ".join([*path[path.index(module):], module]))
    if module not in finished:
        for target in sorted(known[module]):
            _follow(target, known, finished, [*path, module])
        finished.add(module)


def test_only_app_knows_every_room() -> None:
    knowing = {module: {room(name) for _, name in imports(file) if room(name) in FLOORS} for module, file in MODULES.items()}
    assert knowing["app"] >= set(FLOORS) - {"app"}
