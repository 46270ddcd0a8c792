"""What each trigger leaves to choose: saved from a form, refused with a sentence at its field (R2, R3, R10, B3, F3)."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core import clock, i18n
from core.db import transaction
from emails.models import Template
from records import kinds
from records.models import Kind, Location, Profile
from rules import words
from rules.builder import choosing, draft
from rules.models import Rule
from rules.triggers import TRIGGERS

HTMX = {"HX-Request": "true"}
REPORT = [{"key": "message", "labels": {"de": "Nachricht eingegangen", "en": "message received"}}]
DELIVERY = [{"key": "delivery", "type": "date", "labels": {"de": "Liefertag", "en": "delivery day"}}]


@pytest.fixture(autouse=True)
def _kind_with_everything(house: Any) -> None:
    with transaction():
        Kind.update(events=REPORT, fields=DELIVERY).where(Kind.key == "order").execute()


@pytest.fixture
def filled(letter: Template) -> dict[str, Any]:
    return {"save": "1", "kind": "order", "who-0": "customer", "template-0": str(letter.id), "name": "", "on": "1"}


def page(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def step(n: int, number: str, unit: str, at: str = "", template: str = "") -> dict[str, str]:
    return {f"step-n-{n}": number, f"step-unit-{n}": unit, f"step-at-{n}": at, f"step-template-{n}": template}


SAID: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("created", {}, {}, "Sobald ein Auftrag angelegt wird, erhält der Kunde sofort die E‑Mail Auftragsstatus."),
    ("status_changed", {}, {}, "Sobald ein Auftrag irgendeinen neuen Status bekommt, erhält"),
    ("status_changed_to", {"statuses": ["ready", "melted"], "also_created": "1"},
     {"statuses": ["ready"], "also_created": True},
     "Sobald ein Auftrag den Status Abholbereit bekommt oder schon damit angelegt wird, erhält"),
    ("time_changed", {"field": "scheduled_at"}, {"field": "scheduled_at"},
     "Sobald sich bei einem Auftrag der Termin ändert, erhält"),
    ("field_changed", {"field": "total"}, {"field": "total"}, "Sobald sich bei einem Auftrag der Betrag ändert, erhält"),
    ("field_changed", {"field": "paid"}, {"field": "paid"}, "Sobald ein Auftrag bezahlt ist, erhält"),
    ("event", {"event": "message"}, {"event": "message"},
     "Sobald ein Auftrag das Ereignis „Nachricht eingegangen“ meldet, erhält"),
    ("opened", {}, {}, "Sobald der Kunde zu einem Auftrag die Statusseite öffnet, erhält"),
    ("before", {"field": "scheduled_at", **step(0, "1", "days", "18:00"), **step(1, "2", "hours", "07:00")},
     {"field": "scheduled_at", "steps": [
         {"n": 1, "unit": "days", "at": "18:00", "template": 0}, {"n": 2, "unit": "hours", "at": "", "template": 0}]},
     "Hat ein Auftrag einen Termin, erhält der Kunde 1 Tag vorher um 18:00 Uhr und 2 Stunden vorher die E‑Mail"),
    ("before", {"field": "fields.delivery", **step(0, "0", "days", "07:30")},
     {"field": "fields.delivery", "steps": [{"n": 0, "unit": "days", "at": "07:30", "template": 0}]},
     "Hat ein Auftrag eine Angabe zu „Liefertag“, erhält der Kunde am selben Tag um 7:30 Uhr die E‑Mail"),
    ("after", {"field": "placed_at", **step(0, "3", "days"), **step(1, "7", "days"), **step(2, "14", "days")},
     {"field": "placed_at", "steps": [{"n": n, "unit": "days", "at": "", "template": 0} for n in (3, 7, 14)]},
     "Ist ein Auftrag eingegangen, erhält der Kunde 3, 7 und 14 Tage danach die E‑Mail"),
    ("every", {"weekdays": ["wed", "sat"], "days": " ", "at": "09:00"},
     {"weekdays": ["wed", "sat"], "days": [], "at": "09:00"},
     "Jeden Mittwoch und Samstag um 9:00 Uhr erhält der Kunde für jeden Auftrag die E‑Mail"),
    ("every", {"days": "15., 1 und letzter", "at": "17:00"}, {"weekdays": [], "days": [1, 15, 31], "at": "17:00"},
     "Jeden 1. und 15. des Monats und letzten Tag des Monats um 17:00 Uhr erhält der Kunde für jeden Auftrag die E‑Mail"),
]


@pytest.mark.parametrize(("trigger", "posted", "options", "sentence"), SAID)
def test_every_trigger_is_saved_from_its_form_and_reads_as_a_sentence(
    admin: FlaskClient, filled: dict[str, Any], trigger: str, posted: dict[str, Any], options: dict[str, Any], sentence: str
) -> None:
    answer = admin.post("/rules/new", data={**filled, "trigger": trigger, **posted})
    assert answer.status_code == 302, page(answer)
    rule = Rule.get()
    assert (rule.trigger, rule.options) == (trigger, options)
    assert words.sentence(rule, words.names()).striptags().replace("\u00a0", " ").startswith(sentence)
    again = draft.of(rule)
    assert choosing.stored(again.options, trigger) == options, "opened and saved again it stays as it was"
    assert "Auftrag" in page(admin.get(f"/rules/{rule.id}"))


def test_every_trigger_is_among_them() -> None:
    assert {trigger for trigger, *_rest in SAID} == TRIGGERS.keys()


BEFORE = {"trigger": "before", "field": "scheduled_at"}
EVERY = {"trigger": "every", "weekdays": ["wed"], "at": "09:00"}
NUMBER = "Hier gehört eine ganze Zahl ab 1 hin."
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"trigger": "time_changed"}, "field", "Bitte wählen Sie, welcher Zeitpunkt gemeint ist."),
    ({"trigger": "time_changed", "field": "fields.gone"}, "field", "Bitte wählen Sie, welcher Zeitpunkt gemeint ist."),
    ({"trigger": "field_changed", "field": "scheduled_at"}, "field", "Bitte wählen Sie eine Angabe."),
    ({"trigger": "event", "event": "moon"}, "event", "Bitte wählen Sie ein Ereignis."),
    ({**BEFORE}, "steps", "Bitte sagen Sie, wie lange vorher."),
    ({"trigger": "after", "field": "due_at"}, "steps", "Bitte sagen Sie, wie lange danach."),
    ({**BEFORE, **step(0, "", "days")}, "step-n-0", NUMBER),
    ({**BEFORE, **step(0, "-1", "days")}, "step-n-0", NUMBER),
    ({**BEFORE, **step(0, "1.5", "hours")}, "step-n-0", NUMBER),
    ({**BEFORE, **step(0, "²", "hours")}, "step-n-0", NUMBER),
    ({**BEFORE, **step(0, "9" * 40, "hours")}, "step-n-0", NUMBER),
    ({**BEFORE, **step(0, "0", "hours")}, "step-n-0", "Für denselben Tag wählen Sie Tage und nennen eine Uhrzeit"),
    ({**BEFORE, **step(0, "0", "days")}, "step-n-0", "Für denselben Tag wählen Sie Tage und nennen eine Uhrzeit"),
    ({**BEFORE, **step(0, "367", "days")}, "step-n-0", "Höchstens 366 Tage sind möglich."),
    ({**BEFORE, **step(0, "9000", "hours")}, "step-n-0", "Höchstens 366 Tage sind möglich."),
    ({**BEFORE, **step(0, "1", "moons")}, "step-unit-0", "Bitte wählen Sie Minuten, Stunden oder Tage."),
    ({**BEFORE, **step(0, "1", "days", "25:00")}, "step-at-0", "Das ist keine Uhrzeit."),
    ({**BEFORE, **step(0, "1", "days"), **step(1, "1", "days")}, "step-n-1", "Diese Stufe gibt es schon."),
    ({**BEFORE, **step(0, "1", "days", template="999")}, "step-template-0", "Bitte wählen Sie eine Vorlage."),
    ({**EVERY, "weekdays": []}, "weekdays", "Kreuzen Sie einen Wochentag an, oder nennen Sie einen Tag des Monats."),
    ({**EVERY, "weekdays": ["moonday"]}, "weekdays", "Kreuzen Sie einen Wochentag an"),
    ({**EVERY, "days": "0"}, "days", "Hierher gehören Tage von 1 bis 31 oder „letzter“"),
    ({**EVERY, "days": "32"}, "days", "Hierher gehören Tage von 1 bis 31 oder „letzter“"),
    ({**EVERY, "days": "1, Mond"}, "days", "Hierher gehören Tage von 1 bis 31 oder „letzter“"),
    ({**EVERY, "at": ""}, "at", "Bitte nennen Sie die Uhrzeit."),
    ({**EVERY, "at": "25:00"}, "at", "Das ist keine Uhrzeit."),
    ({"trigger": "created", "profile": ""}, "profile", "Bitte wählen Sie ein Profil"),
    ({"trigger": "created", "profile": "moon"}, "profile", "Bitte wählen Sie ein Profil"),
]


def test_impossible_choices_are_refused_with_the_field_named(admin: FlaskClient, filled: dict[str, Any]) -> None:
    for wrong, field, sentence in WRONG:
        answer = admin.post("/rules/new", data={**filled, **wrong})
        assert answer.status_code == 422, wrong
        said = re.search(f'id="blank-{field}-error">(.*?)</span></span>', page(answer), re.DOTALL)
        assert said and sentence in said[1], wrong
    assert Rule.select().count() == 0


def test_what_was_typed_stays_beside_its_sentence(admin: FlaskClient, filled: dict[str, Any]) -> None:
    shown = page(admin.post("/rules/new", data={**filled, **BEFORE, **step(0, "drei", "days", "25:00")}))
    assert 'value="drei"' in shown and 'value="25:00"' in shown
    assert 'value="1, Mond"' in page(admin.post("/rules/new", data={**filled, **EVERY, "days": "1, Mond"}))


def test_triggers_stand_in_families_and_every_kind_has_events(admin: FlaskClient) -> None:
    shown = page(admin.get("/rules/new?kind=order"))
    for family in ("Es geschieht etwas", "Ein Zeitpunkt naht oder ist vorbei", "Regelmäßig"):
        assert f'<optgroup label="{family}">' in shown
    assert '<option value="event"' in shown
    assert '<option value="event"' in page(admin.get("/rules/new?kind=booking")), "customers answer on the pages of any kind"


def test_r1_a_new_reminder_begins_one_day_before_the_appointment(admin: FlaskClient) -> None:
    shown = page(admin.get("/rules/new?kind=booking&as=reminder"))
    assert '<option value="before" selected>' in shown
    assert '<option value="scheduled_at" selected>' in shown
    assert re.search(r'name="step-n-0"[^>]*value="1"', shown) and '>Tag</option>' in shown


def test_a_trigger_that_was_just_chosen_begins_with_something_sensible(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    shown = page(admin.post("/rules/new", data={**filled, "trigger": "after"}, headers=HTMX))
    assert '<option value="scheduled_at" selected>' in shown
    assert 'name="step-n-0"' in shown


def test_steps_are_added_and_taken_out_up_to_twelve(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    one = {**filled, **BEFORE, **step(0, "1", "days")}
    added = page(admin.post("/rules/new", data={**one, "add": "step"}, headers=HTMX))
    assert re.search(r'id="blank-step-n-1"[^>]* autofocus', added), "the cursor goes to the new one"
    twelve = one | {key: value for n in range(12) for key, value in step(n, str(n + 1), "days").items()}
    full = page(admin.post("/rules/new", data={**twelve, "add": "step"}, headers=HTMX))
    assert 'name="step-n-11"' in full and 'name="step-n-12"' not in full and 'id="add-step"' not in full
    two = one | step(1, "2", "hours")
    left = page(admin.post("/rules/new", data={**two, "drop": "step-0"}, headers=HTMX))
    assert re.search(r'name="step-n-0"[^>]*value="2"', left) and 'name="step-n-1"' not in left
    alone = page(admin.post("/rules/new", data={**one, "drop": "step-0"}, headers=HTMX))
    assert 'name="step-n-0"' in alone, "the last one stays"


def test_a_step_may_have_a_text_of_its_own(admin: FlaskClient, filled: dict[str, Any]) -> None:
    with transaction():
        text = {"de": {"subject": "Zweite Mahnung", "body": "Hallo"}}
        second = Template.create(name="Zweite Mahnung", texts=text, updated_at=clock.now())
    steps = {**step(0, "3", "days"), **step(1, "7", "days", template=str(second.id))}
    admin.post("/rules/new", data={**filled, "trigger": "after", "field": "placed_at", **steps})
    assert [one["template"] for one in Rule.get().options["steps"]] == [0, second.id]
    assert f'<option value="{second.id}" selected>Zweite Mahnung' in page(admin.get(f"/rules/{Rule.get().id}"))


def test_the_clauses_of_time_profile_and_release_are_kept(admin: FlaskClient, filled: dict[str, Any]) -> None:
    with transaction():
        Profile.create(key="standard", name="Standard")
    posted = {**filled, "trigger": "created", "hours": "1", "profile": "standard", "release": "hand"}
    admin.post("/rules/new", data=posted)
    rule = Rule.get()
    assert (rule.hours, rule.profile, rule.release) == (True, "standard", "hand")
    shown = page(admin.get(f"/rules/{rule.id}"))
    assert "aber nur in den Arbeitszeiten des Standorts," in shown
    assert '<option value="standard" selected>' in shown
    assert "wartet sie unter „Auftragsstatus senden“" in shown
    closed = {key: value for key, value in posted.items() if key not in ("hours", "profile", "release")}
    admin.post(f"/rules/{rule.id}", data=closed)
    assert (Rule.get().hours, Rule.get().profile, Rule.get().release) == (False, "", "auto")


def test_only_events_can_be_delayed(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    assert 'id="add-delay"' in page(admin.post("/rules/new", data={**filled, "trigger": "created"}, headers=HTMX))
    delayed = {**filled, **BEFORE, **step(0, "1", "days"), "delay": "3", "unit": "hours"}
    shown = page(admin.post("/rules/new", data=delayed, headers=HTMX))
    assert 'id="add-delay"' not in shown and 'name="delay"' not in shown


def test_another_kind_keeps_what_fits(admin: FlaskClient, filled: dict[str, Any]) -> None:
    del filled["save"]
    posted = {**filled, **BEFORE, "field": "fields.delivery", **step(0, "3", "hours"), "name": "Mein Name"}
    shown = page(admin.post("/rules/new", data={**posted, "kind": "booking"}, headers=HTMX))
    assert '<option value="scheduled_at" selected>' in shown, "bookings have no delivery day"
    assert 'value="3"' in shown and 'value="Mein Name"' in shown


def test_beside_the_form_stands_when_it_would_go_out(
    admin: FlaskClient, filled: dict[str, Any], shop: dict[str, Location], make_record: Any
) -> None:
    record = make_record("1001", location="berlin")
    assert record.id
    plain = page(admin.post("/rules/preview", data={**filled, "trigger": "created"}))
    assert re.search(r"<dt>Geschähe es jetzt</dt><dd>sofort</dd>", plain)
    reminded = {**filled, **BEFORE, **step(0, "1", "days"), **step(1, "2", "hours")}
    without = page(admin.post("/rules/preview", data=reminded))
    assert "<dt>1 Tag vorher</dt><dd>Dieser Vorgang hat diesen Zeitpunkt nicht.</dd>" in without
    make_record("1001", status="cancelled")
    assert "Dieser Vorgang ist abgeschlossen oder storniert." in page(admin.post("/rules/preview", data=reminded))
    elsewhere = {**reminded, "place": ["", str(shop["potsdam"].id)]}
    assert "liegt an einem anderen Standort" in page(admin.post("/rules/preview", data=elsewhere))
    for unfinished in ({"trigger": "every"}, {"trigger": "event"}, {"trigger": "moon"}, {"trigger": "status_changed_to"}):
        assert admin.post("/rules/preview", data={**filled, **unfinished}).status_code == 200


def test_the_worst_case_is_long_and_in_another_language(
    admin: FlaskClient, filled: dict[str, Any], make_record: Any
) -> None:
    make_record("1001")
    shown = page(admin.post("/rules/preview", data={**filled, "trigger": "created", "record": "worst", "plain": "1"}))
    assert "RE-2026/0000104711-Ersatzlieferung-B" in shown
    assert '<pre class="plain"' in shown
    for kind in kinds.everyone():
        mail = admin.get(f"/rules/mail?kind={kind.key}&record=worst&who=customer&template={filled['template-0']}")
        assert "Maximiliane-Hubertina" in page(mail)


@pytest.mark.parametrize(("language", "said"), [("de", "letzter"), ("en", "last")])
def test_the_last_day_is_said_in_the_readers_language(language: str, said: str) -> None:
    with i18n.speaking(language):
        assert choosing.typed({"days": [1, 31]}, "every")["days"] == f"1, {said}"
