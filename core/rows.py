"""Rows in bulk: where many are written, the statement is put together once and not by the ORM each time."""

from collections.abc import Mapping, Sequence
from typing import Any

from peewee import Field, JSONField

from core.db import Model, compact, database, is_sqlite


def insert_many(model: type[Model], rows: Sequence[Mapping[str, Any]], ignore: bool = False) -> int:
    """Insert rows of {column or field: value} in one statement, the table's defaults filled in; how many are new.

    With `ignore`, a row that breaks a unique key is left out.
    """
    if not rows:
        return 0
    fields = [field for field in model._meta.sorted_fields if not _made(field)]
    names = ", ".join(f'"{field.column_name}"' for field in fields)
    group = "(" + ", ".join("?" * len(fields)) + ")"
    end = " ON CONFLICT DO NOTHING" if ignore else ""
    sql = f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES {", ".join([group] * len(rows))}{end}'
    return run(sql, [_column(field, row) for row in rows for field in fields])


def run(sql: str, values: Sequence[Any]) -> int:
    """Run a statement with `?` for each value, as the database takes them (see `value`); how many rows it hit."""
    return int(database.execute_sql(_spelled(sql), values).rowcount)


def value(field: Field, given: Any) -> Any:
    """What a field's value is in the database."""
    if isinstance(field, JSONField) and is_sqlite():
        return compact(given)
    return field.db_value(given)


def _made(field: Field) -> bool:
    return bool(field.primary_key and field.auto_increment)


def _column(field: Field, row: Mapping[str, Any]) -> Any:
    if field.name in row:
        given = row[field.name]
    elif field.column_name in row:
        given = row[field.column_name]
    else:
        given = field.default() if callable(field.default) else field.default
    return value(field, given)


def _spelled(sql: str) -> str:
    return sql if is_sqlite() else sql.replace("?", "%s")
