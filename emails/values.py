"""Hands placeholders to Liquid: each is computed when a template asks for it, at most once per message."""

from collections.abc import Callable
from functools import partial
from typing import Any

from markupsafe import escape

from core.i18n import gettext
from emails import harmless, placeholders, wording
from emails.scene import Scene
from records import further

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
            told = Told(partial(_field, self._scene), self._clean) if own else None
            self._kept[key] = told or self._value(f"{self._name}.{key}")
        return self._kept[key]

    def __liquid__(self) -> Any:
        return self._value(self._name)

    def __str__(self) -> str:
        return self._value(self._name) or ""

    def _value(self, key: str) -> Any:
        if key not in self._said:
            self._said[key] = _told(key, self._scene)
        value = self._said[key]
        if self._clean and isinstance(value, wording.Items):
            return wording.Items({**line, "name": self._clean(line["name"])} for line in value)
        return self._clean(value) if self._clean and isinstance(value, str) and placeholders.sort(key) == "text" else value


class Told:
    """Values that strangers gave names to: the kind's own fields of a record, or what was said with an event."""

    __slots__ = ("_clean", "_say")

    def __init__(self, say: Callable[[str], str | None], clean: Clean | None):
        self._say, self._clean = say, clean

    def __getitem__(self, key: str) -> str | None:
        text = self._say(key)
        return text if not text or isinstance(text, No) or self._clean is None else self._clean(text)


class Lines(str):
    """A text of several lines, which HTML is told of."""

    __slots__ = ()

    def __html__(self) -> str:
        return "<br>".join(escape(line) for line in self.split("\n"))


class No(str):
    """The word for no, which conditions take for what it says."""

    __slots__ = ()

    def __liquid__(self) -> bool:
        return False


def _field(scene: Scene, key: str) -> str | None:
    """One of the kind's own fields, said by its type."""
    value = scene.record.fields.get(key)
    text = harmless.line(further.say(scene.record.kind, key, value))
    return No(text) if value is False else text or None


def _event(scene: Scene, key: str) -> str | None:
    """What was said under that name with the event that caused the message."""
    value = scene.event.get(key)
    if isinstance(value, bool):
        return gettext("yes") if value else No(gettext("no"))
    text = harmless.lines("" if value is None else str(value))
    if placeholders.is_address(key):
        return wording.web_address(text)
    return Lines(text) if "\n" in text else text or None


def _told(key: str, scene: Scene) -> Any:
    """The value on one line, None for nothing."""
    value = placeholders.PLACEHOLDERS[key].value(scene)
    return harmless.line(value) or None if isinstance(value, str) else value


def of(scene: Scene, said: dict[str, Any], clean: Clean | None = None) -> dict[str, Any]:
    """What a template is filled with; `said` is shared by the parts of one message."""
    filled: dict[str, Any] = {name: Values(name, scene, said, clean) for name in placeholders.GROUPS}
    return filled | {"event": Told(partial(_event, scene), clean)}
