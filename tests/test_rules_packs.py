"""The starter packs: put in once, edits are kept."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import READERS
from core import clock, i18n, journal, settings
from core.db import transaction
from core.i18n import LANGUAGES
from emails import bubble, samples, sms
from emails.check import kind_fields, text_faults
from emails.models import Template
from outbox.models import Message, Sender
from records import kinds
from records.models import Kind, Location
from records.people import Person
from rules import lint
from rules.lint.house import House
from rules.models import Rule
from rules.packs import reader
from rules.triggers import TRIGGERS

PACKS = [pack.name for pack in reader.available()]
PROMISED = ["new", "accepted", "in_progress", "waiting", "ready", "done", "cancelled"]


@pytest.fixture
def gateway(house: Flask) -> Sender:
    """The built-in mailbox for SMS."""
    with transaction():
        plain = {"host": "", "port": 0, "tls": "none", "from_address": "", "created_at": clock.now()}
        return Sender.create(type="mailbox", label="Probe", **plain)


def test_the_repair_shop_brings_what_was_promised(house: Flask) -> None:
    report = reader.install("repair-shop")
    statuses = Kind.get(Kind.key == "order").statuses
    assert [status["key"] for status in statuses] == PROMISED
    for status in statuses:
        assert all(status["labels"][language] and status["sentence"][language] for language in LANGUAGES)
    rules = {rule.trigger + "".join(rule.options.get("statuses", [])): rule for rule in Rule.select()}
    assert set(rules) == {"created", "status_changed_toready", "status_changed_tocancelled", "status_changed_todone"}
    assert [key for key, rule in rules.items() if not rule.on] == ["status_changed_todone"]
    assert len(report.rules) == 4 and len(report.on) == 3


def test_each_of_its_mails_carries_the_link_in_both_languages(house: Flask) -> None:
    reader.install("repair-shop")
    for template in Template.select().where(Template.system.is_null()):
        assert set(template.texts) == set(LANGUAGES)
        for language, text in template.texts.items():
            assert text_faults(text, language, []) == []
            assert "({{ link }})" in text["body"] or not template.spoken("email")


def test_each_of_its_sms_is_a_single_part_in_both_languages(house: Flask, shop: dict[str, Location]) -> None:
    reader.install("repair-shop")
    record, link = samples.record(Kind.get(Kind.key == "order")), f"https://status.radhaus-lindner.example/s/{bubble.TOKEN}"
    texted = [one for one in Template.select().where(Template.system.is_null()) if one.spoken("sms")]
    assert len(texted) == 6
    for template in texted:
        for language in LANGUAGES:
            said = sms.fill(template, record, Person("customer", "Ada", "", language, None, None), link)
            assert (sms.count(said).encoding, sms.count(said).segments) == ("gsm7", 1), said
            assert said.startswith("Radhaus Lindner: ") and (link in said or not template.spoken("email"))


def test_r6_feedback_is_asked_by_sms_an_hour_after_completion_once_there_is_a_gateway(
    gateway: Sender, shop: dict[str, Location], make_record: Any, ada: dict[str, Any]
) -> None:
    reader.install("repair-shop")
    rule = Rule.get(Rule.channel == "sms")
    assert (rule.on, rule.sender_id, rule.delay) == (True, gateway.id, 60)
    make_record("1001", contact={**ada, "consent": {"sms": True, "advertising": True}})
    make_record("1001", status="done", location="berlin")
    while journal.read(READERS):
        pass
    planned = list(Message.select().where(Message.rule_id == rule.id))
    assert [(one.record.number, one.channel, one.sender_id) for one in planned] == [("1001", "sms", gateway.id)]
    assert planned[0].template.advertising and not rule.conditions
    assert planned[0].due_at >= planned[0].planned_at + timedelta(minutes=59)


def test_r6_without_a_gateway_the_rule_says_what_it_needs(admin: Any, shop: dict[str, Location]) -> None:
    assert "ausgeschaltet, bis ein SMS-Gateway verbunden ist" in admin.get("/rules?kind=order").text
    reader.install("repair-shop")
    page = admin.get("/rules?kind=order").text
    assert "die SMS <b>Bitte um Feedback</b>" in page and "bitte verbinden Sie unter" in page


def test_putting_it_in_twice_changes_nothing(house: Flask) -> None:
    reader.install("repair-shop")
    before = (list(Rule.select().dicts()), list(Template.select().dicts()), list(Kind.select().dicts()))
    again = reader.install("repair-shop")
    assert (list(Rule.select().dicts()), list(Template.select().dicts()), list(Kind.select().dicts())) == before
    assert (again.rules, again.templates, again.statuses) == ([], [], [])
    assert str(again) == "repair-shop: everything was there already."


def test_what_an_admin_changed_or_deleted_stays_so(house: Flask) -> None:
    reader.install("repair-shop")
    with transaction():
        first, second, *others = Rule.select().order_by(Rule.id)
        first.name = "Mein Name"
        first.save()
        second.delete_instance()
    reader.install("repair-shop")
    assert [rule.name for rule in Rule.select().order_by(Rule.id)] == ["Mein Name", *(rule.name for rule in others)]


def test_statuses_an_admin_has_changed_are_kept_and_only_missing_ones_added(house: Flask) -> None:
    kind = Kind.get(Kind.key == "order")
    own = {"key": "new", "labels": {"de": "Frisch"}, "sentence": {"de": "Frisch da."}, "tone": "plain"}
    kind.statuses = [own, {**own, "key": "polished"}]
    with transaction():
        kind.save()
    reader.install("repair-shop")
    statuses = Kind.get(Kind.key == "order").statuses
    assert statuses[0] == own
    assert [status["key"] for status in statuses] == ["new", "polished", *PROMISED[1:]]


@pytest.mark.parametrize(("language", "name"), [("de", "Abholbereit melden"), ("en", "Say it is ready")])
def test_names_are_in_the_language_of_the_company(house: Flask, language: str, name: str) -> None:
    settings.put("company", {"language": language})
    assert name in reader.install("repair-shop").rules


@pytest.mark.parametrize("name", PACKS)
def test_every_pack_uses_only_what_this_version_knows(house: Flask, name: str) -> None:
    pack = reader.find(name)
    keys = {said["key"] for said in pack.words["template"]}
    for said in pack.words["rule"]:
        assert said["trigger"] in TRIGGERS
        assert {recipient["template"] for recipient in said["recipients"]} <= keys
    for language in LANGUAGES:
        with i18n.speaking(language):
            assert pack.title and pack.about and all(reader.sentences(pack))


@pytest.mark.parametrize("name", PACKS)
def test_every_text_of_a_pack_is_there_in_both_languages_and_without_fault(house: Flask, name: str) -> None:
    reader.install(name)
    for template in Template.select().where(Template.system.is_null()):
        assert set(template.texts) == set(LANGUAGES), template.name
        fields = kind_fields(Kind.get(Kind.key == template.kind_id))
        for language, text in template.texts.items():
            assert text_faults(text, language, fields) == [], template.name


@pytest.mark.parametrize("name", PACKS)
def test_nothing_stops_a_rule_of_a_pack(shop: dict[str, Location], gateway: Sender, name: str) -> None:
    reader.install(name)
    for rule in Rule.select():
        assert [one.sentence for one in lint.of(rule, House()) if one.stops] == [], rule.name


@pytest.mark.parametrize("name", PACKS)
def test_each_pack_is_put_in_once(house: Flask, name: str) -> None:
    first, again = reader.install(name), reader.install(name)
    assert first.rules and first.templates and str(again) == f"{name}: everything was there already."


def test_packs_share_a_kind_without_taking_from_one_another(house: Flask) -> None:
    for name in PACKS:
        reader.install(name)
    keys = [status["key"] for status in Kind.get(Kind.key == "order").statuses]
    own = ["in_production", "shipped", "downloadable", "invoiced", "part_delivered", "invoice_credited", "credit_note"]
    assert keys == [*PROMISED, *own]
    assert Rule.select().count() == sum(len(reader.find(name).words["rule"]) for name in PACKS)


def test_a_kind_may_say_who_its_contact_is(house: Flask) -> None:
    said = [str(one) for one in reader.sentences(reader.find("advice-platform"))]
    assert any("<b>der Berater</b> für jeden Berater die E‑Mail <b>Slot-Erinnerung</b>" in one for one in said)
    assert any("<b>der Kunde</b> sofort die E‑Mail <b>Bestätigung der Terminbuchung</b>" in one for one in said)


def test_fields_and_events_taken_away_since_stay_away(house: Flask) -> None:
    reader.install("advice-platform")
    with transaction():
        Kind.update(fields=[], events=[]).where(Kind.key == "advisor").execute()
    reader.install("advice-platform")
    assert (Kind.get(Kind.key == "advisor").fields, Kind.get(Kind.key == "advisor").events) == ([], [])


@pytest.mark.parametrize(("change", "said"), [
    ({"key": "message"}, "no kind can be called “message”"), ({"key": "Rückruf"}, "no kind can be called"),
    ({"collection": "find"}, "no collection can be called “find”"), ({"collection": "orders"}, "already"),
    ({"events": [{"key": "created"}]}, "no event can be called “created”"), ({"events": [{"key": "a.b"}]}, "no event"),
    ({"fields": [{"key": "a", "type": "matrix"}]}, "there is no type “matrix”"), ({"statuses": []}, "at least one status"),
])
def test_a_kind_whose_words_mean_something_else_is_refused(house: Flask, change: dict[str, Any], said: str) -> None:
    status = {"key": "new", "labels": {"de": "Neu"}, "sentence": {"de": "Neu."}, "tone": "plain"}
    labels = {"de": {"one": "Besuch", "many": "Besuche"}}
    words = {"key": "visit", "collection": "visits", "labels": labels, "statuses": [status]}
    with pytest.raises(kinds.Unfit, match=said):
        kinds.create({**words, **change})
    assert kinds.create(words).position > Kind.get(Kind.key == "booking").position


def test_an_unknown_pack_is_answered_with_those_there_are(house: Flask) -> None:
    with pytest.raises(reader.NoSuchPack, match="repair-shop"):
        reader.install("moon-base")
