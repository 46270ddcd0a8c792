"""Rows where speed counts: the SQL is put together once per table; the ORM would write it anew for every single row."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from peewee import AutoField, BigIntegerField, Field, ForeignKeyField, IntegerField, JSONField, TextField

from core.db import Model, compact, database, is_sqlite

AS_IT_IS = (TextField, IntegerField, BigIntegerField, AutoField, ForeignKeyField)
Row = TypeVar("Row", bound=Model)
Reading = tuple[str, Callable[[Any], Any] | None]


def first(model: type[Row], **equal: Any) -> Row | None:
    """The newest row whose fields have these values, or None."""
    return next(iter(newest(model, 1, **equal)), None)


def newest(model: type[Row], limit: int, **equal: Any) -> list[Row]:
    """The last `limit` rows whose fields have these values, newest first."""
    fields = model._meta.fields
    values = [value(fields[name], given) for name, given in equal.items()]
    found = database.execute_sql(_spelled(_selection(model, tuple(equal))), [*values, limit]).fetchall()
    return [_row(model, row) for row in found]


def by_ids(model: type[Row], names: Sequence[str], ids: Iterable[int]) -> list[Row]:
    """The rows of these ids, in their order; only the fields named are read and set."""
    wanted = list(ids)
    if not wanted:
        return []
    fields = [model._meta.fields[name] for name in names]
    sql = f'SELECT {_listed(fields)} FROM "{model._meta.table_name}" WHERE "id" IN ({marks(wanted)}) ORDER BY "id"'
    read = _reading(model, tuple(names))
    return [_row(model, row, read) for row in database.execute_sql(_spelled(sql), wanted).fetchall()]


def returned(model: type[Row], sql: str, values: Sequence[Any]) -> list[Row]:
    """The rows that a statement has hit, as they are after it."""
    found = database.execute_sql(_spelled(f"{sql} RETURNING {_listed(model._meta.sorted_fields)}"), values).fetchall()
    return [_row(model, row) for row in found]


def marks(values: Sequence[Any]) -> str:
    """As many `?` as there are values, for an IN list."""
    return ", ".join("?" * len(values))


def tuples(query: Any) -> list[tuple[Any, ...]]:
    """What a query finds, as plain tuples in the order of its columns."""
    return list(query.tuples().iterator())


def insert(row: Model) -> None:
    """Store a new row; it then knows its id."""
    names, group = _insertion(type(row))
    values = [value(field, row.__data__.get(field.name)) for field in _own(type(row))]
    row.id = database.execute_sql(_spelled(f'{names} {group} RETURNING "id"'), values).fetchone()[0]
    row._dirty.clear()


def update(row: Model) -> None:
    """Store what was set on a row since it was read."""
    names = sorted(row._dirty)
    if names:
        fields = row._meta.fields
        changes = ", ".join(f'"{fields[name].column_name}" = ?' for name in names)
        values = [value(fields[name], row.__data__.get(name)) for name in names]
        run(f'UPDATE "{row._meta.table_name}" SET {changes} WHERE "id" = ?', [*values, row.id])
        row._dirty.clear()


def insert_many(model: type[Model], rows: Sequence[Mapping[str, Any]], ignore: bool = False) -> int:
    """Insert rows of {column or field: value} in one statement, the table's defaults filled in; how many are new.

    With `ignore`, a row that breaks a unique key is left out.
    """
    if not rows:
        return 0
    names, group = _insertion(model)
    sql = f"{names} {', '.join([group] * len(rows))}{' ON CONFLICT DO NOTHING' if ignore else ''}"
    return run(sql, [_column(field, row) for row in rows for field in _own(model)])


def run(sql: str, values: Sequence[Any]) -> int:
    """Run a statement with `?` for each value, as the database takes them (see `value`); how many rows it hit."""
    return int(database.execute_sql(_spelled(sql), values).rowcount)


def value(field: Field, given: Any) -> Any:
    """What a field's value is in the database."""
    if isinstance(field, JSONField) and is_sqlite():
        return None if given is None else compact(given)
    return field.db_value(given)


@cache
def _selection(model: type[Model], names: tuple[str, ...]) -> str:
    meta = model._meta
    given = " AND ".join(f'"{meta.fields[name].column_name}" = ?' for name in names)
    return f'SELECT {_listed(meta.sorted_fields)} FROM "{meta.table_name}" WHERE {given} ORDER BY "id" DESC LIMIT ?'


@cache
def _insertion(model: type[Model]) -> tuple[str, str]:
    fields = _own(model)
    return f'INSERT INTO "{model._meta.table_name}" ({_listed(fields)}) VALUES', f"({marks(fields)})"


@cache
def _own(model: type[Model]) -> list[Field]:
    """The columns that the database does not fill itself."""
    return [field for field in model._meta.sorted_fields if not isinstance(field, AutoField)]


def _row(model: type[Row], found: Sequence[Any], read: Sequence[Reading] = ()) -> Row:
    row = model(__no_default__=True)
    read = read or _reading(model)
    row.__data__ = {name: meant(given) if meant else given for (name, meant), given in zip(read, found, strict=True)}
    row._dirty.clear()
    return row


@cache
def _reading(model: type[Model], names: tuple[str, ...] = ()) -> list[Reading]:
    """The name of each field, and what makes its value of the database's; None where that is it already."""
    fields = [model._meta.fields[name] for name in names] or model._meta.sorted_fields
    return [(field.name, None if type(field) in AS_IT_IS else _reader(field)) for field in fields]


def _reader(field: Field) -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return lambda given: json.loads(given) if isinstance(given, str) else given
    return field.python_value  # type: ignore[no-any-return]


def _column(field: Field, row: Mapping[str, Any]) -> Any:
    for name in (field.name, field.column_name):
        if name in row:
            return value(field, row[name])
    return value(field, field.default() if callable(field.default) else field.default)


def _listed(fields: Iterable[Field]) -> str:
    return ", ".join(f'"{field.column_name}"' for field in fields)


def _spelled(sql: str) -> str:
    return sql if is_sqlite() else sql.replace("?", "%s")
