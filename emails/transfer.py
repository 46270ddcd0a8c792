"""The lines of a bank transfer, as the HTML and the text of a mail both show them."""

from core.i18n import N_
from core.i18n import gettext as _

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
