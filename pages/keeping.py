"""How long status pages stay on disk: what a newer one has replaced, and those of records that have ended."""

from dataclasses import asdict, dataclass

from core import journal, settings
from core.db import transaction

NAME = "pages_kept"
LEAST, MOST = 1, 3650  # days; a page may still be on its way to somebody when a newer one replaces it


@dataclass(frozen=True)
class Keeping:
    """Days for which a page stays: `older` after a newer one replaced it, `closed` after its record ended, 0 for good."""

    older: int = 90
    closed: int = 365


def current() -> Keeping:
    """What holds now."""
    return Keeping(**settings.get(NAME))


def choose(chosen: Keeping, actor: str) -> None:
    """From the next night on, pages stay for so long."""
    with transaction():
        settings.put(NAME, asdict(chosen))
        journal.record("page.keeping_changed", None, actor, **asdict(chosen))
