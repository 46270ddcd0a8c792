"""The builder: a rule as a sentence with blanks, and beside it what will happen."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock
from core.db import transaction
from core.journal import Entry
from emails.models import Template
from records.models import Kind, Location
from rules.models import Rule

Make = Callable[..., Any]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def filled(letter: Template) -> dict[str, Any]:
    """A form as a person has filled it in."""
    return {
        "save": "1", "kind": "order", "trigger": "status_changed_to", "statuses": ["ready"], "who-0": "customer",
        "template-0": str(letter.id), "name": "", "on": "1",
    }


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_the_builder_saves_a_rule(admin: FlaskClient, filled: dict[str, Any], letter: Template) -> None:
    before = clock.now()
    assert admin.post("/rules/new", data=filled).location == "/rules?kind=order"
    rule = Rule.get()
    assert (rule.name, rule.trigger, rule.on) == ("Auftrag: Abholbereit", "status_changed_to", True)
    assert rule.options == {"statuses": ["ready"], "also_created": False}
    assert rule.recipients == [{"who": "customer", "address": "", "template": letter.id}]
    assert rule.since >= before
    assert Entry.get(Entry.what == "rule.changed").data == {"rule": rule.id, "how": "created"}


def test_the_builder_saves_every_clause(
    admin: FlaskClient, filled: dict[str, Any], shop: dict[str, Location], letter: Template
) -> None:
    admin.post("/rules/new", data={
        **filled, "name": "Express", "also_created": "1", "delay": "2", "unit": "hours",
        "place": ["", str(shop["potsdam"].id)],
        "field-0": "source", "operator-0": "is", "value-0": "webshop", "field-1": "paid", "operator-1": "unpaid",
        "who-1": "address", "address-1": " Tresen@Example.org ", "template-1": str(letter.id),
    })
    rule = Rule.get()
    assert (rule.name, rule.delay, rule.locations) == ("Express", 120, [shop["potsdam"].id])
    assert rule.options["also_created"] is True
    assert [condition["field"] for condition in rule.conditions["of"]] == ["source", "paid"]
    assert rule.recipients[1] == {"who": "address", "address": "Tresen@example.org", "template": letter.id}
    shown = page(admin.get(f"/rules/{rule.id}"))
    for value in ('value="2"', 'value="webshop"', 'value="Tresen@example.org"', "Werkstatt Potsdam", 'value="Express"'):
        assert value in shown


def test_a_template_can_be_written_without_leaving_the_rule(admin: FlaskClient, filled: dict[str, Any]) -> None:
    text = {"subject-0": "Fertig: {{ record.number }}", "body-0": "{{ greeting }}\n\n[Ansehen]({{ link }})"}
    admin.post("/rules/new", data={**filled, "template-0": "new", **text})
    [template] = Template.select().where(Template.name == "Auftrag: Abholbereit")
    assert template.texts == {"de": {"subject": text["subject-0"], "body": text["body-0"]}}
    assert Rule.get().recipients[0]["template"] == template.id


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"trigger": "moon_is_full"}, "Bitte wählen Sie, womit die Regel beginnt."),
    ({"statuses": []}, "Kreuzen Sie mindestens einen Status an."),
    ({"statuses": ["melted"]}, "Kreuzen Sie mindestens einen Status an."),
    ({"delay": "", "unit": "hours"}, "Hier gehört eine ganze Zahl ab 1 hin."),
    ({"delay": "0", "unit": "hours"}, "Hier gehört eine ganze Zahl ab 1 hin."),
    ({"delay": "-3", "unit": "hours"}, "Hier gehört eine ganze Zahl ab 1 hin."),
    ({"delay": "1.5", "unit": "hours"}, "Hier gehört eine ganze Zahl ab 1 hin."),
    ({"delay": "²", "unit": "hours"}, "Hier gehört eine ganze Zahl ab 1 hin."),
    ({"delay": "9" * 40, "unit": "days"}, "Hier gehört eine ganze Zahl ab 1 hin."),
    ({"delay": "366", "unit": "days"}, "Höchstens 365 Tage sind möglich."),
    ({"delay": "3", "unit": "moons"}, "Bitte wählen Sie Minuten, Stunden oder Tage."),
    ({"field-0": "source", "operator-0": "is", "value-0": ""}, "Ein Wert fehlt."),
    ({"field-0": "total", "operator-0": "at_least", "value-0": "abc"}, "eine Zahl wie 129,90"),
    ({"field-0": "total", "operator-0": "contains", "value-0": "1"}, "passen nicht zusammen"),
    ({"field-0": "shoe_size", "operator-0": "is", "value-0": "1"}, "hier nicht bekannt"),
    ({"field-0": "fields.shoe_size", "operator-0": "is", "value-0": "1"}, "hier nicht bekannt"),
    ({"field-0": "source", "operator-0": "moon", "value-0": "1"}, "hier nicht bekannt"),
    ({"field-0": "source", "operator-0": "is", "value-0": "x\x00y"}, "Steuerzeichen"),
    ({"place": [""]}, "Kreuzen Sie mindestens einen Standort an"),
    ({"place": ["", "77"]}, "Diesen Standort gibt es nicht."),
    ({"who-0": "everybody"}, "Bitte wählen Sie, wer davon erfährt."),
    ({"who-0": "address", "address-0": ""}, "Die E‑Mail-Adresse fehlt."),
    ({"who-0": "address", "address-0": "a@example.org, b@example.org"}, "enau eine E‑Mail-Adresse"),
    ({"who-0": "address", "address-0": "nobody"}, "keine E‑Mail-Adresse"),
    ({"who-1": "customer", "template-1": "1"}, "Dieser Empfänger ist oben schon genannt."),
    ({"template-0": ""}, "Bitte wählen Sie eine Vorlage."),
    ({"template-0": "999"}, "Bitte wählen Sie eine Vorlage."),
    ({"template-0": "new", "subject-0": "", "body-0": ""}, "Der Betreff fehlt."),
    ({"template-0": "new", "subject-0": "x", "body-0": ""}, "Der Text fehlt."),
    ({"template-0": "new", "subject-0": "a\x07b", "body-0": "x"}, "Steuerzeichen"),
    ({"template-0": "new", "subject-0": "{{ moon }}", "body-0": "x"}, "Den Platzhalter „moon“ gibt es nicht"),
    ({"template-0": "new", "subject-0": "x", "body-0": "\n\n{{ moon }}"}, "Den Platzhalter „moon“ gibt es nicht"),
    ({"template-0": "new", "subject-0": "x", "body-0": "y" * 70_000}, "zu lang"),
    ({"name": "x" * 121}, "höchstens 120"),
    ({"name": "a\x07b"}, "Steuerzeichen"),
]


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    admin: FlaskClient, filled: dict[str, Any], shop: dict[str, Location]
) -> None:
    for wrong, sentence in WRONG:
        answer = admin.post("/rules/new", data={**filled, "name": "Mein Name", **wrong})
        assert answer.status_code == 422, wrong
        assert sentence in page(answer), wrong
        assert 'class="error"' in page(answer), wrong
    assert Rule.select().count() == 0
    assert Template.select().where(Template.name == "Mein Name").count() == 0


def test_everything_typed_is_kept_beside_the_sentence(admin: FlaskClient, filled: dict[str, Any]) -> None:
    shown = page(admin.post("/rules/new", data={
        **filled, "name": "Mein Name", "delay": "viele", "unit": "days",
        "field-0": "source", "operator-0": "is", "value-0": "Laden",
        "template-0": "new", "subject-0": "Mein Betreff", "body-0": "",
    }))
    for typed in ('value="Mein Name"', 'value="viele"', 'value="Laden"', 'value="Mein Betreff"'):
        assert typed in shown


def test_an_unknown_kind_does_not_exist(admin: FlaskClient, filled: dict[str, Any]) -> None:
    assert admin.get("/rules/new?kind=moon").status_code == 404
    assert admin.post("/rules/new", data={**filled, "kind": "moon"}).status_code == 404
    assert admin.get("/rules/999").status_code == 404


def test_a_form_without_anybody_to_write_to_is_refused(admin: FlaskClient) -> None:
    answer = admin.post("/rules/new", data={"save": "1", "kind": "order", "trigger": "created"})
    assert answer.status_code == 422
    assert "Bitte wählen Sie, wer davon erfährt." in page(answer)


def test_without_script_a_button_shows_what_fits_and_saves_nothing(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    shown = page(admin.post("/rules/new", data={**filled, "trigger": "status_changed_to"}))
    assert "<html" in shown
    assert 'name="statuses" value="ready" checked' in shown
    assert Rule.select().count() == 0


@pytest.mark.parametrize(("button", "appears"), [
    ({"add": "delay"}, 'name="delay"'),
    ({"add": "condition"}, 'name="field-0"'),
    ({"add": "places"}, 'name="place"'),
    ({"add": "recipient"}, 'name="who-1"'),
])
def test_a_clause_is_opened_by_its_button_and_closed_by_its_cross(
    admin: FlaskClient, filled: dict[str, Any], shop: dict[str, Location], button: dict[str, str], appears: str
) -> None:
    del filled["save"]
    answer = admin.post("/rules/new", data={**filled, **button}, headers=HTMX)
    assert appears in page(answer)
    assert answer.headers["HX-Trigger-After-Settle"] == "reshaped"
    closing = {"delay": "delay", "condition": "condition-0", "places": "places", "recipient": "recipient-1"}[button["add"]]
    opened = {"delay": "5", "field-0": "source", "operator-0": "is", "place": "1", "who-1": "manager", "template-1": ""}
    assert appears not in page(admin.post("/rules/new", data={**filled, **opened, "drop": closing}, headers=HTMX))


def test_a_comparison_that_does_not_go_with_the_new_field_is_replaced(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    asked = {"field-0": "total", "operator-0": "contains", "value-0": ""}
    shown = page(admin.post("/rules/new", data={**filled, **asked}, headers=HTMX))
    assert '<option value="is" selected>' in shown


def test_a_new_template_begins_with_a_text_that_works(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    shown = page(admin.post("/rules/new", data={**filled, "template-0": "new"}, headers=HTMX))
    assert "[Status ansehen]({{ link }})" in shown


def test_beside_the_form_stands_the_sentence_and_the_mail_of_a_real_record(
    admin: FlaskClient, filled: dict[str, Any], letter: Template, make_record: Make
) -> None:
    record = make_record("1001")
    shown = page(admin.post("/rules/preview", data={**filled, "delay": "3", "unit": "hours"}))
    assert "nach <b>3\u00a0Stunden</b>" in shown
    assert "ada@example.org" in shown
    assert "Auftrag 1001: Abholbereit" in shown
    mail = admin.get(f"/rules/mail?record={record.id}&who=customer&template={letter.id}&status=ready")
    assert "Guten Tag Ada Lovelace," in page(mail)
    assert "sandbox" in mail.headers["Content-Security-Policy"]
    assert "script" not in mail.headers["Content-Security-Policy"]


def test_the_mail_being_written_is_shown_too(admin: FlaskClient, filled: dict[str, Any], make_record: Make) -> None:
    make_record("1001")
    text = {"template-0": "new", "subject-0": "Neu: {{ record.number }}", "body-0": "Hallo"}
    assert "Neu: 1001" in page(admin.post("/rules/preview", data={**filled, **text}))
    broken = page(admin.post("/rules/preview", data={**filled, **text, "body-0": "{{ moon }}"}))
    assert "Den Platzhalter „moon“ gibt es nicht" in broken


def test_before_the_first_record_the_preview_is_made_up(admin: FlaskClient, filled: dict[str, Any]) -> None:
    shown = page(admin.post("/rules/preview", data=filled))
    assert "Ein erfundener Vorgang" in shown
    assert "Abholbereit</b></dd>" in shown


def test_the_preview_says_what_is_missing(admin: FlaskClient, filled: dict[str, Any], make_record: Make) -> None:
    assert "Wählen Sie eine Vorlage" in page(admin.post("/rules/preview", data={**filled, "template-0": ""}))
    make_record("1001", contact={"name": "Ben", "email": "ben@example.org"})
    assert "hat E‑Mails nicht zugestimmt" in page(admin.post("/rules/preview", data=filled))
    assert "niemand in dieser Rolle" in page(admin.post("/rules/preview", data={**filled, "who-0": "assignee"}))
    assert admin.get("/rules/mail?record=999&who=customer&template=1").status_code == 404
    assert admin.get("/rules/mail?record=x&who=&template=y").status_code == 404


def test_changing_only_words_does_not_forget_what_just_happened(
    admin: FlaskClient, filled: dict[str, Any], rule: Rule
) -> None:
    admin.post(f"/rules/{rule.id}", data={**filled, "trigger": "created", "name": "Anders"})
    changed = Rule.get_by_id(rule.id)
    assert (changed.name, changed.since) == ("Anders", rule.since)


def test_saving_mends_a_rule_that_switched_itself_off(admin: FlaskClient, filled: dict[str, Any], rule: Rule) -> None:
    Rule.update(trigger="moon_is_full", on=False, fault="trigger:moon_is_full").execute()
    assert admin.get(f"/rules/{rule.id}").status_code == 200
    admin.post(f"/rules/{rule.id}", data={**filled, "trigger": "created"})
    mended = Rule.get_by_id(rule.id)
    assert (mended.on, mended.fault, mended.trigger) == (True, "", "created")


def test_names_with_markup_in_them_stay_words(admin: FlaskClient, filled: dict[str, Any], make_record: Make) -> None:
    make_record("1001", contact={"name": "<img src=x>", "email": "ada@example.org", "consent": {"email": True}})
    admin.post("/rules/new", data={**filled, "name": "<script>alert(1)</script>"})
    for path in ("/rules?kind=order", f"/rules/{Rule.get().id}"):
        shown = page(admin.get(path))
        assert "<script>alert" not in shown
        assert "<img src=x>" not in shown


def test_somebody_named_in_an_event_hears_only_of_events(admin: FlaskClient, filled: dict[str, Any]) -> None:
    with transaction():
        Kind.update(events=[{"key": "call", "labels": {"de": "Anruf"}}]).where(Kind.key == "order").execute()
    event = {**filled, "trigger": "event", "event": "call", "who-0": "event"}
    named = "die im Ereignis genannte Person"
    assert named in page(admin.post("/rules/new", data={key: value for key, value in event.items() if key != "save"}))
    assert named not in page(admin.post("/rules/new", data={key: value for key, value in filled.items() if key != "save"}))
    refused = admin.post("/rules/new", data={**filled, "who-0": "event"})
    assert refused.status_code == 422 and "Bitte wählen Sie" in page(refused)
    assert admin.post("/rules/new", data=event).status_code == 302
    assert Rule.get().recipients[0]["who"] == "event"


def test_whoever_saves_over_somebody_elses_change_is_told_first(admin: FlaskClient, rule: Rule) -> None:
    form = {
        "kind": "order", "trigger": "created", "name": "Meine Fassung", "who-0": "customer", "save": "1", "on": "1",
        "template-0": str(rule.recipients[0]["template"]), "seen": str(rule.version),
    }
    assert f'name="seen" value="{rule.version}"' in admin.get(f"/rules/{rule.id}").text
    assert admin.post(f"/rules/{rule.id}", data=form | {"name": "Andere Fassung"}).status_code == 302
    refused = admin.post(f"/rules/{rule.id}", data=form)
    assert refused.status_code == 422 and "inzwischen geändert" in refused.text and "Meine Fassung" in refused.text
    assert Rule.get_by_id(rule.id).name == "Andere Fassung"
    assert f'name="seen" value="{rule.version + 1}"' in refused.text
    assert admin.post(f"/rules/{rule.id}", data=form | {"seen": str(rule.version + 1)}).status_code == 302
    assert Rule.get_by_id(rule.id).name == "Meine Fassung"
