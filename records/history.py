"""What the histories of rules, templates and settings have in common: versions, the latest first, told as lines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from markupsafe import Markup

from core import i18n
from core.i18n import gettext as _
from records import actors, zones

NEWEST = 2**31 - 1  # above every number of a version


class Kept(Protocol):
    """A row of something as it stood after one change; `how` is a word, with a number behind a colon where it needs one."""

    version: Any
    at: Any
    actor: Any
    how: Any


V = TypeVar("V", bound=Kept)
D = TypeVar("D")


@dataclass(frozen=True)
class Difference:
    """One part that is not what it was; `text` has both in one."""

    label: str
    text: Markup


@dataclass(frozen=True)
class Line(Generic[V, D]):
    """A version as a history tells it; `changes` is what differs from the one before, `same`: it says what holds now."""

    kept: V
    what: str
    who: str
    at: str
    changes: D
    same: bool


def lines(
    found: Sequence[V], what: Callable[[V], str], between: Callable[[V | None, V], D], same: Callable[[V], bool]
) -> list[Line[V, D]]:
    """Versions, the latest first, each with what it changed of the next in the list, the one before it."""
    who, zone = actors.names(kept.actor for kept in found), zones.zone_of(None)
    return [
        Line(kept, what(kept), who[kept.actor], i18n.moment(kept.at, zone), between(older, kept), same(kept))
        for kept, older in zip(found, [*found, None][1:], strict=True)
    ]


def happened(words: Mapping[str, str]) -> Callable[[Kept], str]:
    """Says what happened: `words` are texts to be translated, by what stands before the colon of `how`."""

    def what(kept: Kept) -> str:
        key, _colon, version = kept.how.partition(":")
        return _(words[key], version=version) if key in words else key

    return what


def below(asked: int | None) -> int:
    """The number of a version that a page of the history begins below, whatever was asked for."""
    return NEWEST if asked is None else min(max(asked, 0), NEWEST)
