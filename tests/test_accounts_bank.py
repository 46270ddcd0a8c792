"""F5: the company's bank account, which reminders and pages name."""

import pytest
from flask.testing import FlaskClient

from accounts import bank
from core import settings
from tests.test_accounts_company import TYPED

ACCOUNT = {
    "account_holder": "Radhaus Lindner GmbH", "iban": "de89 3704 0044 0532 0130 00", "bic": "cobadeff",
    "payment_reference": "Auftrag {{ record.number }}",
}


def test_f5_an_account_is_kept_and_shown_in_groups_of_four(admin: FlaskClient) -> None:
    assert admin.post("/company", data={**TYPED, **ACCOUNT}).status_code == 302
    assert bank.of(settings.get("company")) == bank.Bank(
        "Radhaus Lindner GmbH", "DE89370400440532013000", "COBADEFF", "Auftrag {{ record.number }}"
    )
    page = admin.get("/company").text
    assert 'value="DE89 3704 0044 0532 0130 00"' in page and 'value="Auftrag {{ record.number }}"' in page


def test_there_is_no_account_until_somebody_types_one(admin: FlaskClient) -> None:
    assert 'value="{{ record.number }}"' in admin.get("/company").text
    admin.post("/company", data=TYPED)
    assert bank.of(settings.get("company")) is None


@pytest.mark.parametrize(
    ("name", "value", "at"),
    [
        ("iban", "DE89 3704 0044 0532 0130 01", "iban"),
        ("iban", "DE8937040044053201300", "iban"),
        ("iban", "XX89370400440532013000", "iban"),
        ("iban", "<b>", "iban"),
        ("bic", "COBADE", "bic"),
        ("bic", "C0BADEFF", "bic"),
        ("account_holder", "", "account_holder"),
        ("account_holder", "x" * 71, "account_holder"),
        ("payment_reference", "{{ customer.email }}", "payment_reference"),
        ("payment_reference", "{% if record %}", "payment_reference"),
        ("payment_reference", "{{ record.number", "payment_reference"),
        ("iban", "CH93 0076 2011 6238 5295 7", ""),
    ],
)
def test_what_no_bank_would_take_is_refused_at_its_field(admin: FlaskClient, name: str, value: str, at: str) -> None:
    answer = admin.post("/company", data={**TYPED, **ACCOUNT, name: value})
    assert answer.status_code == (422 if at else 302)
    if at:
        assert f'id="field-{at}-error"' in answer.text and "iban" not in settings.get("company")


def test_an_account_outside_the_european_economic_area_needs_its_bic(admin: FlaskClient) -> None:
    swiss = {**TYPED, **ACCOUNT, "iban": "CH93 0076 2011 6238 5295 7", "bic": ""}
    answer = admin.post("/company", data=swiss)
    assert answer.status_code == 422 and 'id="field-bic-error"' in answer.text
