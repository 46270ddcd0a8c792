"""X8: what is wrong with a rule is said in its row and in the builder, in sentences that a clerk understands."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from core import clock, i18n, settings
from core.db import transaction
from emails.models import Template
from records.models import Contact, Kind, Location, Profile, Record
from rules import index, lint
from rules.lint.house import House
from rules.models import Rule
from rules.triggers import TRIGGERS

Make = Callable[..., Rule]
Text = Callable[..., Template]
RESULT = {"key": "serial", "labels": {"de": "Seriennummer", "en": "Serial number"}, "type": "text"}


@pytest.fixture
def text(house: Flask) -> Text:
    """Makes a template; `de` and `en` are bodies."""

    def text(name: str = "Status", kind: str | None = None, **bodies: str) -> Template:
        texts = {language: {"subject": "Auftrag", "body": body} for language, body in (bodies or {"de": "Hallo"}).items()}
        with transaction():
            return Template.create(name=name, kind_id=kind, texts=texts, updated_at=clock.now())

    return text


@pytest.fixture
def make(text: Text) -> Make:
    """Makes a rule that is on and in order but for what is given."""
    usual = text("Üblich", de="Hallo", en="Hello")

    def make(who: str = "customer", template: int = usual.id, conditions: Any = None, **given: Any) -> Rule:
        now = clock.now()
        said = {"name": "Regel", "kind": "order", "trigger": "created", "on": True, "created_at": now, "updated_at": now}
        address = "lager@example.org" if who == "address" else ""
        recipients = [{"who": who, "address": address, "template": template}]
        group = {"match": "all", "of": conditions} if conditions else {}
        return Rule.create(**{**said, "recipients": recipients, "conditions": group, **given})

    return make


def asks(field: str, operator: str, value: str = "") -> dict[str, str]:
    return {"field": field, "operator": operator, "value": value}


def remarks(rule: Rule, stops: bool | None = None) -> list[str]:
    """The sentences about a rule in German, without their marks; those that stop it, or those that do not."""
    with i18n.speaking("de"):
        found = lint.of(Rule.get_by_id(rule.id), House())
    return [remark.sentence.striptags() for remark in found if stops in (None, remark.stops)]


def with_fields(*fields: dict[str, Any]) -> None:
    with transaction():
        Kind.update(fields=list(fields)).where(Kind.key == "order").execute()


def test_a_rule_in_order_needs_nobody(make: Make) -> None:
    assert remarks(make()) == []
    assert remarks(make(trigger="status_changed_to", options={"statuses": ["ready"]})) == []


@pytest.mark.parametrize(("given", "sentence"), [
    ({"trigger": "status_changed_to", "options": {"statuses": ["melted"]}}, "Einen Status dieser Regel gibt es nicht mehr."),
    ({"template": 99}, "Eine Vorlage dieser Regel gibt es nicht mehr."),
    ({"locations": [9]}, "Einen Standort dieser Regel gibt es nicht mehr."),
    ({"profile": "vip"}, "Das Kommunikationsprofil dieser Regel gibt es nicht mehr."),
    (
        {"trigger": "event", "options": {"event": "exploded"}},
        "Das Ereignis, mit dem diese Regel beginnt, gibt es nicht mehr.",
    ),
    (
        {"trigger": "field_changed", "options": {"field": "fields.serial"}},
        "Das Feld, mit dem diese Regel beginnt, gibt es nicht mehr.",
    ),
    (
        {"trigger": "before", "options": {"field": "fields.fitting", "steps": [{"n": 1, "unit": "days", "at": ""}]}},
        "Den Zeitpunkt, von dem diese Regel zählt, gibt es nicht mehr.",
    ),
    ({"trigger": "moon_is_full"}, "Ausgeschaltet: Diese Version kennt den Auslöser „moon_is_full“ nicht."),
    ({"conditions": [asks("fields.serial", "is", "4711")]},
     "Eine Bedingung fragt nach dem weiteren Feld „serial“, das es nicht mehr gibt."),
])
def test_x8_what_a_rule_names_and_nobody_knows_any_more_stops_it(make: Make, given: dict[str, Any], sentence: str) -> None:
    assert remarks(make(**given), stops=True) == [sentence]


def test_a_rule_whose_other_statuses_are_still_there_goes_on(make: Make) -> None:
    rule = make(trigger="status_changed_to", options={"statuses": ["melted", "ready"]})
    assert remarks(rule, stops=False) == ["Einen Status dieser Regel gibt es nicht mehr."]


def test_a_field_of_the_kind_can_start_a_rule_and_be_asked_about(make: Make) -> None:
    with_fields(RESULT)
    rule = make(trigger="field_changed", options={"field": "fields.serial"}, conditions=[asks("fields.serial", "given")])
    assert remarks(rule) == []


def test_a_profile_that_is_there_is_no_remark(make: Make) -> None:
    with transaction():
        Profile.create(key="vip", name="Stammkunden")
    assert remarks(make(profile="vip")) == []


def test_x8_a_placeholder_that_this_kind_does_not_have_stops_the_rule(make: Make, text: Text) -> None:
    template = text("Gerät", de="{{ record.fields.serial }}")
    rule = make(template=template.id)
    [said] = remarks(rule, stops=True)
    assert said.startswith("Die Vorlage „Gerät“ passt hier nicht:") and "record.fields.serial" in said
    with_fields(RESULT)
    assert remarks(rule) == []


def test_x8_a_language_that_customers_read_is_missing(make: Make, text: Text, make_record: Any, ada: Any) -> None:
    rule = make(template=text("Nur deutsch", de="Hallo").id)
    assert remarks(rule) == []
    make_record("1001", contact={**ada, "language": "en"})
    assert remarks(rule, stops=False) == ["Der Vorlage „Nur deutsch“ fehlt der Text in dieser Sprache: English."]
    assert remarks(make(template=rule.recipients[0]["template"], who="address")) == []


def test_x8_a_language_that_the_company_writes_in_is_missing(make: Make, text: Text) -> None:
    rule = make(template=text("Nur deutsch", de="Hallo").id)
    settings.put("company", {"footer": {"de": "Radhaus, Berlin", "en": "Radhaus, Berlin, Germany"}})
    assert len(remarks(rule)) == 1


@pytest.mark.parametrize("body", [
    "Wie zufrieden waren Sie? Bitte bewerten Sie uns.", "Wir freuen uns über Ihre Bewertung.", "Geben Sie uns Feedback",
    "10 % Rabatt auf die nächste Reparatur",
])
def test_x8_asking_for_a_rating_counts_as_advertising(make: Make, text: Text, body: str) -> None:
    template = text("Danke", de=body, en="Hello")
    [said] = remarks(make(template=template.id), stops=False)
    assert "In Deutschland gilt beides als Werbung" in said and "kennzeichnen" in said and "abmeldet" in said
    assert remarks(make(template=template.id, who="address")) == []


def test_x8_advertising_that_is_marked_so_is_in_order_unless_nobody_can_have_agreed(make: Make, text: Text) -> None:
    template = text("Danke", de="Ihr Feedback", en="Your review")
    Template.update(advertising=True).execute()
    assert remarks(make(template=template.id)) == []
    found = remarks(make(template=template.id, who="event"), stops=False)
    assert any("keine Einwilligung in Werbung" in said for said in found)


def test_x8_an_sms_that_advertises_says_how_to_unsubscribe(make: Make) -> None:
    sms = {"de": {"sms": "Wie war es?"}, "en": {"sms": "{{ unsubscribe.url }}"}}
    template = Template.create(name="Danke", texts=sms, advertising=True, updated_at=clock.now())
    rule = make(template=template.id, channel="sms")
    assert "Die SMS der Vorlage „Danke“ sagt nicht, wie man sich abmeldet." in remarks(rule, stops=False)
    template.texts["de"]["sms"] += " {{ abmelden.link }}"
    template.save()
    assert not any("abmeldet" in said for said in remarks(rule, stops=False))


def test_x8_usual_words_of_the_trade_are_no_advertising(make: Make, text: Text) -> None:
    template = text("Angebot", de="Ihr Angebot liegt bei, die Anzahlung ist da.", en="The rate per hour is 60 euros.")
    assert remarks(make(template=template.id)) == []


def test_x8_a_role_that_nobody_has(make: Make, make_record: Any, shop: dict[str, Location]) -> None:
    rule = make(who="assignee")
    assert remarks(rule) == []
    make_record("1001")
    assert remarks(rule) == ["Keiner der letzten Vorgänge nennt einen Zuständigen; diese Nachricht bekäme also niemand."]
    with transaction():
        Record.update(assignee=Contact.get()).execute()
    assert remarks(rule) == []
    assert remarks(make(who="manager")) == []
    assert "hat eine Leitung" in remarks(make(who="manager", locations=[shop["potsdam"].id]))[0]
    assert "Nur ein Ereignis nennt eine Person" in remarks(make(who="event"))[0]


@pytest.mark.parametrize("given", [
    {"trigger": "status_changed_to", "options": {"statuses": ["ready"]}, "conditions": [asks("status", "is", "new")]},
    {"conditions": [asks("paid", "paid"), asks("paid", "unpaid")]},
    {"conditions": [asks("source", "is", "webshop"), asks("source", "is", "telefon")]},
    {"trigger": "before", "options": {"field": "scheduled_at", "steps": [{"n": 1, "unit": "days", "at": ""}]},
     "conditions": [asks("scheduled_at", "missing")]},
    {"trigger": "before", "options": {"field": "scheduled_at", "steps": [{"n": 1, "unit": "days", "at": ""}]},
     "conditions": [asks("status", "one_of", "done, cancelled")]},
    {"trigger": "after", "options": {"field": "paid_at", "steps": [{"n": 1, "unit": "days", "at": ""}]},
     "conditions": [asks("paid", "unpaid")]},
    {"trigger": "every", "options": {"weekdays": ["wed"], "at": "09:00"}, "conditions": [asks("status", "is", "gone")]},
])
def test_x8_a_rule_that_can_never_hold(make: Make, given: dict[str, Any]) -> None:
    assert remarks(make(**given), stops=True) == [
        "Diese Regel kann nie zutreffen: Ihre Bedingungen widersprechen einander oder dem Anlass."
    ]


@pytest.mark.parametrize("group", [
    {"match": "any", "of": [asks("source", "is", "webshop"), asks("source", "is", "telefon")]},
    {"match": "any", "of": [asks("status", "is", "new"), asks("total", "more", "100")]},
    {"match": "all", "of": [{"match": "any", "of": [asks("status", "is", "new"), asks("status", "is", "ready")]}]},
])
def test_alternatives_do_not_contradict_each_other(make: Make, group: dict[str, Any]) -> None:
    rule = make(trigger="status_changed_to", options={"statuses": ["ready"]})
    with transaction():
        Rule.update(conditions=group).where(Rule.id == rule.id).execute()
    assert remarks(rule) == []


READY = {"trigger": "status_changed_to", "options": {"statuses": ["ready", "done"]}}
DAY_BEFORE = {"trigger": "before", "options": {"field": "scheduled_at", "steps": [{"n": 1, "unit": "days", "at": ""}]}}
DUE_CHANGED = {"trigger": "field_changed", "options": {"field": "due_at"}}
WEDNESDAYS = {"trigger": "every", "options": {"weekdays": ["wed"], "at": "09:00"}}


@pytest.mark.parametrize(("one", "other"), [
    ({}, {}),
    (READY, {"trigger": "status_changed_to", "options": {"statuses": ["done"]}}),
    (READY, {"trigger": "status_changed"}),
    ({"trigger": "status_changed"}, READY),
    ({}, {"trigger": "status_changed_to", "options": {"statuses": ["ready"], "also_created": True}}),
    ({"delay": 0}, {"delay": 30}),
    ({"locations": [1]}, {}),
    ({"conditions": [asks("total", "more", "100")]}, {"conditions": [asks("source", "is", "webshop")]}),
    (DAY_BEFORE, DAY_BEFORE),
    (WEDNESDAYS, WEDNESDAYS),
    (DUE_CHANGED, {**DUE_CHANGED, "trigger": "time_changed"}),
])
def test_x8_two_rules_that_write_to_the_same_person_about_the_same_thing(
    make: Make, shop: dict[str, Location], one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = make(name="Erste", **one), make(name="Zweite", **other)
    assert remarks(first, stops=False) == [
        "Jemand bekäme zu demselben Anlass zwei Nachrichten: Auch die Regel „Zweite“ schreibt dorthin."
    ]
    assert f'<a href="/rules/{first.id}">Erste</a>' in lint.of(Rule.get_by_id(second.id), House())[0].sentence


@pytest.mark.parametrize(("one", "other"), [
    ({}, {"on": False}),
    ({}, {"kind": "booking"}),
    ({}, {"who": "address"}),
    ({}, {"trigger": "status_changed"}),
    ({}, {"delay": 3 * 1440}),
    (READY, {"trigger": "status_changed_to", "options": {"statuses": ["new"]}}),
    ({"locations": [1]}, {"locations": [2]}),
    ({"profile": "vip"}, {"profile": "usual"}),
    ({"conditions": [asks("source", "is", "webshop")]}, {"conditions": [asks("source", "is", "telefon")]}),
    ({"conditions": [asks("paid", "paid")]}, {"conditions": [asks("paid", "unpaid")]}),
    (
        {"trigger": "status_changed", "conditions": [asks("status", "is_not", "ready")]},
        {**READY, "options": {"statuses": ["ready"]}},
    ),
    (DAY_BEFORE, {**DAY_BEFORE, "options": {"field": "scheduled_at", "steps": [{"n": 2, "unit": "hours", "at": ""}]}}),
    (WEDNESDAYS, {"trigger": "every", "options": {"weekdays": ["thu"], "at": "09:00"}}),
    (DUE_CHANGED, {"trigger": "field_changed", "options": {"field": "items"}}),
])
def test_x8_rules_about_different_things_leave_each_other_alone(
    make: Make, shop: dict[str, Location], one: dict[str, Any], other: dict[str, Any]
) -> None:
    with transaction():
        Profile.insert_many([{"key": key, "name": key} for key in ("vip", "usual")]).execute()
    rules = [make(**one), make(**other)]
    assert [remarks(rule) for rule in rules] == [[], []]


def test_names_of_other_rules_are_escaped(make: Make) -> None:
    rule = make()
    make(name="<script>alert(1)</script>")
    assert "<script>" not in lint.of(rule, House())[0].sentence


def test_x8_mails_without_a_legal_notice_are_told_once_for_all_rules(make: Make) -> None:
    assert remarks(make()) == []
    with i18n.speaking("de"):
        [remark] = lint.everywhere(House())
    said = remark.sentence.striptags()
    assert said == "Ihren Mails fehlt noch das Impressum; bitte ergänzen Sie die Angaben unter Betrieb."
    full: list[dict[str, Any]] = [
        {"street": "Weg 1", "city": "Berlin"}, {"footer": {"de": "Radhaus"}}, {"imprint_url": "https://x.example"},
    ]
    for company in full:
        settings.put("company", company)
        assert lint.everywhere(House()) == []


def test_x8_a_hundred_rules_are_checked_within_a_tenth_of_a_second(
    make: Make, shop: dict[str, Location], make_record: Any
) -> None:
    make_record("1001")
    statuses = [status["key"] for status in Kind.get_by_id("order").statuses]
    for n in range(100):
        make(
            name=f"Regel {n}", trigger="status_changed_to", options={"statuses": [statuses[n % len(statuses)]]},
            locations=[shop["berlin"].id], conditions=[asks("source", "is", f"shop{n}"), asks("status", "is_not", "gone")],
        )
    index.current()
    rules = list(Rule.select())
    kind = Kind.get_by_id("order")
    for rule in rules:
        rule.kind = kind
    took, found = [], []
    for _ in range(3):
        began, known = time.process_time(), House()
        found = [lint.of(rule, known) for rule in rules]
        took.append(time.process_time() - began)
    assert all(len(said) == 1 for said in found)
    assert min(took) < 0.1, took


def words(html: str) -> str:
    return " ".join(Markup(html).striptags().split())


def form(rule: Rule, **changed: Any) -> dict[str, Any]:
    said = rule.recipients[0]
    return {
        "kind": "order", "trigger": rule.trigger, "who-0": said["who"], "address-0": "", "template-0": said["template"],
        "on": "1", "self": rule.id, **changed,
    }


def test_x8_the_builder_says_it_of_the_draft(admin: FlaskClient, make: Make) -> None:
    rule, other = make(name="Erste"), make(name="Zweite", trigger="status_changed")
    assert "dorthin" not in admin.post("/rules/preview", data=form(rule)).text
    draft = words(admin.post("/rules/preview", data=form(rule, trigger="status_changed")).text)
    assert "Auch die Regel „Zweite“ schreibt dorthin." in draft
    assert "Auch die Regel „Erste“" not in words(admin.get(f"/rules/{other.id}").text)
    asked = {"template-0": "new", "subject-0": "Danke", "body-0": "Bitte bewerten Sie uns."}
    assert "Die Vorlage „(neue Vorlage)“ wirbt" in words(admin.post("/rules/preview", data=form(rule, **asked)).text)


@pytest.mark.parametrize("trigger", [*TRIGGERS, "moon_is_full", ""])
def test_a_draft_that_is_hardly_begun_is_looked_at_without_a_fault(admin: FlaskClient, make: Make, trigger: str) -> None:
    make(trigger=trigger or "created")
    assert admin.post("/rules/preview", data={"kind": "order", "trigger": trigger}).status_code == 200
    half = {"kind": "order", "trigger": trigger, "who-0": "assignee", "on": "1", "field": "scheduled_at", "n-0": ""}
    assert admin.post("/rules/preview", data=half).status_code == 200


def test_x8_rows_say_it_and_tabs_count_it(admin: FlaskClient, clerk: FlaskClient, make: Make) -> None:
    rule = make(template=99)
    page = words(admin.get("/rules?kind=order").text)
    assert "Eine Vorlage dieser Regel gibt es nicht mehr." in page and "1 Regel braucht Sie" in page
    assert "Ihren Mails fehlt noch das Impressum" in page
    assert "Impressum" not in words(clerk.get("/rules?kind=order").text)
    assert "Eine Vorlage dieser Regel gibt es nicht mehr." in words(clerk.get(f"/rules/{rule.id}").text)
