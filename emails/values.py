"""Hands placeholders to Liquid: each is computed when a template asks for it, at most once per message."""

from collections.abc import Callable
from typing import Any

from emails import harmless, placeholders
from emails.scene import Scene

Clean = Callable[[str], str]


class Values:
    """Everything under one first word, such as `record`; what has a value itself (`link`) prints it."""

    __slots__ = ("_clean", "_kept", "_name", "_said", "_scene")

    def __init__(self, name: str, scene: Scene, said: dict[str, Any], clean: Clean | None):
        self._name, self._scene, self._said, self._clean = name, scene, said, clean
        self._kept: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._kept:
            own = self._name == "record" and key == "fields"
            self._kept[key] = Fields(self._scene.record.fields, self._clean) if own else self._value(f"{self._name}.{key}")
        return self._kept[key]

    def __liquid__(self) -> Any:
        return self._value(self._name)

    def __str__(self) -> str:
        return self._value(self._name) or ""

    def _value(self, key: str) -> Any:
        if key not in self._said:
            self._said[key] = _told(key, self._scene)
        value = self._said[key]
        return self._clean(value) if self._clean and isinstance(value, str) and placeholders.sort(key) == "text" else value


class Fields:
    """The kind's own fields of one record."""

    __slots__ = ("_clean", "_fields")

    def __init__(self, fields: dict[str, Any], clean: Clean | None):
        self._fields, self._clean = fields, clean

    def __getitem__(self, key: str) -> str | None:
        value = self._fields.get(key)
        if value is None or value == "":
            return None
        return self._clean(str(value)) if self._clean else harmless.line(str(value))


def _told(key: str, scene: Scene) -> Any:
    """The value on one line, None for nothing."""
    value = placeholders.PLACEHOLDERS[key].value(scene)
    return harmless.line(value) or None if isinstance(value, str) else value


def of(scene: Scene, said: dict[str, Any], clean: Clean | None = None) -> dict[str, Values]:
    """What a template is filled with; `said` is shared by the parts of one message."""
    return {name: Values(name, scene, said, clean) for name in placeholders.GROUPS}
