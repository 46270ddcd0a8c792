"""The conditions in the builder: opened, grouped, filled in, corrected and kept, with the input that fits each field."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.db import transaction
from emails.models import Template
from records.models import Kind, Location, Profile, Source
from rules.builder import asking
from rules.models import Rule

HTMX = {"HX-Request": "true"}
FIELDS = [
    {"key": "slots", "labels": {"de": "Freie Termine", "en": "Open slots"}, "type": "number"},
    {"key": "express", "labels": {"de": "Express", "en": "Express"}, "type": "yesno"},
]


@pytest.fixture
def filled(letter: Template) -> dict[str, Any]:
    """A form that lacks nothing but its conditions."""
    return {"kind": "order", "trigger": "created", "who-0": "customer", "template-0": str(letter.id), "on": "1"}


@pytest.fixture
def further(house: Any) -> None:
    with transaction():
        Kind.update(fields=FIELDS).where(Kind.key == "order").execute()


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def row(place: str, field: str, operator: str, value: str | list[str] = "") -> dict[str, Any]:
    return {f"field-{place}": field, f"operator-{place}": operator, f"value-{place}": value}


def shown(client: FlaskClient, form: dict[str, Any], **more: Any) -> str:
    """The form as it comes back from a press of a button."""
    answer = client.post("/rules/new", data={**form, **more}, headers=HTMX)
    assert answer.status_code == 200
    return page(answer)


def blanks(html: str) -> list[str]:
    """The places of the conditions that a form shows."""
    return re.findall(r'name="field-([\d-]+)"', html)


def kept(client: FlaskClient, form: dict[str, Any]) -> dict[str, Any]:
    assert client.post("/rules/new", data={**form, "save": "1"}).status_code == 302
    group: dict[str, Any] = Rule.select().order_by(Rule.id.desc()).get().conditions
    return group


def test_conditions_and_groups_are_opened_by_their_buttons(admin: FlaskClient, filled: dict[str, Any]) -> None:
    assert blanks(shown(admin, filled, add="condition")) == ["0"]
    one = {**filled, **row("0", "source", "is", "webshop")}
    assert blanks(shown(admin, one, add="condition")) == ["0", "1"]
    grouped = shown(admin, one, add="group")
    assert blanks(grouped) == ["0", "1-0", "1-1"]
    assert 'name="match-1"' in grouped
    assert '<option value="any" selected>' in grouped.partition('name="match-1"')[2].partition("</select>")[0]
    both = {**one, "match-1": "any", **row("1-0", "paid", "unpaid"), **row("1-1", "total", "more", "50")}
    assert blanks(shown(admin, both, add="condition-1")) == ["0", "1-0", "1-1", "1-2"]


def test_conditions_and_groups_are_closed_by_their_crosses(admin: FlaskClient, filled: dict[str, Any]) -> None:
    form = {
        **filled, **row("0", "source", "is", "webshop"), "match-1": "any", **row("1-0", "paid", "unpaid"),
        **row("1-1", "total", "more", "50"),
    }
    assert blanks(shown(admin, form, drop="condition-0")) == ["0-0", "0-1"]
    assert blanks(shown(admin, form, drop="condition-1")) == ["0"]
    less = shown(admin, form, drop="condition-1-0")
    assert blanks(less) == ["0", "1-0"]
    assert '<option value="total" selected>' in less
    del form["field-1-1"]
    assert blanks(shown(admin, form, drop="condition-1-0")) == ["0"]
    for nonsense in ("condition-", "condition-9", "condition-1-9", "condition-x", "condition-0-0", "condition-1-x"):
        assert blanks(shown(admin, form, drop=nonsense, add="condition-7"))


def test_the_cursor_goes_to_what_was_opened(admin: FlaskClient, filled: dict[str, Any]) -> None:
    form = {**filled, **row("0", "source", "is", "webshop"), "match-1": "any", **row("1-0", "paid", "unpaid")}
    for added, place in {"condition": "2", "group": "2-0", "condition-1": "1-1"}.items():
        focused = re.search(r'<select id="blank-([\w-]+)"[^>]* autofocus', shown(admin, form, add=added))
        assert focused and focused[1] == f"field-{place}"


def test_no_more_than_ten_stand_side_by_side(admin: FlaskClient, filled: dict[str, Any]) -> None:
    form = {**filled}
    for n in range(asking.MOST):
        form |= row(str(n), "source", "is_not", f"laden {n}")
    full = shown(admin, form, add="condition")
    assert len(blanks(full)) == asking.MOST
    assert 'value="condition"' not in full


def test_a_group_is_kept_as_rules_keep_it_and_opens_as_it_was_typed(admin: FlaskClient, filled: dict[str, Any]) -> None:
    group = kept(admin, {
        **filled, "match": "all", **row("0", "source", "is", " Webshop "), "match-1": "any",
        **row("1-0", "total", "at_least", "1.299,5"), **row("1-1", "paid", "unpaid", "ignored"),
    })
    assert group == {"match": "all", "of": [
        {"field": "source", "operator": "is", "value": "Webshop"},
        {"match": "any", "of": [
            {"field": "total", "operator": "at_least", "value": "1299.50 EUR"},
            {"field": "paid", "operator": "unpaid", "value": ""},
        ]},
    ]}
    opened = page(admin.get(f"/rules/{Rule.get().id}"))
    assert blanks(opened) == ["0", "1-0", "1-1"]
    assert 'value="1299,50 €"' in opened
    english = page(admin.get(f"/rules/{Rule.get().id}", headers={"Accept-Language": "en"}))
    assert 'value="1299.50 €"' in english


def test_without_conditions_nothing_is_kept(admin: FlaskClient, filled: dict[str, Any]) -> None:
    assert kept(admin, filled) == {}
    assert kept(admin, {**filled, "match": "any", "match-0": "all"}) == {}
    assert kept(admin, {**filled, "match": "most", **row("0", "paid", "paid")})["match"] == "all"


@pytest.mark.usefixtures("further")
def test_each_field_has_the_input_that_fits_it(
    admin: FlaskClient, filled: dict[str, Any], shop: dict[str, Location]
) -> None:
    with transaction():
        Profile.create(key="invoice", name="Kauf auf Rechnung")
        Source.create(key="laden", shop="woocommerce", title="Laden", secret="x", kind="order", created_at="2026-11-20")
    expected = {
        ("status", "is"): '<select id="blank-value-0"', ("status", "one_of"): 'type="checkbox" name="value-0" value="ready"',
        ("location", "is"): '<option value="potsdam">Werkstatt Potsdam',
        ("location.state", "is"): '<option value="BY">Bayern',
        ("profile", "is"): '<option value="invoice">Kauf auf Rechnung',
        ("contact.language", "is_not"): '<option value="en">',
        ("source", "is"): '<option value="laden">', ("due_at", "before"): 'type="date" name="value-0"',
        ("due_at", "within_next"): 'inputmode="numeric"', ("total", "less"): 'inputmode="decimal"',
        ("fields.slots", "more"): 'inputmode="decimal"', ("contact.name", "contains"): 'type="text" name="value-0"',
    }
    for (field, operator), markup in expected.items():
        assert markup in shown(admin, {**filled, **row("0", field, operator)}), (field, operator)
    without = {"paid": "unpaid", "assignee": "missing", "contact.consent_sms": "yes", "fields.express": "no"}
    for field, operator in without.items():
        assert 'name="value-0"' not in shown(admin, {**filled, **row("0", field, operator)}), field


@pytest.mark.usefixtures("further")
def test_only_comparisons_that_fit_are_offered_and_a_new_field_takes_the_first_of_its_own(
    admin: FlaskClient, filled: dict[str, Any]
) -> None:
    for field, operator, first in (
        ("total", "contains", "is"), ("paid", "is", "paid"), ("due_at", "is", "on"), ("fields.express", "is", "yes"),
        ("assignee", "is", "given"), ("status", "is_not", "is_not"),
    ):
        html = shown(admin, {**filled, **row("0", field, operator, "x")})
        offered = html.partition('name="operator-0"')[2].partition("</select>")[0]
        assert f'<option value="{first}" selected>' in offered, field
        assert ('value="contains"' in offered) is False


WRONG = [
    ("total", "at_least", "viel", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("total", "at_least", "50 XQX", "Die Währung „XQX“ gibt es nicht."),
    ("fields.slots", "less", "fünf", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("due_at", "before", "1.12.2026", "Das ist kein Datum."),
    ("due_at", "ago", "bald", "Hier gehört eine ganze Zahl von 1 bis 3650 hin."),
    ("status", "is", "melted", "Bitte wählen Sie aus der Liste."),
    ("status", "one_of", "ready,melted", "Bitte wählen Sie aus der Liste."),
    ("source", "is", "x" * 201, "Hier sind höchstens 200 Zeichen erlaubt."),
    ("shoe_size", "is", "42", "Diese Bedingung ist hier nicht bekannt."),
]


@pytest.mark.usefixtures("further")
def test_what_was_typed_is_never_lost_and_a_sentence_stands_beside_it(admin: FlaskClient, filled: dict[str, Any]) -> None:
    for field, operator, value, sentence in WRONG:
        for place, outer in (("0", {}), ("0-0", {"match-0": "any"})):
            answer = admin.post("/rules/new", data={**filled, "save": "1", **outer, **row(place, field, operator, value)})
            html = page(answer)
            assert answer.status_code == 422
            assert sentence in html, field
            assert f'id="blank-value-{place}-error"' in html, field
            for part in value.split(","):
                assert f'value="{part}"' in html, (field, value)
    assert Rule.select().count() == 0


def test_a_value_that_does_not_go_with_the_next_field_is_still_there(admin: FlaskClient, filled: dict[str, Any]) -> None:
    for field, operator in (("status", "is"), ("status", "one_of"), ("due_at", "before"), ("total", "less")):
        assert 'value="webshop"' in shown(admin, {**filled, **row("0", field, operator, "webshop")}), (field, operator)
    ticked = shown(admin, {**filled, **row("0", "status", "one_of", ["ready", "done"])})
    assert ticked.count('name="value-0"') == 7
    assert 'value="ready" checked' in ticked and 'value="done" checked' in ticked


def test_ticks_are_kept_as_one_value(admin: FlaskClient, filled: dict[str, Any]) -> None:
    group = kept(admin, {**filled, **row("0", "status", "one_of", ["ready", "done"])})
    assert group["of"] == [{"field": "status", "operator": "one_of", "value": "ready, done"}]


def test_the_side_reads_the_group_as_one_sentence(admin: FlaskClient, filled: dict[str, Any]) -> None:
    form = {
        **filled, **row("0", "source", "is", "webshop"), "match-1": "any", **row("1-0", "total", "at_least", "50"),
        **row("1-1", "paid", "unpaid"),
    }
    html = page(admin.post("/rules/preview", data=form)).replace("\u00a0", " ")
    said = re.sub(r"<[^>]+>", "", html.partition('<p class="sentence">')[2].partition("</p>")[0])
    assert said.endswith(
        "Nur wenn die Quelle „webshop“ ist und (der Betrag mindestens 50 € ist oder die Zahlung noch aussteht)."
    )
    html = page(admin.post("/rules/preview", data={**filled, **row("0", "total", "less", "viel")}))
    assert "der Betrag unter viel liegt" in html


def test_without_script_the_whole_page_comes_back(admin: FlaskClient, filled: dict[str, Any]) -> None:
    html = page(admin.post("/rules/new", data={**filled, **row("0", "source", "is", "webshop"), "add": "group"}))
    assert "<html" in html
    assert blanks(html) == ["0", "1-0", "1-1"]
    assert Rule.select().count() == 0


def test_a_rule_from_before_opens_with_the_names_of_today(admin: FlaskClient, rule: Rule) -> None:
    old = [{"field": "language", "operator": "is", "value": "de"}, {"field": "scheduled", "operator": "given", "value": ""},
           {"field": "total", "operator": "at_least", "value": "99.9"}]
    Rule.update(conditions={"match": "all", "of": old}).execute()
    html = page(admin.get(f"/rules/{rule.id}"))
    for found in ('<option value="contact.language" selected>', '<option value="scheduled_at" selected>', 'value="99,90 €"'):
        assert found in html


def test_conditions_of_strangers_are_escaped(admin: FlaskClient, filled: dict[str, Any]) -> None:
    html = shown(admin, {**filled, **row("0", "source", "is", "<script>alert(1)</script>")})
    html += page(admin.post("/rules/preview", data={**filled, **row("0", "source", "is", "<script>alert(1)</script>")}))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
