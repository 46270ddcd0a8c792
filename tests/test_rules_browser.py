"""The builder in a real browser: a rule is filled in, read beside it, corrected and saved, and axe has nothing to say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core import clock, journal
from outbox.models import Message
from records.models import Kind
from rules import engine, jobs
from rules.models import Rule
from rules.packs import reader
from rules.triggers import TRIGGERS
from tests.browsing import PHONE, Browse, faults, is_too_wide, looked_over
from tests.conftest import make_user

Make = Callable[..., Any]


@pytest.fixture
def page(shop: Any, browse: Browse) -> Page:
    """An admin's page."""
    return browse(make_user("ada.admin@example.org", "Ada Admin", "admin"), locale="de-DE")


def test_a_rule_is_written_read_and_saved(page: Page, make_record: Make) -> None:
    make_record("1001")
    reader.install("repair-shop")
    page.goto("/rules/new?kind=order")
    page.get_by_label("Auslöser").select_option("status_changed_to")
    page.get_by_role("checkbox", name="Abholbereit").check()
    page.get_by_role("button", name="Verzögerung").click()
    page.get_by_label("Wie viele").fill("3")
    page.get_by_label("Einheit").select_option("hours")
    page.get_by_label("Vorlage", exact=True).select_option("new")
    beside = page.locator("#side")
    expect(beside.locator(".sentence")).to_have_text(
        "Sobald ein Auftrag den Status Abholbereit bekommt, erhält der Kunde nach 3 Stunden die E‑Mail (neue Vorlage)."
    )
    expect(beside.frame_locator("iframe").get_by_text("Guten Tag Ada Lovelace,")).to_be_visible()
    page.get_by_label("Text", exact=True).fill("{{ moon }}")
    page.locator(".savebar").get_by_role("button", name="Speichern").click()
    expect(page.locator(".error")).to_contain_text("Den Platzhalter „moon“ gibt es nicht.")
    assert faults(page) == []
    page.get_by_label("Text", exact=True).fill("{{ greeting }}")
    page.locator(".savebar").get_by_role("button", name="Speichern").click()
    expect(page.locator("#toasts")).to_contain_text("„Auftrag: Abholbereit“ ist eingeschaltet.")
    assert Rule.select().count() == 5


def test_the_feed_is_searched_switched_and_opened(page: Page) -> None:
    reader.install("repair-shop")
    page.goto("/rules?kind=order")
    assert faults(page) == []
    page.get_by_label("Regeln durchsuchen").fill("storniert")
    expect(page.locator("li.rule")).to_have_count(1)
    page.get_by_role("switch").click()
    expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    place = page.locator("li.rule").bounding_box()
    assert place
    page.mouse.dblclick(place["x"] + place["width"] / 2, place["y"] + place["height"] - 6)
    expect(page.get_by_role("heading", level=1)).to_have_text("Stornierung melden")


def test_feed_and_builder_fit_a_phone(page: Page, make_record: Make) -> None:
    make_record("1001")
    reader.install("repair-shop")
    own = f"/rules/{Rule.get().id}"
    feeds = ("/rules?kind=order", "/rules?kind=booking", "/rules/deleted?kind=order")
    for path in (*feeds, own, f"{own}/delete", f"{own}/history"):
        page.goto(path)
        assert looked_over(page) == []


def test_a_double_click_opens_a_row_wherever_it_hits(page: Page) -> None:
    """R12: anywhere on the row that is no control; Enter does the same."""
    reader.install("repair-shop")
    rule = Rule.get()
    Rule.update(recipients=[{**rule.recipients[0], "template": 4711}]).where(Rule.id == rule.id).execute()
    for place in (".lint span", ".about span", ".count", ".sentence"):
        page.goto("/rules?kind=order")
        row = page.locator(f"#rule-{rule.id}")
        expect(row.locator(".count span")).to_be_visible()
        row.locator(place).first.dblclick(force=True)
        expect(page.get_by_role("heading", level=1)).to_have_text(rule.name)
        assert page.url.endswith(f"/rules/{rule.id}")
    page.goto("/rules?kind=order")
    page.locator(f"#sentence-{rule.id}").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(rule.name)
    page.goto("/rules?kind=order")
    page.locator(f"#rule-{rule.id} .tick").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Externe Benachrichtigungen")


def test_the_templates_of_all_rules_change_in_one_go_by_keyboard(page: Page) -> None:
    """R12: mark all, see what would change, change it, and take it back in the history."""
    reader.install("repair-shop")
    rules = list(Rule.select().where(Rule.kind == "order").order_by(Rule.id))
    page.goto("/rules?kind=order")
    every = page.get_by_role("checkbox", name="Alle markieren")
    every.press("Space")
    expect(page.locator(".bulk")).to_be_visible()
    page.locator(".tick").first.press("Space")
    assert every.evaluate("box => box.indeterminate")
    page.locator(".bulk").get_by_role("button", name="Auswahl aufheben").press("Enter")
    assert not every.evaluate("box => box.indeterminate || box.checked")
    every.press("Space")
    assert faults(page) == []
    page.locator(".bulk").get_by_role("button", name="Ändern").press("Enter")
    page.get_by_label("Vorlage").select_option(label="Auftrag storniert")
    expect(page.locator(".version ins").first).to_be_visible()
    expect(page.locator(".version", has_text="Sie bleibt, wie sie ist.")).to_have_count(1)
    assert faults(page) == []
    page.get_by_role("button", name="Alle ändern").press("Enter")
    expect(page.locator("#toasts")).to_contain_text(f"{len(rules) - 1} Regeln geändert.")
    expect(page.locator("li.rule .sentence", has_text="Auftrag storniert")).to_have_count(len(rules))
    page.goto(f"/rules/{rules[0].id}/history")
    assert faults(page) == []
    page.get_by_role("button", name="Diese Fassung zurückholen").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("gilt wieder")
    expect(page.locator(".version").first).to_contain_text("Fassung 3: Fassung 1 zurückgeholt")


def test_a_draft_is_tried_beside_the_builder(page: Page, make_record: Make) -> None:
    """X2: what the rule would have sent is read before anything is saved."""
    make_record("1001")
    reader.install("repair-shop")
    page.goto(f"/rules/{Rule.get(Rule.trigger == 'created').id}")
    page.get_by_role("radio", name="Probelauf").focus()
    page.keyboard.press("Space")
    expect(page.locator("#outcome")).to_contain_text("Beginnt, sobald ein Worker die Hände frei hat.")
    expect(page.get_by_role("progressbar", name="Probelauf")).to_be_visible()
    assert faults(page) == []
    jobs.run_all()
    expect(page.locator("#outcome")).to_contain_text("In den letzten 30 Tagen hätte diese Regel 1 Nachricht verschickt.")
    page.get_by_text("Die letzten im Einzelnen").click()
    expect(page.get_by_role("link", name="1001 Ada Lovelace")).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size(PHONE)
    assert not is_too_wide(page)
    page.get_by_role("button", name="Starten").click()
    expect(page.locator("#outcome .job:not(.htmx-added)")).to_be_visible()
    page.get_by_role("button", name="Abbrechen", exact=True).click()
    expect(page.locator("#outcome")).to_contain_text("Abgebrochen, bevor es begonnen hatte.")


def test_r10_a_reminder_of_two_steps_is_written_with_the_keyboard(page: Page, make_record: Make) -> None:
    make_record("1001", scheduled_at=clock.now() + timedelta(days=5))
    reader.install("repair-shop")
    page.goto("/rules/new?kind=order&as=reminder")
    page.locator("#blank-step-n-0").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    expect(page.locator("#blank-step-unit-0 option:checked")).to_have_text("Tage")
    page.get_by_label("Uhrzeit").fill("18:00")
    page.locator("#add-step").press("Enter")
    expect(page.locator("#blank-step-n-1")).to_be_focused()
    page.keyboard.type("1")
    page.keyboard.press("Tab")
    page.keyboard.type("St")
    expect(page.locator("#blank-step-unit-1 option:checked")).to_have_text("Stunde")
    expect(page.locator("#blank-step-unit-1")).to_be_focused()
    page.locator("#add-hours").press("Enter")
    expect(page.get_by_text("aber nur in den Arbeitszeiten des Standorts,")).to_be_visible()
    page.get_by_role("button", name="Zu jeder Zeit").press("Enter")
    expect(page.locator("#add-hours")).to_be_focused()
    page.get_by_label("Vorlage", exact=True).focus()
    page.keyboard.type("Abhol")
    expect(page.locator("#side .sentence")).to_have_text(
        "Hat ein Auftrag einen Termin, erhält der Kunde 2 Tage vorher um 18:00 Uhr und 1 Stunde vorher die E‑Mail"
        " Abholbereit."
    )
    expect(page.locator("#side .dates dt")).to_have_text(["2 Tage vorher um 18:00 Uhr", "1 Stunde vorher"])
    expect(page.locator("#reach")).to_contain_text("Bei 1 Vorgang kommt der Zeitpunkt noch.")
    assert faults(page) == []
    page.get_by_label("Name der Regel").press("Enter")
    expect(page.locator("#toasts")).to_contain_text("ist eingeschaltet. Sie gilt ab jetzt.")
    steps = Rule.select().order_by(Rule.id.desc()).get().options["steps"]
    assert [(step["n"], step["unit"], step["at"]) for step in steps] == [(2, "days", "18:00"), (1, "hours", "")]


def test_x9_the_question_about_waiting_messages_is_answered_with_the_keyboard(
    page: Page, rule: Rule, make_record: Make
) -> None:
    Rule.update(delay=120).execute()
    make_record("1001")
    journal.read([engine.read])
    page.goto(f"/rules/{rule.id}")
    page.get_by_label("Wie viele").fill("3")
    page.get_by_label("Wie viele").press("Enter")
    expect(page.get_by_role("radio", name="Neu planen")).to_be_focused()
    expect(page.locator(".moves")).to_contain_text("1001 Ada Lovelace")
    assert faults(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Gespeichert.")
    assert (Rule.get().delay, Message.get().reason) == (180, "kept")


@contextmanager
def redrawn(page: Page) -> Iterator[None]:
    """Until the form has been drawn anew."""
    page.evaluate("document.getElementById('rule').dataset.old = 'yes'")
    yield
    expect(page.locator("#rule:not([data-old])")).to_be_visible()


def test_every_trigger_fits_a_phone(page: Page, make_record: Make) -> None:
    make_record("1001", scheduled_at=clock.now() + timedelta(days=5))
    Kind.update(events=[{"key": "message", "labels": {"de": "Nachricht eingegangen"}}]).execute()
    page.set_viewport_size(PHONE)
    page.goto("/rules/new?kind=order")
    for trigger in TRIGGERS:
        if page.locator("#blank-trigger").input_value() != trigger:
            with redrawn(page):
                page.get_by_label("Auslöser").select_option(trigger)
        for button in ("step", "hours"):
            if page.locator(f"#add-{button}").count():
                with redrawn(page):
                    page.locator(f"#add-{button}").click()
        assert not is_too_wide(page), trigger
        assert faults(page) == [], trigger


def test_what_is_filled_in_while_an_answer_is_on_its_way_is_not_lost(page: Page) -> None:
    """A slow line: the answer to a choice comes after some typing, and must not undo it."""
    page.goto("/rules/new?kind=order")
    page.wait_for_load_state("networkidle")
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 800, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", slow)
    with page.expect_request("**/rules/new"):
        page.get_by_label("Auslöser").select_option("before")
    page.get_by_label("Name der Regel").fill("Schnell getippt")
    expect(page.locator("#blank-step-n-0")).to_be_visible()
    expect(page.get_by_label("Name der Regel")).to_have_value("Schnell getippt")
