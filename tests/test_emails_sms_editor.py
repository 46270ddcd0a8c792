"""Writing the SMS of a template: counted while it is typed, proofread, kept with its versions (R4, X8)."""

from typing import Any

import pytest

from core import i18n
from emails import bubble, check
from emails.models import Template, TemplateVersion
from emails.sms import LONGEST

HTMX = {"HX-Request": "true"}
SMS = "Radhaus Lindner: {{ auftrag.nummer }} ist fertig. {{ link }}"
TEXT = {
    "name": "Bereit", "kind": "order", "language": "de", "version": "0", "record": "example",
    "subject.de": "", "body.de": "", "sms.de": SMS, "subject.en": "", "body.en": "", "sms.en": "",
}
MAIL = {"subject.de": "Auftrag", "body.de": "{{ greeting }} {{ link }}"}


def test_a_template_may_be_for_sms_alone(admin: Any, shop: Any) -> None:
    assert admin.post("/templates/new", data=TEXT).status_code == 303
    made = Template.get(Template.name == "Bereit")
    assert made.texts == {"de": {"subject": "", "body": "", "sms": SMS}}
    page = admin.get("/templates").text
    assert "Radhaus Lindner: " in page and "<b>Nummer</b>" in page
    assert SMS in admin.get(f"/templates/{made.id}").text


def test_an_empty_sms_is_none(admin: Any, shop: Any) -> None:
    admin.post("/templates/new", data={**TEXT, **MAIL, "sms.de": "  "})
    assert Template.get(Template.name == "Bereit").texts == {"de": {"subject": "Auftrag", "body": MAIL["body.de"]}}


@pytest.mark.parametrize(("given", "said"), [
    ({"sms.de": ""}, "Bitte schreiben Sie einen Betreff."),
    ({"sms.de": "", "sms.en": "Ready"}, "Bitte schreiben Sie eine SMS."),
    ({"subject.de": "Nur der Betreff"}, "Bitte schreiben Sie einen Text."),
    ({"sms.de": "Hallo\n{{ record.items }}"}, "Zeile 2, Zeichen 1: „record.items“ kann nicht in einer SMS stehen."),
    ({"sms.de": "{{ auftrag.numer }}"}, "Meinten Sie „auftrag.nummer“?"),
    ({"sms.de": "a" * (LONGEST + 1)}, "Dieser Text ist zu lang."),
])
def test_what_cannot_be_an_sms_is_refused_and_kept(admin: Any, shop: Any, given: dict[str, str], said: str) -> None:
    answer = admin.post("/templates/new", data={**TEXT, **given})
    assert answer.status_code == 422 and said in answer.text and not Template.select().where(Template.name == "Bereit")
    assert all(text in answer.text for text in given.values())


def test_it_is_counted_while_it_is_typed(admin: Any, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = admin.post("/templates/preview", data=TEXT, headers=HTMX).text
    assert "Radhaus Lindner: 1047 ist fertig." in shown and "von 160 Zeichen mit den Daten von 1047" in shown
    assert 'id="counted-de" hx-swap-oob="true"' in shown and "<b>1 SMS</b>" in shown and "letter" not in shown
    monkeypatch.setattr(bubble, "prices", [lambda parts: f"{parts} × 0,075 €"])
    long = admin.post("/templates/preview", data={**TEXT, "sms.de": SMS + "ä" * 160}, headers=HTMX).text
    assert "<b>2 SMS, 2 × 0,075 €</b>" in long


def test_dear_characters_are_named_and_one_click_makes_them_plain(admin: Any, shop: Any) -> None:
    dear = {**TEXT, "sms.de": "„Ihr Rad“ – fertig 🎉 {{ link }}"}
    shown = admin.post("/templates/preview", data=dear, headers=HTMX).text
    assert "Wegen „ “ – 🎉 passen nur 70 statt 160 Zeichen" in shown and 'name="plain" value="de"' in shown
    plain = admin.post("/templates/preview", data={**dear, "plain": "de"}, headers=HTMX).text
    assert "&#34;Ihr Rad&#34; - fertig {{ link }}</textarea>" in plain and 'id="texting-de" hx-swap-oob="true"' in plain
    whole = admin.post("/templates/preview", data={**dear, "plain": "de"}).text
    assert "<html" in whole and "&#34;Ihr Rad&#34; - fertig {{ link }}</textarea>" in whole


def test_x8_hints_name_what_costs_double_and_who_gets_another_language(admin: Any, shop: Any) -> None:
    texts = {"de": {"subject": "A", "body": "{{ greeting }} {{ link }}", "sms": "…" + "a" * 150},
             "en": {"subject": "A", "body": "{{ greeting }} {{ link }}"}}
    with i18n.speaking("de"):
        said = " ".join(hint.sentence for hint in check.hints(texts))
    assert "Deutsch: … machen die SMS bis zu doppelt so teuer" in said and "braucht die SMS 3 Teile" in said
    assert "English: Es gibt keine SMS" in said


def test_x12_the_history_shows_what_became_of_an_sms(admin: Any, shop: Any) -> None:
    admin.post("/templates/new", data=TEXT)
    made = Template.get(Template.name == "Bereit")
    admin.post(f"/templates/{made.id}", data={**TEXT, "version": "1", "sms.de": "Fertig: {{ link }}"})
    page = admin.get(f"/templates/{made.id}/history").text
    assert "Deutsch: SMS" in page and "<ins>" in page
    assert admin.post(f"/templates/{made.id}/history/1").status_code == 303
    assert Template.get_by_id(made.id).texts["de"]["sms"] == SMS and TemplateVersion.select().count() == 3


def test_what_turns_out_too_long_is_said(admin: Any, shop: Any) -> None:
    shown = admin.post("/templates/preview", data={**TEXT, "sms.de": "ä" * 1900}, headers=HTMX).text
    assert "Diese SMS ist zu lang: Es gehen höchstens 8 Teile hinaus." in shown


def test_the_mail_of_a_template_is_not_hidden_by_a_wrong_sms(admin: Any, shop: Any) -> None:
    shown = admin.post("/templates/preview", data={**TEXT, **MAIL, "sms.de": "{{ nichts }}"}, headers=HTMX).text
    assert "As plain text" not in shown and "Guten Tag Ada Lovelace," in shown and "nichts" in shown


def test_what_statusbote_itself_sends_needs_a_mail(admin: Any, shop: Any) -> None:
    link = Template.get(Template.system == "fresh_link")
    answer = admin.post(f"/templates/{link.id}", data={**TEXT, "version": str(link.version)})
    assert answer.status_code == 422 and "Bitte schreiben Sie einen Betreff." in answer.text
