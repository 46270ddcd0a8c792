"""Remembers for a moment what every request asks the database again."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from core.db import database

SECONDS = 1.0
Found = TypeVar("Found")


class Memory(Generic[Found]):
    """Asks `find` at most once a second for the same key; what was not found is not remembered."""

    def __init__(self, find: Callable[[str], Found | None]):
        self.find = find
        self._known: dict[str, tuple[float, Any, Found]] = {}

    def __call__(self, key: str) -> Found | None:
        until, house, found = self._known.get(key, (0.0, None, None))
        now = time.monotonic()
        if found is not None and now < until and house is database.obj:
            return found
        found = self.find(key)
        if found is None:
            self._known.pop(key, None)
        else:
            self._known[key] = (now + SECONDS, database.obj, found)
        return found
