"""Whole blocks for a text, put in by one click: each a few lines with placeholders, in the language of the text."""

from collections.abc import Callable
from dataclasses import dataclass

from core import i18n
from core.i18n import N_
from core.i18n import gettext as _
from emails import names


@dataclass(frozen=True)
class Block:
    """What stands on its button, what it is for, and what it puts in."""

    label: str
    about: str
    text: str


Name = Callable[[str], str]  # our key of a placeholder → its name for whoever writes


def _button(name: Name) -> str:
    words = _("See the status")
    return f"[{words}]({{{{ {name('link')} }}}})"


def _items(name: Name) -> str:
    return f"{{{{ {name('record.items')} }}}}"


def _payment(name: Name) -> str:
    return f"{{{{ {name('payment.qr')} }}}}"


def _appointment(name: Name) -> str:
    at, place = name("record.scheduled_at"), name("location.name")
    return f"{{% if {at} %}}\n**{{{{ {at} }}}}**{{% if {place} %}}, {{{{ {place} }}}}{{% endif %}}\n{{% endif %}}"


def _contact(name: Name) -> str:
    keys = ("company.name", "company.street", "company.city", "company.phone", "company.email")
    return "\n".join(f"{{{{ {name(key)} }}}}" for key in keys)


def _condition(name: Name) -> str:
    key, words = name("record.open"), _("Still open")
    return f"{{% if {key} %}}\n{words}: {{{{ {key} }}}}\n{{% endif %}}"


BLOCKS = (
    (N_("Button"), N_("leads to the status page"), _button),
    (N_("Items"), N_("a table of the items with their total; without items there is none"), _items),
    (N_("Payment"), N_("bank details with a code for banking apps; once it is paid there are none"), _payment),
    (N_("Appointment"), N_("day, time and place, where there is an appointment"), _appointment),
    (N_("Contact"), N_("address, phone and e‑mail of the company"), _contact),
    (N_("Condition"), N_("a text that stands there only while there is something to pay"), _condition),
)


def of(language: str) -> list[Block]:
    """The blocks for a text in that language; placeholders are named as whoever reads now reads them."""
    keys = i18n.current()

    def name(key: str) -> str:
        with i18n.speaking(keys):
            return names.shown(key)

    found = []
    for label, about, text in BLOCKS:
        with i18n.speaking(language):
            written = text(name)
        found.append(Block(_(label), _(about), written))
    return found
