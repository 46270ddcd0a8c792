"""The pages for templates: list, editor, preview."""

import pytest

from core import clock, settings
from core.journal import Entry
from emails import defaults, views
from emails.models import Template

TEXT = {
    "name": "Status",
    "kind": "order",
    "language": "de",
    "version": "0",
    "subject.de": "Auftrag {{ record.number }}",
    "body.de": "{{ greeting }}\n\n[Status ansehen]({{ link }})",
    "subject.en": "",
    "body.en": "",
}


@pytest.fixture
def template(house) -> Template:
    texts = {"de": {"subject": "Auftrag {{ record.number }}", "body": "{{ greeting }}\n\n[Status]({{ link }})"}}
    return Template.create(name="Bereit", kind_id="order", texts=texts, version=1, updated_at=clock.now())


def url(template: Template, rest: str = "") -> str:
    return f"/templates/{template.id}{rest}"


def test_it_lists_templates_by_kind(admin, template):
    page = admin.get("/templates").text
    assert "Bereit" in page and "Aufträge" in page and "<b>Nummer</b>" in page and "fehlt auf Englisch" in page


def test_an_admin_writes_a_template(admin, shop):
    answer = admin.post("/templates/new", data=TEXT)
    made = Template.get(Template.name == "Status")
    assert answer.status_code == 303 and answer.location == url(made)
    assert made.version == 1 and made.kind_id == "order" and list(made.texts) == ["de"]
    entry = Entry.get(Entry.what == "template.changed")
    assert entry.data == {"template": made.id, "version": 1} and entry.actor.startswith("user:")


def test_every_save_is_a_new_version(admin, template):
    assert admin.post(url(template), data={**TEXT, "version": "1", "name": "Neu"}).status_code == 303
    again = Template.get_by_id(template.id)
    assert (again.version, again.name) == (2, "Neu")


def test_x12_a_copy_begins_with_the_same_text_and_is_stored_only_when_saved(admin, template):
    page = admin.get(f"/templates/new?like={template.id}").text
    assert 'value="Kopie von Bereit"' in page and "Auftrag {{ record.number }}</textarea>" in page
    assert 'action="/templates/new"' in page and Template.select().where(Template.name.contains("Kopie")).count() == 0
    assert "/templates/new?like=" in admin.get(url(template)).text
    assert admin.get("/templates/new?like=999").status_code == 404


def test_two_people_do_not_overwrite_each_other(admin, template):
    admin.post(url(template), data={**TEXT, "version": "1"})
    answer = admin.post(url(template), data={**TEXT, "version": "1", "name": "Zweite"})
    assert answer.status_code == 422 and "inzwischen gespeichert" in answer.text
    assert Template.get_by_id(template.id).name == "Status"


def test_a_refused_text_is_kept_and_its_fault_stands_at_it(admin, template):
    answer = admin.post(url(template), data={**TEXT, "version": "1", "body.de": "Eins\n{{ record.numbr }}", "body.en": "x"})
    assert answer.status_code == 422
    assert "Zeile 2, Zeichen 4: Den Platzhalter „record.numbr“ gibt es nicht. Meinten Sie „record.number“?" in answer.text
    assert "{{ record.numbr }}</textarea>" in answer.text
    assert 'aria-describedby="body-de-error"' in answer.text and 'aria-describedby="subject-en-error"' in answer.text
    assert Template.get_by_id(template.id).version == 1


def test_the_company_s_language_is_needed(admin, shop):
    settings.put("company", {**settings.get("company"), "language": "en"})
    answer = admin.post("/templates/new", data=TEXT)
    assert answer.status_code == 422 and "Bitte schreiben Sie einen Betreff." in answer.text


def test_staff_may_look_but_not_change(clerk, template):
    page = clerk.get(url(template))
    assert page.status_code == 200 and "readonly" in page.text and "data-insert=" not in page.text
    assert clerk.get("/templates").status_code == 200
    assert clerk.get("/templates/new").status_code == 403
    for path in ("/templates/new", url(template), url(template, "/delete")):
        assert clerk.post(path, data=TEXT).status_code == 403


def test_strangers_see_nothing(client, admin, template):
    for path in ("/templates", url(template), "/templates/new"):
        assert client.get(path).status_code == 302
    assert client.post("/templates/preview", data=TEXT).status_code == 302


def test_unknown_templates_are_not_found(admin):
    assert admin.get("/templates/999").status_code == 404
    assert admin.post("/templates/999/delete").status_code == 404


def test_the_preview_shows_the_newest_record(admin, shop, make_record, ada):
    make_record("1046", contact={**ada, "name": "Ben Bitdiddle", "email": "ben@example.org"})
    make_record("1047")
    shown = admin.post("/templates/preview", data=TEXT, headers={"HX-Request": "true"}).text
    assert "Auftrag 1047" in shown and 'id="preview"' in shown and "<html" not in shown
    older = next(line for line in shown.split("<option")[1:] if "1046" in line).split('"')[1]
    assert "Ben Bitdiddle," in admin.post("/templates/preview", data={**TEXT, "record": older}).text


def test_the_preview_has_an_example_when_there_is_no_record(admin, shop):
    shown = admin.post("/templates/preview", data=TEXT, headers={"HX-Request": "true"}).text
    assert "Auftrag 1047" in shown and "Guten Tag Ada Lovelace," in shown


def test_the_preview_speaks_the_language_of_the_tab(admin, shop):
    shown = admin.post(
        "/templates/preview", data={**TEXT, "language": "en", "subject.en": "Hi", "body.en": "{{ greeting }}"}
    ).text
    assert "Hello Ada Lovelace," in shown


def test_the_preview_says_what_is_wrong_instead(admin, shop):
    shown = admin.post("/templates/preview", data={**TEXT, "body.de": "{{ x }}"})
    assert shown.status_code == 200 and "Den Platzhalter „x“ gibt es nicht." in shown.text and "<iframe" not in shown.text


def test_the_letter_has_no_rights_at_all(admin, shop):
    answer = admin.post("/templates/preview/letter", data=TEXT)
    rules = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in rules and rules.endswith("sandbox") and "script" not in rules
    assert "Guten Tag Ada Lovelace," in answer.text
    assert admin.post("/templates/preview/letter", data={**TEXT, "body.de": "{{ x }}"}).status_code == 200


def test_a_preview_leaves_nothing_behind(admin, shop):
    before = Template.select().count(), Entry.select().count()
    admin.post("/templates/preview", data=TEXT)
    admin.post("/templates/preview/letter", data=TEXT)
    assert (Template.select().count(), Entry.select().count()) == before


def test_a_template_in_use_is_not_deleted(admin, template, monkeypatch):
    monkeypatch.setattr(views, "in_use", [lambda id: ["Abholbereit melden"] if id == template.id else []])
    assert "Benutzt von Abholbereit melden" in admin.get(url(template)).text
    answer = admin.post(url(template, "/delete"), follow_redirects=True)
    assert "Diese Vorlage wird noch gebraucht: Abholbereit melden." in answer.text
    assert Template.get_or_none(Template.id == template.id)


def test_a_template_nobody_uses_is_deleted(admin, template):
    assert admin.post(url(template, "/delete")).status_code == 303
    assert not Template.get_or_none(Template.id == template.id)
    assert Entry.select().where(Entry.what == "template.deleted").count() == 1


def test_the_system_s_own_template_is_made_once_kept_and_never_deleted(admin):
    own = Template.get(Template.system == "fresh_link")
    assert set(own.texts) == {"de", "en"}
    Template.update(name="Unser Link").where(Template.id == own.id).execute()
    defaults.install()
    assert [one.name for one in Template.select().where(Template.system == "fresh_link")] == ["Unser Link"]
    admin.post(url(own, "/delete"))
    assert Template.get_or_none(Template.id == own.id)


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_system_s_texts_have_no_faults(admin, shop, language):
    own = Template.get(Template.system == "fresh_link").texts[language]
    shown = admin.post(
        "/templates/preview",
        data={
            "name": "x",
            "language": language,
            f"subject.{language}": own["subject"],
            f"body.{language}": own["body"],
        },
    ).text
    assert "<iframe" in shown
