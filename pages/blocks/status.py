"""The status in words, and what is to be done about it."""

from core import i18n
from core.i18n import N_
from pages import words
from pages.blocks.contract import Block, Told
from pages.snapshot import Snapshot

SIGNS = {"good": "check", "wait": "clock", "stop": "cross"}


class Answer(Block):
    """The status in words, as of when, and how far along that is."""

    key, label, area = "answer", N_("Status"), "top"

    def tell(self, snapshot: Snapshot) -> Told:
        status, at = snapshot.status, snapshot.as_of
        word = i18n.pick(status["labels"])
        return {
            "word": word,
            "sentence": i18n.pick(status.get("sentence") or {}) or word,
            "tone": status["tone"],
            "sign": SIGNS.get(status["tone"], "dot"),
            "as_of": f"{words.day(at)}, {words.clock(at)}",
            "strip": [step.place for step in snapshot.steps] if len(snapshot.steps) > 1 and not snapshot.stopped else [],
        }


class Next(Block):
    """What to do now, where the status says so."""

    key, label, area = "next", N_("Your next step"), "now"

    def tell(self, snapshot: Snapshot) -> Told | None:
        sentence = i18n.pick(snapshot.status.get("next") or {})
        return {"sentence": sentence} if sentence else None
