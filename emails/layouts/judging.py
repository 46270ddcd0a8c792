"""Has a layout compiled in a process of its own, and says in words what is wrong with it."""

import json
import subprocess
import sys
from difflib import get_close_matches
from functools import lru_cache

from core.i18n import HOUSE, N_
from core.i18n import gettext as _
from emails import check
from emails.grammar import Wrong
from emails.layouts import shape
from emails.layouts.frame import PLACES, Frame

PATIENCE = 5.0  # seconds
SENTENCES = {
    "large": N_("A layout may have at most 64 KB."),
    "deep": N_("Too many parts stand inside one another."),
    "many": N_("This layout has too many parts."),
    "tag": N_("“%(word)s” cannot be used here."),
    "include": N_("Nothing can be taken in from other files: “%(word)s”."),
    "attribute": N_("“%(word)s” cannot be used: pictures, fonts and programs are never loaded from elsewhere."),
    "address": N_("A link begins with https://, mailto: or tel:, unlike “%(word)s”."),
    "style": N_("“%(word)s” cannot be used in a style: nothing is loaded from elsewhere."),
    "closing": N_("“%(word)s” closes something that is not open here."),
    "open": N_("“%(word)s” is not closed."),
    "declaration": N_("Declarations such as <!DOCTYPE> and <?xml?> cannot be used."),
    "comment": N_("Comments cannot contain brackets or places."),
    "place": N_("There is no place “%(word)s”."),
    "braces": N_("Only the places of the list can stand in double braces: “%(word)s”."),
    "misplaced": N_("“%(word)s” cannot stand here; the list says where it belongs."),
    "twice": N_("“%(word)s” stands there twice."),
    "missing": N_("“%(word)s” is missing."),
    "mjml": N_("MJML cannot read this: %(word)s."),
    "unsafe": N_("What MJML makes of this would load or run something: “%(word)s”."),
    "crash": N_("MJML gave up on this layout: it is too involved."),
    "slow": N_("This layout takes too long to compile."),
}


def judged(source: str) -> Frame:
    """The frame of a layout; raises Wrong."""
    large = len(source.encode()) > shape.LARGEST
    said = json.loads(_no("large") if large else _pressed(source))
    if "frame" in said:
        return Frame(**{name: tuple(pieces) for name, pieces in said["frame"].items()})
    known = SENTENCES[said["fault"]]
    sentence = _(known, word=said["word"])
    if said["fault"] == "place" and (near := get_close_matches(said["word"], PLACES, 1, 0.5)):
        sentence += " " + _("Did you mean “%(key)s”?", key=near[0])
    raise Wrong(sentence, said["line"], said["column"])


def fault(source: str) -> str:
    """What is wrong with a layout, with its line; empty when nothing is."""
    try:
        judged(source)
    except Wrong as wrong:
        return check.placed(wrong, "body")
    return ""


@lru_cache(16)
def _pressed(source: str) -> str:
    """What the press said of a layout; it knows nothing of our environment."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "emails.layouts.press"], input=source.encode(), capture_output=True, timeout=PATIENCE,
            cwd=HOUSE, env={}, check=False,
        )
    except subprocess.TimeoutExpired:
        return _no("slow")
    if done.returncode or not done.stdout:
        return _no("crash")
    return done.stdout.decode()


def _no(fault: str) -> str:
    return json.dumps({"fault": fault, "word": "", "line": None, "column": None})
