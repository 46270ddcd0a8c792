"""The status in words, and what is to be done about it."""

from core import i18n
from core.i18n import N_
from pages import actions, words
from pages.blocks.contract import Block, Told
from pages.replies.offered import offer
from pages.snapshot import Snapshot

SIGNS = {"good": "check", "wait": "clock", "stop": "cross"}


class Answer(Block):
    """The status in words, as of when, and how far along that is."""

    key, label, area, fixed = "answer", N_("Status"), "top", True

    def tell(self, snapshot: Snapshot) -> Told:
        status, at = snapshot.status, snapshot.as_of
        word = i18n.pick(status["labels"])
        return {
            "word": word,
            "sentence": snapshot.headline or i18n.pick(status.get("sentence") or {}) or word,
            "tone": status["tone"],
            "sign": SIGNS.get(status["tone"], "dot"),
            "as_of": f"{words.day(at)}, {words.clock(at)}",
            "strip": [step.place for step in snapshot.steps] if len(snapshot.steps) > 1 and not snapshot.stopped else [],
        }


class Text(Block):
    """What the settings say in words of an admin's own."""

    key, label, area = "text", N_("Text of your own"), "top"

    def tell(self, snapshot: Snapshot) -> Told | None:
        return {"text": snapshot.text} if snapshot.text else None


class Next(Block):
    """What to do now, as the settings say or else the status; and what can be answered right there."""

    key, label, area = "next", N_("Your next step"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        sentence = actions.sentence(snapshot)
        return {"sentence": sentence} | offer(snapshot, actions.SUBJECTS.get(snapshot.action, "")) if sentence else None
