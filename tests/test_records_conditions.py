"""Conditions on records: every operator with every sort of value it goes with, groups of them, what is typed for them."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core import i18n
from core.db import transaction
from records import conditions
from records.conditions import OPERATORS, Group, Unknown, failing, holds, leaves
from records.conditions.words import condition as told
from records.contacts import Refused
from records.models import Contact, Kind, Location, Profile, Record

FIELDS = [
    {"key": "serial", "labels": {"de": "Seriennummer", "en": "Serial number"}},
    {"key": "slots", "labels": {"de": "Freie Termine", "en": "Open slots"}, "type": "number"},
    {"key": "shoot", "labels": {"de": "Fototag", "en": "Shooting day"}, "type": "date"},
    {"key": "express", "labels": {"de": "Express", "en": "Express"}, "type": "yesno"},
]
STATUSES = [{"key": key, "labels": {"de": label, "en": key}} for key, label in (("new", "Neu"), ("ready", "Abholbereit"))]
NOW = "2026-11-20T11:00:00Z"  # noon in Berlin, a Friday
HERE = "fields."


def kind() -> Kind:
    return Kind(key="order", fields=FIELDS, statuses=STATUSES, labels={"de": {"one": "Auftrag"}})


def at(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def full() -> Record:
    """A record in which everything is filled in."""
    return Record(
        kind=kind(), number="R-1001", status="ready", source="Webshop", profile="invoice",
        total=Decimal("129.90"), currency="EUR", paid_at=at(19), placed_at=at(17), scheduled_at=at(22), due_at=at(20, 23),
        assignee=Contact(name="Mira"),
        contact=Contact(
            name="Ada Lovelace", email="ada@example.org", phone="+4930123456", language="de",
            consents={"email": {"given": True}, "sms": {"given": False}},
        ),
        location=Location(key="berlin", name="Kreuzberg", state="BE", time_zone="Europe/Berlin"),
        fields={"serial": "SN-77", "slots": 4, "shoot": "2026-11-23", "express": "Ja"},
    )


def empty() -> Record:
    """A record in which nothing is."""
    return Record(kind=kind(), number="", status="", contact=None, assignee=None, location=None, total=None, currency="")


def leaf(field: str, operator: str, value: str = "") -> dict[str, str]:
    return {"field": field, "operator": operator, "value": value}


def every(*of: Group) -> Group:
    return {"match": "all", "of": list(of)}


def some(*of: Group) -> Group:
    return {"match": "any", "of": list(of)}


# operator, field, a value with which it holds of the full record, one with which it does not, what it says of an empty one
TABLE: list[tuple[str, str, str, str | None, bool]] = [
    ("is", "status", "ready", "new", False),
    ("is", "source", " WEBSHOP ", "laden", False),
    ("is", "number", "r-1001", "1001", False),
    ("is", "currency", "eur", "CHF", False),
    ("is", "contact.name", "ada lovelace", "Ben", False),
    ("is", "contact.language", "de", "en", False),
    ("is", "location", "berlin", "potsdam", False),
    ("is", "location.state", "BE", "BY", False),
    ("is", "total", "129.90 EUR", "129.90 CHF", False),
    ("is", HERE + "serial", "sn-77", "SN-78", False),
    ("is", HERE + "slots", "4.0", "5", False),
    ("is_not", "status", "new", "ready", True),
    ("is_not", "source", "laden", "webshop", True),
    ("is_not", "total", "129.90 CHF", "129.90", True),
    ("is_not", HERE + "slots", "5", "4", True),
    ("one_of", "status", "new, ready", "new", False),
    ("one_of", "source", "laden,webshop", "laden, telefon", False),
    ("one_of", "profile", "invoice", "standard", False),
    ("contains", "number", "100", "77", False),
    ("contains", "contact.email", "@EXAMPLE", "@example.com", False),
    ("contains", HERE + "serial", "77", "78", False),
    ("contains_not", "contact.phone", "+43", "+49", True),
    ("contains_not", HERE + "serial", "78", "77", True),
    ("less", "total", "129.91 EUR", "129.90", False),
    ("less", "total", "500", "500 CHF", False),
    ("less", HERE + "slots", "5", "4", False),
    ("more", "total", "129.89", "129.90", False),
    ("more", HERE + "slots", "3.5", "4", False),
    ("at_least", "total", "129.90", "129.91", False),
    ("at_least", HERE + "slots", "4", "4.01", False),
    ("at_most", "total", "129.90", "129.89", False),
    ("at_most", HERE + "slots", "4", "3", False),
    ("on", "scheduled_at", "2026-11-22", "2026-11-23", False),
    ("on", "due_at", "2026-11-21", "2026-11-20", False),  # 23:00 in UTC is the next day in Berlin
    ("on", HERE + "shoot", "2026-11-23", "2026-11-22", False),
    ("before", "placed_at", "2026-11-18", "2026-11-17", False),
    ("before", HERE + "shoot", "2026-11-24", "2026-11-23", False),
    ("after", "placed_at", "2026-11-16", "2026-11-17", False),
    ("after", HERE + "shoot", "2026-11-22", "2026-11-23", False),
    ("within_next", "scheduled_at", "2", "1", False),
    ("within_next", HERE + "shoot", "3", "2", False),
    ("within_last", "placed_at", "3", "2", False),
    ("ago", "placed_at", "2", "3", False),
    ("yes", "contact.consent_email", "", None, False),
    ("yes", HERE + "express", "", None, False),
    ("no", "contact.consent_sms", "", None, True),
    ("paid", "paid", "", None, False),
]


@pytest.mark.parametrize(("operator", "field", "right", "wrong", "of_nothing"), TABLE)
@time_machine.travel(NOW, tick=False)
def test_every_operator_with_every_sort_of_value(
    operator: str, field: str, right: str, wrong: str | None, of_nothing: bool
) -> None:
    assert holds(leaf(field, operator, right), full())
    assert wrong is None or not holds(leaf(field, operator, wrong), full())
    assert holds(leaf(field, operator, right), empty()) is of_nothing
    for value in {right, wrong} - {None}:
        assert conditions.check(leaf(field, operator, str(value)), kind()) == ""


def test_the_table_above_leaves_nothing_out() -> None:
    """Each operator is asked of each sort of value it goes with, here or in the test below."""
    asked = {(operator, conditions.field(field, kind()).sort) for operator, field, *_rest in TABLE}
    told = {(operator, sort) for operator, one in OPERATORS.items() for sort in one.sorts}
    pairs = {"given", "missing", "paid", "unpaid", "yes", "no"}
    dates = {(operator, sort) for operator, sort in told if sort == "date" and operator in ("within_last", "ago")}
    assert {pair for pair in told - asked - dates if pair[0] not in pairs} == set()


@pytest.mark.parametrize("field", [*conditions.FIELDS, *(HERE + str(one["key"]) for one in FIELDS)])
def test_whether_something_is_there_can_be_asked_of_everything(field: str) -> None:
    sort = conditions.field(field, kind()).sort
    there, gone = {"payment": ("paid", "unpaid"), "yesno": ("yes", "no")}.get(sort, ("given", "missing"))
    expected = field not in ("contact.consent_sms", "contact.consent_advertising")
    assert holds(leaf(field, there), full()) is expected
    assert holds(leaf(field, gone), full()) is not expected
    assert not holds(leaf(field, there), empty())
    assert holds(leaf(field, gone), empty())


@time_machine.travel(NOW, tick=False)
def test_near_and_far_are_counted_in_days_of_the_record_and_never_on_the_wrong_side_of_now() -> None:
    record = full()
    for moment, next_day, last_day, ago in [
        (at(20, 10), False, True, False),  # an hour ago
        (at(20, 12), True, False, False),  # in an hour
        (at(21, 22), True, False, False),  # tomorrow, still the 21st in Berlin
        (at(21, 23), False, False, False),  # the 22nd in Berlin
        (at(18, 23), False, True, False),  # yesterday in Berlin
        (at(18, 22), False, False, True),
    ]:
        record.scheduled_at = moment
        asked = ("within_next", "within_last", "ago")
        assert tuple(holds(leaf("scheduled_at", one, "1"), record) for one in asked) == (next_day, last_day, ago), moment
    days = {"2026-11-20": (True, True, False), "2026-11-19": (False, True, False), "2026-11-18": (False, False, True)}
    for day, found in days.items():
        record.fields = {"shoot": day}
        assert tuple(holds(leaf(HERE + "shoot", one, "1"), record) for one in asked) == found, day


def test_nothing_and_an_empty_group_are_always_true() -> None:
    for group in ({}, every(), some(), every(some())):
        assert holds(group, empty())
        assert failing(group, empty()) is None


def test_the_first_condition_that_fails_is_named_and_of_alternatives_their_group() -> None:
    source, total, paid = leaf("source", "is", "webshop"), leaf("total", "at_least", "500"), leaf("paid", "unpaid")
    assert failing(every(source, total, paid), full()) == total
    assert failing(every(source, some(total, paid)), full()) == some(total, paid)
    assert failing(some(total, every(source, paid)), full()) == some(total, every(source, paid))
    assert failing(every(source, every(source, paid)), full()) == paid
    assert failing(some(total, source), full()) is None


def test_the_leaves_of_a_group_come_in_their_order() -> None:
    one, two, three = (leaf("source", "is", word) for word in "abc")
    assert leaves(every(one, some(two, three))) == [one, two, three]
    assert leaves({}) == []


TRUTH = st.booleans().map(lambda true: leaf("source", "is" if true else "is_not", "webshop"))
INNER = st.builds(lambda match, of: {"match": match, "of": of}, st.sampled_from(["all", "any"]), st.lists(TRUTH, min_size=1))
GROUPS = st.builds(
    lambda match, of: {"match": match, "of": of}, st.sampled_from(["all", "any"]), st.lists(TRUTH | INNER, min_size=1)
)


def meant(group: Group) -> bool:
    if "of" not in group:
        return bool(group["operator"] == "is")
    return {"all": all, "any": any}[group["match"]](meant(one) for one in group["of"])


@given(GROUPS)
def test_all_means_all_and_any_means_any(group: Group) -> None:
    record = full()
    assert holds(group, record) == meant(group)
    assert (failing(group, record) is None) == holds(group, record)
    found = failing(group, record)
    assert found is None or not holds(found, record)
    assert conditions.fault(group) == ""


@given(GROUPS, GROUPS)
def test_groups_obey_the_laws_of_logic(one: Group, other: Group) -> None:
    record = full()
    assert holds(every(one, other), record) == (holds(one, record) and holds(other, record))
    assert holds(some(one, other), record) == (holds(one, record) or holds(other, record))
    assert holds(every(one, some(one, other)), record) == holds(one, record)
    opposite = [leaf("source", "is_not" if said["operator"] == "is" else "is", "webshop") for said in leaves(one)]
    if all("of" not in said for said in one["of"]):
        assert holds({"match": "any" if one["match"] == "all" else "all", "of": opposite}, record) is not holds(one, record)


AMOUNTS = st.decimals(0, 10**6, places=2)


@given(AMOUNTS, AMOUNTS)
def test_more_and_at_most_never_agree(total: Decimal, wanted: Decimal) -> None:
    record = full()
    record.total = total
    for one, other in (("more", "at_most"), ("less", "at_least"), ("is", "is_not")):
        assert holds(leaf("total", one, str(wanted)), record) is not holds(leaf("total", other, str(wanted)), record)


def test_another_currency_is_neither_more_nor_less() -> None:
    record = full()
    record.currency = "CHF"
    assert not any(holds(leaf("total", one, "100 EUR"), record) for one in ("is", "less", "more", "at_least", "at_most"))
    assert holds(leaf("total", "at_least", "100 CHF"), record)


def test_what_other_systems_put_into_further_fields_is_read_with_good_will() -> None:
    record = full()
    for value, true in {"4": True, 4.0: True, " 4,5 ": True, "5": False, "viele": False, "NaN": False, "": False}.items():
        record.fields = {"slots": value}
        assert holds(leaf(HERE + "slots", "less", "5"), record) is true, value
    for value, yes in {True: True, "true": True, "yes": True, "1": True, False: False, "nein": False, "": False}.items():
        record.fields = {"express": value}
        assert holds(leaf(HERE + "express", "yes"), record) is yes, value
        assert holds(leaf(HERE + "express", "no"), record) is not yes, value
    for value in ("23.11.2026", "bald", 7, None):
        record.fields = {"shoot": value}
        assert not holds(leaf(HERE + "shoot", "after", "2020-01-01"), record)


def test_a_field_whose_sort_has_changed_since_no_longer_holds_but_stops_nobody() -> None:
    record = full()
    asked = leaf(HERE + "serial", "contains", "77")
    assert holds(asked, record)
    record.kind = Kind(key="order", fields=[{**FIELDS[0], "type": "number"}], statuses=[])
    assert not holds(asked, record)
    assert conditions.fault(every(asked), record.kind) == HERE + "serial"


@pytest.mark.parametrize("group", [
    leaf("shoe_size", "is", "42"), every(leaf("source", "moon", "1")), {"match": "most", "of": [leaf("source", "given")]},
])
def test_what_this_version_does_not_know_is_said_aloud(group: Group) -> None:
    with pytest.raises(Unknown):
        holds(group, full())


@pytest.mark.parametrize(("group", "wrong"), [
    (every(leaf("source", "is", "x")), ""),
    ({}, ""),
    (every(leaf("shoe_size", "is", "42")), "shoe_size"),
    (every(some(leaf("total", "at_least", "viel"))), "total"),
    (every(leaf(HERE + "hat", "is", "x")), HERE + "hat"),
    (every(leaf(HERE + "slots", "contains", "x")), HERE + "slots"),
    ({"match": "most", "of": []}, "most"),
    (every(some(every(leaf("source", "given")))), "all"),
    ([leaf("source", "is", "x")], "?"),
    (every("source"), "?"),  # type: ignore[arg-type]
])
def test_what_cannot_be_understood_is_found(group: Any, wrong: str) -> None:
    assert conditions.fault(group, kind()) == wrong


def test_rules_from_before_keep_their_words() -> None:
    record = full()
    for old in (leaf("scheduled", "given"), leaf("language", "is", "de"), leaf("status", "contains", "read"),
                leaf("total", "at_least", "100"), leaf("total", "at_most", "129,90")):
        assert conditions.check(old, kind()) == ""
        assert holds(old, record)
    assert conditions.typed(leaf("scheduled", "given"), kind())["field"] == "scheduled_at"


# field, operator, as typed in German, as kept, as typed in English
TYPED = [
    ("total", "at_least", "1.299,5", "1299.50 EUR", "1299.50 €"),
    ("total", "at_least", "50 €", "50.00 EUR", "50 €"),
    ("total", "at_least", "50CHF", "50.00 CHF", "50 CHF"),
    ("total", "less", "$ 12,30", "12.30 USD", "12.30 $"),
    (HERE + "slots", "less", "1.000", "1000", "1000"),
    (HERE + "slots", "less", "-2,5", "-2.5", "-2.5"),
    ("due_at", "before", "2026-12-01", "2026-12-01", "2026-12-01"),
    ("due_at", "within_next", " 7 ", "7", "7"),
    ("source", "one_of", "webshop ,, telefon", "webshop, telefon", "webshop, telefon"),
    ("source", "is", "  Webshop ", "Webshop", "Webshop"),
    ("paid", "unpaid", "was auch immer", "", ""),
]


@pytest.mark.parametrize(("field", "operator", "german", "kept", "english"), TYPED)
def test_values_are_typed_in_the_manner_of_the_reader_and_kept_in_one_for_all(
    field: str, operator: str, german: str, kept: str, english: str
) -> None:
    with i18n.speaking("de"):
        stored = conditions.keep(leaf(field, operator, german), kind())
        assert stored == leaf(field, operator, kept)
        again = conditions.typed(stored, kind())
        assert conditions.keep(again, kind()) == stored
    with i18n.speaking("en"):
        assert conditions.typed(stored, kind())["value"] == english
        assert conditions.keep(conditions.typed(stored, kind()), kind()) == stored


WRONG = [
    ("total", "at_least", "", "Ein Wert fehlt."),
    ("total", "at_least", "viel", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("total", "at_least", "1.2.3", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("total", "at_least", "1,299.90", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("total", "at_least", "€50€", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("total", "at_least", "50 XQX", "Die Währung „XQX“ gibt es nicht."),
    (HERE + "slots", "less", "fünf", "Bitte schreiben Sie eine Zahl wie 129,90."),
    ("due_at", "before", "1.12.2026", "Das ist kein Datum."),
    ("due_at", "before", "2026-02-30", "Das ist kein Datum."),
    ("due_at", "within_next", "0", "Hier gehört eine ganze Zahl von 1 bis 3650 hin."),
    ("due_at", "ago", "-3", "Hier gehört eine ganze Zahl von 1 bis 3650 hin."),
    ("due_at", "ago", "99999999999", "Hier gehört eine ganze Zahl von 1 bis 3650 hin."),
    ("due_at", "ago", "²", "Hier gehört eine ganze Zahl von 1 bis 3650 hin."),
    ("source", "one_of", " , ", "Ein Wert fehlt."),
    ("source", "is", "a\x07b", "Steuerzeichen sind hier nicht erlaubt."),
    ("source", "is", "x" * 201, "Hier sind höchstens 200 Zeichen erlaubt."),
    ("source", "less", "5", "Diese beiden passen nicht zusammen."),
    ("assignee", "is", "Mira", "Diese beiden passen nicht zusammen."),
    ("shoe_size", "is", "42", "Diese Bedingung ist hier nicht bekannt."),
    (HERE + "hat", "is", "42", "Diese Bedingung ist hier nicht bekannt."),
    ("source", "moon", "42", "Diese Bedingung ist hier nicht bekannt."),
]


@pytest.mark.parametrize(("field", "operator", "value", "sentence"), WRONG)
def test_a_wrong_value_is_refused_in_a_sentence(field: str, operator: str, value: str, sentence: str) -> None:
    with i18n.speaking("de"), pytest.raises(Refused) as refused:
        conditions.keep(leaf(field, operator, value), kind())
    assert refused.value.sentence == sentence


def test_a_value_that_is_none_of_those_to_choose_from_is_noticed(house: Flask, shop: dict[str, Location]) -> None:
    assert conditions.strange(leaf("status", "one_of", "ready, melted"), kind()) == ["melted"]
    assert conditions.strange(leaf("location", "is", "potsdam"), kind()) == []
    assert conditions.strange(leaf("location", "is", "paris"), kind()) == ["paris"]
    assert conditions.strange(leaf("profile", "is", "invoice"), kind()) == []  # as long as there are no profiles
    assert conditions.strange(leaf("source", "is", "anything"), kind()) == []


# field, operator, value, German, English
SAID = [
    ("status", "is", "ready", "der Status „Abholbereit“ ist", "the status is “ready”"),
    ("status", "one_of", "new, ready", "der Status „Neu“ oder „Abholbereit“ ist", "the status is one of “new” or “ready”"),
    ("source", "is_not", "Laden", "die Quelle nicht „Laden“ ist", "the source is not “Laden”"),
    ("number", "contains", "R-", "die Nummer „R-“ enthält", "the number contains “R-”"),
    ("contact.name", "contains_not", "Test", "der Name des Kunden „Test“ nicht enthält",
     "the customer’s name does not contain “Test”"),
    ("contact.language", "is", "en", "die Sprache des Kunden „English“ ist", "the customer’s language is “English”"),
    ("location", "is", "potsdam", "der Standort „Werkstatt Potsdam“ ist", "the location is “Werkstatt Potsdam”"),
    ("location.state", "is", "BY", "das Bundesland des Standorts „Bayern“ ist", "the location’s federal state is “Bavaria”"),
    ("profile", "is", "invoice", "das Profil „Kauf auf Rechnung“ ist", "the profile is “Kauf auf Rechnung”"),
    ("total", "at_least", "50.00 EUR", "der Betrag mindestens 50 € ist", "the total is at least €50"),
    ("total", "less", "1299.90 EUR", "der Betrag unter 1.299,90 € liegt", "the total is less than €1,299.90"),
    ("total", "more", "20 CHF", "der Betrag über 20 CHF liegt", "the total is more than CHF20"),
    ("paid", "paid", "", "die Zahlung eingegangen ist", "the payment has come in"),
    ("paid", "unpaid", "", "die Zahlung noch aussteht", "the payment is still due"),
    ("due_at", "before", "2026-12-01", "die Fälligkeit vor dem 1. Dezember 2026 liegt",
     "the due date is before 1 December 2026"),
    ("due_at", "on", "2026-12-01", "die Fälligkeit am 1. Dezember 2026 ist", "the due date is on 1 December 2026"),
    ("scheduled_at", "within_next", "3", "der Termin in höchstens 3 Tagen ist", "the appointment is at most 3 days ahead"),
    ("placed_at", "ago", "1", "das Eingangsdatum vor mehr als 1 Tag war", "the day it was placed was more than 1 day ago"),
    ("scheduled_at", "missing", "", "kein Termin feststeht", "no appointment is set"),
    ("assignee", "given", "", "jemand zuständig ist", "somebody is in charge"),
    ("contact.phone", "missing", "", "die Telefonnummer des Kunden fehlt", "the customer’s phone number is missing"),
    ("contact.consent_sms", "no", "", "die Einwilligung in SMS nicht vorliegt", "the consent to SMS is not given"),
    (HERE + "slots", "less", "5", "die Angabe „Freie Termine“ unter 5 liegt", "the entry “Open slots” is less than 5"),
    (HERE + "express", "yes", "", "die Angabe „Express“ auf Ja steht", "the entry “Express” is yes"),
    ("source", "is", "", "die Quelle … ist", "the source is …"),
    ("total", "at_least", "viel", "der Betrag mindestens viel ist", "the total is at least viel"),
    ("shoe_size", "is", "42", "…", "…"),
]


def test_conditions_are_told_in_both_languages(house: Flask, shop: dict[str, Location]) -> None:
    with transaction():
        Profile.create(key="invoice", name="Kauf auf Rechnung")
    for field, operator, value, german, english in SAID:
        for language, sentence in (("de", german), ("en", english)):
            with i18n.speaking(language):
                assert told(leaf(field, operator, value), kind()).replace("\u00a0", " ") == sentence


def test_a_group_is_told_with_brackets_around_what_belongs_together(house: Flask) -> None:
    a, b, c = (leaf("source", "is", word) for word in "abc")
    assert told(every(a, some(b, c)), kind()) == "die Quelle „a“ ist und (die Quelle „b“ ist oder die Quelle „c“ ist)"
    assert told(some(a, every(b)), kind()) == "die Quelle „a“ ist oder die Quelle „b“ ist"
    assert told(every(a, some()), kind()) == "die Quelle „a“ ist"
