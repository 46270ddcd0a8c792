"""A rule reads as one sentence, in German and in English, with what was chosen marked."""

from typing import Any

import pytest
from flask import Flask

from core import i18n
from records.models import Kind
from rules import words
from rules.models import Rule

NAMES = words.Names(templates={1: "Auftragsstatus", 2: "Für die Werkstatt"}, locations={1: "Kreuzberg", 2: "Potsdam"})


def make(kind: str = "order", **given: Any) -> Rule:
    defaults = {"trigger": "created", "recipients": [{"who": "customer", "address": "", "template": 1}]}
    return Rule(kind=Kind.get(Kind.key == kind), **{**defaults, **given})


def said(rule: Rule, language: str = "de") -> str:
    with i18n.speaking(language):
        return words.sentence(rule, NAMES).striptags().replace("\u00a0", " ")


@pytest.mark.parametrize(("kind", "german", "english"), [
    ("order", "Sobald ein Auftrag angelegt wird,", "As soon as an order is created,"),
    ("inquiry", "Sobald eine Anfrage angelegt wird,", "As soon as an inquiry is created,"),
    ("booking", "Sobald eine Buchung angelegt wird,", "As soon as a booking is created,"),
])
def test_every_kind_has_its_article(house: Flask, kind: str, german: str, english: str) -> None:
    assert said(make(kind)).startswith(german)
    assert said(make(kind), "en").startswith(english)


def test_the_whole_sentence(house: Flask) -> None:
    rule = make()
    assert said(rule) == "Sobald ein Auftrag angelegt wird, erhält der Kunde sofort die E‑Mail Auftragsstatus."
    assert said(rule, "en") == "As soon as an order is created, the customer receives the e‑mail Auftragsstatus at once."


def test_what_was_chosen_stands_in_bold(house: Flask) -> None:
    with i18n.speaking("de"):
        text = words.sentence(make(trigger="status_changed_to", options={"statuses": ["ready", "done"]}, delay=10), NAMES)
    for chosen in ("Abholbereit", "Abgeschlossen", "der Kunde", "10\u00a0Minuten", "Auftragsstatus"):
        assert f"<b>{chosen}</b>" in text


def test_statuses_are_told_by_their_labels(house: Flask) -> None:
    rule = make(trigger="status_changed_to", options={"statuses": ["ready", "done"], "also_created": True})
    assert said(rule).startswith(
        "Sobald ein Auftrag den Status Abholbereit oder Abgeschlossen bekommt oder schon damit angelegt wird, erhält"
    )
    assert said(rule, "en").startswith("As soon as an order gets the status Ready or Done or is created with it, the cust")


@pytest.mark.parametrize(("minutes", "german", "english"), [
    (1, "nach 1 Minute", "after 1 minute"),
    (90, "nach 90 Minuten", "after 90 minutes"),
    (120, "nach 2 Stunden", "after 2 hours"),
    (1440, "nach 1 Tag", "after 1 day"),
    (4320, "nach 3 Tagen", "after 3 days"),
])
def test_a_delay_is_told_in_the_largest_unit_that_fits(house: Flask, minutes: int, german: str, english: str) -> None:
    assert german in said(make(delay=minutes))
    assert english in said(make(delay=minutes), "en")


def test_several_people_each_with_their_text(house: Flask) -> None:
    rule = make(recipients=[
        {"who": "customer", "address": "", "template": 1},
        {"who": "manager", "address": "", "template": 2},
        {"who": "address", "address": "tresen@example.org", "template": 2},
    ])
    assert said(rule).endswith(
        "erhält der Kunde sofort die E‑Mail Auftragsstatus und die Leitung des Standorts die E‑Mail Für die Werkstatt"
        " und tresen@example.org die E‑Mail Für die Werkstatt."
    )
    with i18n.speaking("de"):
        assert words.about(rule, NAMES) == ["Alle Standorte", "für jeden ein eigener Text"]


def test_conditions_follow_in_words(house: Flask) -> None:
    rule = make(conditions={"match": "all", "of": [
        {"field": "source", "operator": "is", "value": "webshop"},
        {"match": "any", "of": [
            {"field": "total", "operator": "at_least", "value": "50"},
            {"field": "paid", "operator": "unpaid", "value": ""},
        ]},
    ]})
    assert said(rule).endswith(
        ". Nur wenn die Quelle „webshop“ ist und (der Betrag mindestens 50 € ist oder die Zahlung noch aussteht)."
    )
    assert said(rule, "en").endswith(
        ". Only if the source is “webshop” and (the total is at least €50 or the payment is still due)."
    )


def test_locations_stand_beside_it(house: Flask) -> None:
    with i18n.speaking("de"):
        assert words.about(make(locations=[1, 2]), NAMES) == ["Nur Kreuzberg, Potsdam"]


def test_names_of_strangers_are_escaped(house: Flask) -> None:
    names = words.Names(templates={1: "<script>alert(1)</script>"})
    rule = make(conditions={"match": "all", "of": [{"field": "source", "operator": "is", "value": "<b>fett</b>"}]})
    text = words.sentence(rule, names)
    assert "<script>" not in text
    assert "<b>fett</b>" not in text


def test_a_rule_with_an_unknown_trigger_or_condition_can_still_be_read(house: Flask) -> None:
    assert "der Kunde" in said(make(trigger="moon_is_full"))
    strange = {"field": "shoe_size", "operator": "is", "value": "42"}
    assert said(make(conditions={"match": "all", "of": [strange]})).endswith("Nur wenn ….")


def test_a_rule_without_a_name_gets_one(house: Flask) -> None:
    with i18n.speaking("de"):
        assert words.title(make()) == "Auftrag: angelegt"
        assert words.title(make(trigger="status_changed_to", options={"statuses": ["ready"]})) == "Auftrag: Abholbereit"
