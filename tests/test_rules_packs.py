"""The starter packs: put in once, edits are kept."""

import pytest
from flask import Flask

from core import i18n, settings
from core.db import transaction
from core.i18n import LANGUAGES
from emails.check import text_faults
from emails.models import Template
from records.models import Kind
from rules.models import Rule
from rules.packs import reader
from rules.triggers import TRIGGERS

PROMISED = ["new", "accepted", "in_progress", "waiting", "ready", "done", "cancelled"]


def test_the_repair_shop_brings_what_was_promised(house: Flask) -> None:
    report = reader.install("repair-shop")
    statuses = Kind.get(Kind.key == "order").statuses
    assert [status["key"] for status in statuses] == PROMISED
    for status in statuses:
        assert all(status["labels"][language] and status["sentence"][language] for language in LANGUAGES)
    rules = {rule.trigger + "".join(rule.options.get("statuses", [])): rule for rule in Rule.select()}
    assert set(rules) == {"created", "status_changed_toready", "status_changed_tocancelled"}
    assert all(rule.on and rule.since for rule in rules.values())
    assert len(report.rules) == 3


def test_each_of_its_mails_carries_the_link_in_both_languages(house: Flask) -> None:
    reader.install("repair-shop")
    for template in Template.select().where(Template.system.is_null()):
        assert set(template.texts) == set(LANGUAGES)
        for language, text in template.texts.items():
            assert text_faults(text, language, []) == []
            assert "({{ link }})" in text["body"]


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
        first, second, third = Rule.select().order_by(Rule.id)
        first.name = "Mein Name"
        first.save()
        second.delete_instance()
    reader.install("repair-shop")
    assert [rule.name for rule in Rule.select().order_by(Rule.id)] == ["Mein Name", third.name]


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


def test_every_pack_uses_only_what_this_version_knows(house: Flask) -> None:
    for pack in reader.available():
        keys = {said["key"] for said in pack.words["template"]}
        for said in pack.words["rule"]:
            assert said["trigger"] in TRIGGERS
            assert {recipient["template"] for recipient in said["recipients"]} <= keys
        for language in LANGUAGES:
            with i18n.speaking(language):
                assert pack.title and pack.about and all(reader.sentences(pack))


def test_an_unknown_pack_is_answered_with_those_there_are(house: Flask) -> None:
    with pytest.raises(reader.NoSuchPack, match="repair-shop"):
        reader.install("moon-base")
