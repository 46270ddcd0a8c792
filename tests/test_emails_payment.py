"""F5: how an open amount is paid, as mails and pages say it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from core import settings
from emails import compose
from emails.models import Template
from records.models import Record
from records.people import person

ACCOUNT = {
    "account_holder": "Radhaus Lindner GmbH", "iban": "DE89370400440532013000", "bic": "COBADEFFXXX",
    "payment_reference": "Auftrag {{ record.number }}",
}
OPEN = {"status": "ready", "total": Decimal("129.90"), "due_at": datetime(2026, 12, 3, 11, tzinfo=UTC)}


@pytest.fixture
def account(shop: Any) -> None:
    settings.put("company", {**settings.get("company"), **ACCOUNT})


@pytest.fixture
def written(make_record: Callable[..., Record], ada: dict[str, Any]) -> Callable[..., compose.Composed]:
    """The mail of a text about record 1047, which has an open amount unless it is told otherwise."""

    def write(body: str, language: str = "de", **state: Any) -> compose.Composed:
        record = make_record("1047", **{**OPEN, "contact": ada | {"language": language}, **state})
        template = Template(id=1, name="x", texts={language: {"subject": "s", "body": body}})
        return compose.compose(template, record, person(record, "customer"), None)

    return write


@pytest.mark.usefixtures("account")
def test_f5_amount_due_date_and_bank_details_are_placeholders(written: Callable[..., compose.Composed]) -> None:
    names = ("record.open", "payment.due", "company.account_holder", "company.iban", "company.bic", "payment.reference")
    said = written("\n".join(f"{{{{ {name} }}}}" for name in names)).text.replace("\u00a0", " ").splitlines()
    assert said == [
        "129,90 €", "3. Dezember 2026", "Radhaus Lindner GmbH", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX", "Auftrag 1047"
    ]


@pytest.mark.usefixtures("shop")
def test_without_an_account_nothing_is_said_of_it(written: Callable[..., compose.Composed]) -> None:
    assert written("x{{ company.iban }}{{ company.bic }}{{ company.account_holder }}{{ payment.reference }}x").text == "xx\n"


@pytest.mark.usefixtures("account")
def test_a_reference_is_one_line_whatever_a_field_holds(written: Callable[..., compose.Composed]) -> None:
    pattern = "{{ record.kind }} {{record.fields.bill}}, bitte"
    settings.put("company", {**settings.get("company"), "payment_reference": pattern})
    mail = written("{{ payment.reference }}", fields={"bill": "RE\n47 <b>\u202e"})
    assert mail.text == "Auftrag RE 47 <b>, bitte\n" and "<b>" not in mail.html
