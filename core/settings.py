"""What an admin sets once for the whole house: small JSON documents by name."""

import time
from typing import Any

from peewee import TextField

from core.db import Json, Model, transaction

FRESH = 1.0  # seconds for which another process's change may go unnoticed

_read: dict[str, tuple[float, dict[str, Any]]] = {}


class Setting(Model):
    name = TextField(primary_key=True)
    value = Json()


def get(name: str) -> dict[str, Any]:
    """The document of that name, at most a second old; empty when nobody has written one."""
    at, value = _read.get(name, (0.0, {}))
    if time.monotonic() - at > FRESH:
        row = Setting.get_or_none(Setting.name == name)
        value = row.value if row else {}
        _read[name] = (time.monotonic(), value)
    return value


def put(name: str, value: dict[str, Any]) -> None:
    """Write the whole document."""
    with transaction():
        Setting.insert(name=name, value=value).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()
    _read.pop(name, None)


def drop(name: str) -> None:
    """Forget the document of that name."""
    with transaction():
        Setting.delete().where(Setting.name == name).execute()
    _read.pop(name, None)


def forget_read() -> None:
    """Read everything anew: another database is open now."""
    _read.clear()
