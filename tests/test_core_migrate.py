"""The tables: made once however many processes start together, and just what the models say."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import db, migrate
from core.db import Model, database
from core.i18n import HOUSE, ROOMS

START = """
import sys; from pathlib import Path; from core import db, migrate
db.bind(sys.argv[1]); migrate.migrate(Path(sys.argv[2]))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, and the handle on it."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else f"sqlite:///{tmp_path / 'house.db'}"
    db.bind(url)
    yield url
    database.close()
    if request.param == "postgres":
        database.obj.close_all()


def models() -> list[type[Model]]:
    """Every model of the house: the classes in its rooms that stand for a table."""
    for file in sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py") if "(Model):" in path.read_text()):
        if "migrations" not in file.parts:
            importlib.import_module(".".join(file.relative_to(HOUSE).with_suffix("").parts))
    return [model for model in Model.__subclasses__() if model.__module__.split(".")[0] in ROOMS]


def test_a_second_start_has_nothing_to_do(empty: str, tmp_path: Path) -> None:
    assert migrate.migrate(tmp_path)[0] == "0001_house"
    assert migrate.migrate(tmp_path) == []


def test_four_processes_starting_together_all_succeed(empty: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", START, empty, str(tmp_path)]
    starts = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ends = [(start.communicate(timeout=60)[1], start.returncode) for start in starts]
    assert [code for _, code in ends] == [0, 0, 0, 0], "\n".join(text for text, _ in ends)
    assert migrate.migrate(tmp_path) == []


def test_the_tables_are_what_the_models_say(empty: str, tmp_path: Path) -> None:
    migrate.migrate(tmp_path)
    with database.connection_context() if database.is_closed() else database.atomic():
        assert len(models()) > 15
        for model in models():
            columns = {column.name: column for column in database.get_columns(model._meta.table_name)}
            fields = {field.column_name: field for field in model._meta.sorted_fields}
            assert set(columns) == set(fields), model.__name__
            for name, field in fields.items():
                assert columns[name].null == field.null, f"{model.__name__}.{name}"
                assert columns[name].primary_key == field.primary_key, f"{model.__name__}.{name}"


def test_every_table_belongs_to_a_model(empty: str, tmp_path: Path) -> None:
    migrate.migrate(tmp_path)
    with database.connection_context() if database.is_closed() else database.atomic():
        known = {model._meta.table_name for model in models()}
        assert {table for table in database.get_tables() if "migration" not in table} == known


def test_a_migration_that_fails_leaves_nothing_behind(empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.migrate(tmp_path)
    folder = tmp_path / "migrations"
    folder.mkdir()
    for file in migrate.FOLDER.glob("0*.py"):
        (folder / file.name).write_text(file.read_text())
    broken = folder / "9999_broken.py"
    lines = ("def up(migrator, db):", "    db.execute_sql('CREATE TABLE half (id INTEGER)')", "    raise OSError('full')")
    broken.write_text("\n".join(lines))
    monkeypatch.setattr(migrate, "FOLDER", folder)
    with pytest.raises(Exception, match="full|9999_broken"):
        migrate.migrate(tmp_path)
    with database.connection_context() if database.is_closed() else database.atomic():
        assert "half" not in database.get_tables()
    broken.unlink()
    assert migrate.migrate(tmp_path) == []
