"""Every change of a rule is kept, told in words, and can be undone; deleted rules come back."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock, journal
from core.db import transaction
from emails.models import Template
from outbox.models import Message
from rules import engine, index, versions
from rules.builder import draft, saving
from rules.models import Rule, RuleVersion
from rules.packs import reader

Make = Callable[..., Any]
READY = {"statuses": ["ready"], "also_created": False}


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def kept(rule: Rule) -> list[tuple[int, str]]:
    found = RuleVersion.select().where(RuleVersion.rule_id == rule.id).order_by(RuleVersion.version)
    return [(row.version, row.how) for row in found]


def edit(rule: Rule, **changes: Any) -> None:
    """Change a rule as the builder does."""
    rule = Rule.get_by_id(rule.id)
    filled = draft.of(rule)
    for name, value in changes.items():
        setattr(filled, name, value)
    saving.save(filled, rule, "user:1")


@pytest.fixture
def other(rule: Rule) -> Template:
    with transaction():
        return Template.create(
            name="Kurz und gut", texts={"de": {"subject": "Kurz", "body": "{{ greeting }}"}}, updated_at=clock.now()
        )


def test_a_rule_older_than_versions_is_kept_as_it_was_before_its_first_change(rule: Rule) -> None:
    assert kept(rule) == []
    edit(rule, name="Neuer Name")
    assert kept(rule) == [(1, "found"), (2, "edited")]
    first, second = RuleVersion.select().order_by(RuleVersion.version)
    assert (first.content["name"], second.content["name"]) == ("Eingang bestätigen", "Neuer Name")
    assert (first.actor, second.actor) == ("", "user:1")
    assert first.at == rule.updated_at
    assert Rule.get_by_id(rule.id).version == 2


def test_every_way_to_change_a_rule_leaves_one_version(admin: FlaskClient, rule: Rule, other: Template) -> None:
    filled = draft.blank(rule.kind)
    filled.recipients[0]["template"] = str(other.id)
    mine, _job = saving.save(filled, None, "user:1")
    admin.post(f"/rules/{mine.id}/switch", data={"on": "0"})
    admin.post("/rules/bulk", data={"kind": "order", "do": "on", "rule": [mine.id]})
    admin.post("/rules/many", data={"kind": "order", "rule": [mine.id], "release": "hand", "save": "1"})
    index.switch_off(Rule.get_by_id(mine.id), "trigger:moon")
    admin.post(f"/rules/{mine.id}/history/1")
    admin.post("/rules/delete", data={"kind": "order", "rule": mine.id})
    admin.post(f"/rules/{mine.id}/back")
    assert kept(mine) == list(enumerate(
        ["created", "switched", "switched", "bulk", "faulty", "restored:1", "deleted", "returned"], start=1
    ))
    assert Rule.get_by_id(mine.id).version == 8


def test_what_changes_nothing_leaves_no_version(admin: FlaskClient, rule: Rule) -> None:
    admin.post("/rules/bulk", data={"kind": "order", "do": "on", "rule": [rule.id]})
    admin.post("/rules/many", data={"kind": "order", "rule": [rule.id], "release": "auto", "save": "1"})
    assert kept(rule) == []


def test_rules_of_a_pack_begin_with_their_first_version(house: Any) -> None:
    reader.install("repair-shop")
    assert {row.how for row in RuleVersion.select()} == {"created"}
    assert RuleVersion.select().count() == Rule.select().count()


def test_a_version_is_written_with_its_change_or_not_at_all(rule: Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "record_many", lambda rows: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        saving.switch([rule], False, "user:1")
    assert kept(rule) == []
    assert Rule.get_by_id(rule.id).on


def test_two_people_saving_at_once_make_two_versions(rule: Rule) -> None:
    mine, theirs = Rule.get_by_id(rule.id), Rule.get_by_id(rule.id)
    saving.save(draft.of(mine), mine, "user:1")
    saving.save(draft.of(theirs), theirs, "user:2")
    assert kept(rule) == [(1, "found"), (2, "edited"), (3, "edited")]


def test_the_history_tells_who_changed_what_and_marks_the_words(admin: FlaskClient, rule: Rule, other: Template) -> None:
    actor = "user:1"
    with time_machine.travel("2026-11-20T09:52:00Z", tick=False):
        filled = draft.of(Rule.get_by_id(rule.id))
        filled.delay, filled.unit = "3", "hours"
        filled.recipients[0]["template"] = str(other.id)
        saving.save(filled, Rule.get_by_id(rule.id), actor)
    shown = page(admin.get(f"/rules/{rule.id}/history"))
    assert "Fassung 2: Geändert" in shown
    assert "Ada Admin, <time" in shown
    assert "Freitag, 20. November 2026, 10:52" in shown
    assert '<dt>Verzögerung</dt>' in shown
    assert '<del><span class="sr">vorher: </span>sofort</del>' in shown
    assert '<ins><span class="sr">nachher: </span>nach 3 Stunden</ins>' in shown
    assert '<del><span class="sr">entfernt: </span>Auftragsstatus</del>' in shown
    assert '<ins><span class="sr">neu: </span>Kurz und gut</ins>' in shown
    assert "<dt>Empfänger</dt>" not in shown


def test_each_aspect_is_told_when_it_changes(admin: FlaskClient, rule: Rule, shop: dict[str, Any]) -> None:
    with transaction():
        versions.begin([rule])
        Rule.update(
            trigger="status_changed_to", options=READY, hours=True, release="hand", profile="invoice", name="Abholung",
            locations=[shop["berlin"].id], recipients=[{**rule.recipients[0], "who": "assignee"}], on=False,
            conditions={"match": "all", "of": [{"field": "source", "operator": "is", "value": "laden"}]},
        ).execute()
        versions.keep([rule], "edited", "user:1")
    shown = page(admin.get(f"/rules/{rule.id}/history"))
    for label in (
        "Name", "Auslöser", "Bedingungen", "Arbeitszeiten", "Empfänger", "Standorte", "Profil", "Freigabe", "Eingeschaltet"
    ):
        assert f"<dt>{label}</dt>" in shown
    assert "<dt>Vorlage</dt>" not in shown


def test_an_older_version_comes_back_as_a_new_one_and_stays_switched_off(admin: FlaskClient, rule: Rule) -> None:
    edit(rule, trigger="status_changed_to", options=READY, on=False)
    assert admin.post(f"/rules/{rule.id}/history/1").location == f"/rules/{rule.id}/history"
    now = Rule.get_by_id(rule.id)
    assert (now.trigger, now.on, now.version) == ("created", False, 3)
    assert kept(rule)[-1] == (3, "restored:1")
    assert "Fassung 1 zurückgeholt" in page(admin.get(f"/rules/{rule.id}/history"))


def test_a_version_that_comes_back_never_reaches_back(admin: FlaskClient, rule: Rule, make_record: Make) -> None:
    edit(rule, trigger="status_changed_to", options=READY)
    make_record("1001")
    admin.post(f"/rules/{rule.id}/history/1")
    journal.read([engine.read])
    assert Message.select().count() == 0
    make_record("1002")
    journal.read([engine.read])
    assert Message.select().count() == 1


def test_only_the_name_changed_back_keeps_what_was_in_force(admin: FlaskClient, rule: Rule) -> None:
    edit(rule, name="Anders")
    admin.post(f"/rules/{rule.id}/history/1")
    assert Rule.get_by_id(rule.id).since == rule.since


def test_a_version_whose_template_is_gone_is_refused_by_its_name(
    admin: FlaskClient, rule: Rule, letter: Template, other: Template
) -> None:
    edit(rule, recipients=[{"who": "customer", "address": "", "template": str(other.id), "subject": "", "body": ""}])
    admin.post(f"/templates/{letter.id}/delete")
    answer = admin.post(f"/rules/{rule.id}/history/1")
    assert answer.status_code == 422
    assert "Diese Fassung verschickt die Vorlage „Auftragsstatus“, die es nicht mehr gibt" in page(answer)
    assert Rule.get_by_id(rule.id).recipients[0]["template"] == other.id
    assert '<del><span class="sr">entfernt: </span>Auftragsstatus</del>' in page(answer), "the history still knows its name"


def test_a_version_that_the_builder_would_refuse_is_refused(admin: FlaskClient, rule: Rule) -> None:
    with transaction():
        versions.begin([rule])
    RuleVersion.update(content={**RuleVersion.get().content, "trigger": "moon_is_full"}).execute()
    answer = admin.post(f"/rules/{rule.id}/history/1")
    assert answer.status_code == 422
    assert "kennt den Auslöser „moon_is_full“ nicht" in page(answer)


def test_a_deleted_rule_is_listed_and_comes_back_switched_off_with_its_number(
    admin: FlaskClient, rule: Rule, make_record: Make
) -> None:
    admin.post("/rules/delete", data={"kind": "order", "rule": rule.id})
    listed = "<h2>Eingang bestätigen</h2>"
    assert listed in page(admin.get("/rules/deleted?kind=order"))
    assert listed not in page(admin.get("/rules/deleted?kind=booking"))
    assert "gelöscht" in page(admin.get(f"/rules/{rule.id}/history"))
    assert admin.post(f"/rules/{rule.id}/back").location == "/rules?kind=order"
    back = Rule.get_by_id(rule.id)
    assert (back.name, back.on, back.recipients) == (rule.name, False, rule.recipients)
    assert listed not in page(admin.get("/rules/deleted?kind=order"))
    admin.post(f"/rules/{rule.id}/switch", data={"on": "1"})
    make_record("1001")
    journal.read([engine.read])
    assert Message.select().count() == 1


def test_bringing_back_twice_brings_back_once(admin: FlaskClient, rule: Rule) -> None:
    admin.post("/rules/delete", data={"kind": "order", "rule": rule.id})
    admin.post(f"/rules/{rule.id}/back")
    admin.post(f"/rules/{rule.id}/switch", data={"on": "1"})
    admin.post(f"/rules/{rule.id}/back")
    assert Rule.get_by_id(rule.id).on
    assert kept(rule)[-1][1] == "switched"


def test_the_last_twenty_deleted_rules_are_listed(admin: FlaskClient, rule: Rule) -> None:
    columns = Rule.select().where(Rule.id == rule.id).dicts().get()
    copies = [Rule.create(**{**columns, "id": None, "name": f"Nummer {n:02}"}) for n in range(25)]
    saving.delete(copies, "user:1")
    shown = page(admin.get("/rules/deleted?kind=order"))
    assert "Nummer 24" in shown and "Nummer 05" in shown
    assert "Nummer 04" not in shown


def test_a_new_rule_never_gets_the_number_of_a_deleted_one(rule: Rule) -> None:
    columns = Rule.select().where(Rule.id == rule.id).dicts().get()
    last = Rule.create(**{**columns, "id": None})
    saving.delete([last], "user:1")
    assert Rule.create(**{**columns, "id": None}).id == last.id + 1


def test_staff_read_the_history_and_restore_nothing(clerk: FlaskClient, rule: Rule) -> None:
    edit(rule, name="Anders")
    shown = page(clerk.get(f"/rules/{rule.id}/history"))
    assert "Fassung 2: Geändert" in shown
    assert "Diese Fassung zurückholen" not in shown
    assert clerk.post(f"/rules/{rule.id}/history/1").status_code == 403
    assert clerk.post(f"/rules/{rule.id}/back").status_code == 403


def test_a_history_that_was_never_kept_shows_the_rule_as_it_stands(admin: FlaskClient, rule: Rule) -> None:
    shown = page(admin.get(f"/rules/{rule.id}/history"))
    assert "Stand, bevor Fassungen festgehalten wurden" in shown
    assert RuleVersion.select().count() == 0
    assert admin.get("/rules/4711/history").status_code == 404
    assert admin.post(f"/rules/{rule.id}/history/99").status_code == 404


def test_a_long_history_is_paged(admin: FlaskClient, rule: Rule) -> None:
    for n in range(40):
        saving.switch([Rule.get_by_id(rule.id)], bool(n % 2), "user:1")
    first = page(admin.get(f"/rules/{rule.id}/history"))
    assert "Fassung 41:" in first and "Fassung 11:" not in first
    second = page(admin.get(f"/rules/{rule.id}/history?before=12"))
    assert "Fassung 11:" in second and "Fassung 1:" in second
    assert "Frühere Fassungen" in first and "Frühere Fassungen" not in second
