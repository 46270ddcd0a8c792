"""The way the record has come and the way ahead of it."""

from typing import Any

from core.i18n import N_
from core.i18n import gettext as _
from pages import words
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot


class Course(Block):
    """The steps done, the one it is at, and those ahead."""

    key, label, area = "course", N_("Course"), "main"

    def tell(self, snapshot: Snapshot) -> Told | None:
        if len(snapshot.steps) == 1:
            return None
        steps = [(step.label, step.place, self._when(step, snapshot)) for step in snapshot.steps]
        return {"steps": steps, "tone": snapshot.status["tone"]}

    def _when(self, step: Any, snapshot: Snapshot) -> str:
        if step.at is None:
            return ""
        day = words.near_day(step.at, snapshot.as_of)
        return _("since %(day)s", day=day) if step.place == "here" and not snapshot.status.get("closed") else day
