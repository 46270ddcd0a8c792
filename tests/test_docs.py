"""The README tells the truth: every setting, command, address and target is in it, and what it names exists."""

import json
import re
import tomllib
from collections.abc import Iterator

import click
import pytest
from flask import Flask

import app
from accounts import keys as api_keys
from core.config import PREFIX, SETTINGS
from core.i18n import HOUSE

README = (HOUSE / "README.md").read_text()
MAKEFILE = (HOUSE / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):.*##", MAKEFILE, re.MULTILINE))
EXAMPLES = {"<collection>": "orders", "<number>": "1001", "<key>": "{source}"}


def commands(group: click.Group = app.statusbote, path: str = "statusbote") -> Iterator[str]:
    """Every command a person may type, in full."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}"


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_explained(name: str) -> None:
    assert re.search(rf"^\|[^|]*`{PREFIX}{name}`[^|]*\|[^|]+\|[^|]{{10,}}", README, re.MULTILINE)


def test_no_setting_is_invented() -> None:
    named = {name.removesuffix("_FILE") for name in re.findall(rf"\b{PREFIX}(\w+)", README)}
    assert named <= set(SETTINGS)


def test_every_command_is_listed() -> None:
    assert [command for command in commands() if f"`{command}" not in README] == []


def test_no_command_is_invented() -> None:
    called = re.findall(r"(?:`|bin/)(statusbote [a-z]+(?: [a-z]+)?)", README)
    known = set(commands())
    assert len(called) > 10
    assert [call for call in called if call not in known and call.rpartition(" ")[0] not in known] == []


def test_every_address_for_machines_is_named(house: Flask) -> None:
    missing = []
    for rule in house.url_map.iter_rules():
        address = rule.rule
        for placeholder, example in EXAMPLES.items():
            address = address.replace(placeholder, example)
        if re.match(r"/(api|hooks|healthz|readyz)", address) and address not in README:
            missing.append(address)
    assert missing == []


def test_every_make_target_is_listed_and_exists() -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert named == TARGETS
    assert set(re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()) == TARGETS


def test_every_file_that_is_named_exists() -> None:
    rooms = {path.name for path in HOUSE.iterdir()} - {"data"}
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]*(?:\.[a-z]+)?)`", README) + re.findall(r"\]\(([A-Z]+(?:\.md)?)\)", README)
    assert len(named) > 10
    assert {name for name in named if name.split("/")[0] in rooms and not (HOUSE / name).exists()} == set()


def test_the_dicts_to_add_to_exist() -> None:
    rows = re.findall(r"^\| an? [^|]+\| [^`|]*`([a-z_/.]+)`[^|]*\| (`[A-Z]+`.*) \|$", README, re.MULTILINE)
    assert len(rows) >= 7
    for place, names in rows:
        module = HOUSE / place if place.endswith(".py") else HOUSE / place / "__init__.py"
        for name in re.findall(r"`([A-Z]+)`", names):
            assert re.search(rf"^{name}\b.* = ", module.read_text(), re.MULTILINE), f"{name} in {place}"


def test_the_examples_work_as_printed(house: Flask) -> None:
    key = api_keys.make("readme")
    client, bearer = house.test_client(), {"Authorization": f"Bearer {key}"}
    calls = re.findall(r"curl (?:-X (\w+) )?http://127\.0\.0\.1:8000(\S+)(.*?)(?=\n\n|\n#|\n```|\ncurl)", README, re.DOTALL)
    assert len(calls) >= 4
    for method, path, rest in calls:
        body = re.search(r"-d '(.*?)'", rest, re.DOTALL)
        answer = client.open(path, method=method or "GET", headers=bearer, json=json.loads(body[1]) if body else None)
        assert answer.status_code in (200, 201, 207), answer.get_data(as_text=True)
    assert client.get("/api/v1/orders/1001", headers=bearer).get_json()["status"] == "ready"
    assert json.loads(re.search(r"^# 201 (.*)$", README, re.MULTILINE)[1])["changes"] == ["created"]  # type: ignore[index]


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
    changelog = (HOUSE / "CHANGELOG.md").read_text()
    assert re.search(rf"^## \[{re.escape(version)}\] - 20\d\d-\d\d-\d\d$", changelog, re.MULTILINE)


def test_locked_requirements_name_no_place_and_have_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (HOUSE / name).read_text()
        assert "://" not in text and "--index" not in text
        assert text.count("==") > 20
        assert all("--hash=sha256:" in block for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if block.strip())


def test_every_requirement_is_locked() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (HOUSE / "requirements-dev.txt").read_text(), re.MULTILINE))
    assert {re.split(r"[\[>=;< ]", line)[0].lower() for line in wanted} - locked == {"statusbote"}
