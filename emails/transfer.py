"""A bank transfer: its parts as placeholders, and its lines as the HTML and the text of a mail both show them."""

from collections.abc import Callable

from accounts import bank
from core.i18n import N_
from core.i18n import gettext as _
from emails.scene import Scene
from pages import payment

LINES = (
    (N_("Payee"), "company.account_holder"),
    (N_("IBAN"), "company.iban"),
    (N_("BIC"), "company.bic"),
    (N_("Amount"), "record.open"),
    (N_("Payment reference"), "payment.reference"),
    (N_("To be paid until"), "payment.due"),
)


def lines(form: str) -> str:
    """Liquid for each line that has something to say; `form` has the places {label} and {value}."""
    return "".join(
        f"{{% if {key} %}}{form.format(label=_(label), value=f'{{{{ {key} }}}}')}{{% endif %}}" for label, key in LINES
    )


def holder(scene: Scene) -> str | None:
    return _account(scene, lambda own: own.holder)


def iban(scene: Scene) -> str | None:
    """In groups of four."""
    return _account(scene, lambda own: own.grouped)


def bic(scene: Scene) -> str | None:
    return _account(scene, lambda own: own.bic)


def reference(scene: Scene) -> str | None:
    return _account(scene, lambda own: payment.reference(scene.record, own))


def code(scene: Scene) -> payment.Payment | None:
    """The picture for banking apps; None where no euros are open."""
    return payment.of(scene.record, bank.of(scene.company))


def _account(scene: Scene, part: Callable[[bank.Bank], str]) -> str | None:
    own = bank.of(scene.company)
    return part(own) or None if own else None
