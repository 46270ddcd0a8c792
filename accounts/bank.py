"""The company's bank account: checked as it is typed, and as bills, mails and pages name it."""

import re
from dataclasses import dataclass
from typing import Any

from stdnum import bic, iban

from accounts.form import Form
from core.i18n import gettext as _

REFERENCE = "{{ record.number }}"
PLACE = re.compile(r"\{\{\s*record\.(number|kind|fields\.\w+)\s*\}\}")  # what a reference may take from the record
LONGEST_HOLDER = 70  # characters, as EPC069-12 has it
WITHOUT_BIC = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())


@dataclass(frozen=True)
class Bank:
    """`iban` without spaces; `bic` may be empty; `reference` is a pattern with places such as {{ record.number }}."""

    holder: str
    iban: str
    bic: str
    reference: str

    @property
    def grouped(self) -> str:
        """The IBAN in groups of four."""
        return iban.format(self.iban)


def of(company: dict[str, Any]) -> Bank | None:
    """The account in the company's settings; None when there is none."""
    if not company.get("iban"):
        return None
    holder = company.get("account_holder") or company.get("name") or ""
    return Bank(holder, company["iban"], company.get("bic") or "", company.get("payment_reference") or REFERENCE)


def read(form: Form) -> dict[str, str]:
    """The account as it was typed, as far as it is right; all of it may be left out."""
    number, code = _iban(form), _bic(form)
    if number and not code and number[:2] not in WITHOUT_BIC:
        form.refuse("bic", _("Accounts in this country need the BIC, too."))
    holder = form.line("account_holder", LONGEST_HOLDER, needed=bool(number))
    return {"account_holder": holder, "iban": number, "bic": code, "payment_reference": _reference(form)}


def typed(company: dict[str, Any]) -> dict[str, str]:
    """What the form shows of what is stored."""
    reference = company.get("payment_reference") or REFERENCE
    return {"iban": iban.format(company.get("iban") or ""), "payment_reference": reference}


def _iban(form: Form) -> str:
    text = form.line("iban", 60, needed=False)
    if not text or "iban" in form.errors:
        return text
    if not iban.is_valid(text):
        return form.refuse("iban", _("This IBAN is not right. Please compare it with your bank’s, figure by figure."))
    return str(iban.compact(text))


def _bic(form: Form) -> str:
    text = form.line("bic", 20, needed=False)
    if not text or "bic" in form.errors:
        return text
    if not bic.is_valid(text):
        return form.refuse("bic", _("This is not a BIC: it has 8 or 11 letters and figures, such as COBADEFFXXX."))
    return str(bic.compact(text))


def _reference(form: Form) -> str:
    text = form.line("payment_reference", 100, needed=False) or REFERENCE
    if "{" in (rest := PLACE.sub("", text)) or "}" in rest:
        named = "{{ record.number }}, {{ record.kind }}, {{ record.fields.… }}"
        return form.refuse("payment_reference", _("There can only stand: %(places)s.", places=named))
    return text
