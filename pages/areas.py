"""The blocks of a page as its settings arrange them, each printed."""

from markupsafe import Markup

from core.i18n import gettext as _
from pages import paper
from pages.settings.sheet import Sheet
from pages.snapshot import Snapshot


def printed(snapshot: Snapshot, sheet: Sheet) -> dict[str, list[Markup]]:
    """Those that have something to tell, by area."""
    found: dict[str, list[Markup]] = {}
    for area, blocks in sheet.arranged.items():
        told = ((block, block.tell(snapshot)) for block in blocks)
        found[area] = [paper.render(block.template, label=_(block.label), **said) for block, said in told if said]
    return found
