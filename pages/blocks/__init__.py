"""The parts a page is made of.

Another one is a small class here, its template in `templates/pages/blocks/`, and a line in BLOCKS.
"""

from markupsafe import Markup

from core.i18n import gettext as _
from pages import paper
from pages.blocks.contract import AREAS, Block
from pages.blocks.course import Course
from pages.blocks.dates import Appointment
from pages.blocks.delivery import Parcel
from pages.blocks.items import Items
from pages.blocks.money import Payment
from pages.blocks.status import Answer, Next
from pages.blocks.whereabouts import Place
from pages.snapshot import Snapshot

BLOCKS: dict[str, Block] = {
    "answer": Answer(),
    "next": Next(),
    "appointment": Appointment(),
    "parcel": Parcel(),
    "course": Course(),
    "items": Items(),
    "payment": Payment(),
    "place": Place(),
}


def areas(snapshot: Snapshot) -> dict[str, list[Markup]]:
    """The blocks that have something to tell, printed, by area, in the order of BLOCKS."""
    found: dict[str, list[Markup]] = {area: [] for area in AREAS}
    for block in BLOCKS.values():
        told = block.tell(snapshot)
        if told:
            found[block.area].append(paper.render(block.template, label=_(block.label), **told))
    return found
