"""Whether a company's colour can be read and seen, and the nearest one that can."""

from dataclasses import dataclass
from decimal import Decimal

from core.colour import AA, SEEN, contrast, is_colour
from core.i18n import gettext as _
from core.i18n import number
from pages import colour as pages_colour

HOUSE = pages_colour.HOUSE
WHITE, PAPER, NIGHT = "#ffffff", pages_colour.LIGHT["paper"], pages_colour.DARK["paper"]


@dataclass(frozen=True)
class Verdict:
    """A sentence with its tone; `better` is a colour to take instead, empty where this one is good."""

    sentence: str
    tone: str
    better: str = ""


def fault(colour: str) -> str:
    """Why a colour cannot be kept; empty when it can."""
    if not is_colour(colour):
        return _("Please write the colour as # and six digits, such as #1c5a44.")
    if contrast(colour, WHITE) < SEEN:
        return _("This colour cannot be seen on white. Please choose a stronger one.")
    return ""


def verdict(colour: str) -> Verdict:
    """How that colour does as text on white; on dark screens a lighter tone of it always stands in."""
    if not is_colour(colour):
        return Verdict(fault(colour), "stop")
    found = contrast(colour, WHITE)
    if min(found, contrast(colour, PAPER)) >= AA:
        return Verdict(_("Easy to read on white: contrast %(n)s to 1.", n=_tenths(found)), "good")
    better = pages_colour.legible(colour, [WHITE, PAPER], AA)
    given = {"n": _tenths(found), "least": _tenths(AA)}
    sentence = _("Hard to read on white: contrast %(n)s to 1, it takes %(least)s. Text uses a near tone instead.", **given)
    return Verdict(sentence, "wait", better)


def _tenths(contrast: float) -> str:
    return number(Decimal(int(contrast * 10)) / 10)
