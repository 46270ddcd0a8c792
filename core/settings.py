"""What an admin sets once for the whole house: small JSON documents by name."""

from typing import Any

from peewee import TextField

from core.db import Json, Model, transaction


class Setting(Model):
    name = TextField(primary_key=True)
    value = Json()


def get(name: str) -> dict[str, Any]:
    """The document of that name; empty when nobody has written one."""
    row = Setting.get_or_none(Setting.name == name)
    return row.value if row else {}


def put(name: str, value: dict[str, Any]) -> None:
    """Write the whole document."""
    with transaction():
        Setting.insert(name=name, value=value).on_conflict(
            conflict_target=[Setting.name], preserve=[Setting.value]
        ).execute()


def drop(name: str) -> None:
    """Forget the document of that name."""
    with transaction():
        Setting.delete().where(Setting.name == name).execute()
