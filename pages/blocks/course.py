"""The way the record has come and the way ahead of it."""

from collections.abc import Sequence

from core.i18n import N_
from core.i18n import gettext as _
from pages import words
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot, Step

NEWEST = 3  # steps done and at hand that are shown at once; those before them are a press away


class Course(Block):
    """The steps done, the one it is at, and those ahead."""

    key, label, area = "course", N_("Progress"), "main"

    def tell(self, snapshot: Snapshot) -> Told | None:
        if len(snapshot.steps) == 1:
            return None
        hidden = self._older(snapshot.steps)
        steps = [(step.label, step.place, self._when(step, snapshot)) for step in snapshot.steps]
        return {"older": steps[:hidden], "steps": steps[hidden:], "tone": snapshot.status["tone"]}

    def _older(self, steps: Sequence[Step]) -> int:
        """How many steps are put away; a single one would save nothing."""
        older = sum(step.place != "ahead" for step in steps) - NEWEST
        return older if older > 1 else 0

    def _when(self, step: Step, snapshot: Snapshot) -> str:
        if step.at is None:
            return ""
        day = words.near_day(step.at, snapshot.as_of)
        return _("since %(day)s", day=day) if step.place == "here" and not snapshot.status.get("closed") else day
