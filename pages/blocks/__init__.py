"""The parts a page is made of.

Another one is a small class here, its template in `templates/pages/blocks/`, and a line in BLOCKS.
"""

from pages.blocks.change import Change
from pages.blocks.contract import Block
from pages.blocks.course import Course
from pages.blocks.dates import Appointment, Expected
from pages.blocks.delivery import Parcel
from pages.blocks.enclosed import Documents
from pages.blocks.facts import Facts
from pages.blocks.items import Items
from pages.blocks.money import Payment
from pages.blocks.note import Note
from pages.blocks.status import Answer, Next, Text
from pages.blocks.whereabouts import Place

BLOCKS: dict[str, Block] = {
    "answer": Answer(),
    "text": Text(),
    "note": Note(),
    "next": Next(),
    "appointment": Appointment(),
    "expected": Expected(),
    "parcel": Parcel(),
    "course": Course(),
    "facts": Facts(),
    "items": Items(),
    "documents": Documents(),
    "payment": Payment(),
    "change": Change(),
    "place": Place(),
}
