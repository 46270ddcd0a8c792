"""Templates as they stood after each change: who changed what, and the way back (X12)."""

from typing import Any

import pytest

from core import clock, compared, i18n
from core.journal import Entry
from emails.models import Template, TemplateVersion

BODY = "{{ greeting }}\n\nIhr Rad ist fertig.\n\n[Status]({{ link }})"


@pytest.fixture
def template(house: Any) -> Template:
    texts = {"de": {"subject": "Auftrag {{ record.number }}", "body": BODY}}
    return Template.create(name="Bereit", kind_id="order", texts=texts, updated_at=clock.now())


def form(template: Template, **changes: str) -> dict[str, str]:
    """The editor's form as it stands, with changes; `body_de` is the field body.de."""
    now = Template.get_by_id(template.id)
    given = {f"{field}.{language}": now.texts.get(language, {}).get(field, "")
             for language in i18n.LANGUAGES for field in ("subject", "body")}
    given |= {"name": now.name, "kind": now.kind_id or "", "version": str(now.version)}
    return given | {name.replace("_", "."): value for name, value in changes.items()}


def kept(template: Template) -> list[tuple[int, str, str]]:
    rows = TemplateVersion.select().where(TemplateVersion.template_id == template.id).order_by(TemplateVersion.version)
    return [(row.version, row.how, row.content["name"]) for row in rows]


def test_x12_every_save_is_kept_and_the_first_of_a_pack_too(admin, template):
    url = f"/templates/{template.id}"
    admin.post(url, data=form(template, name="Fertig"))
    admin.post(url, data=form(template, name="Abholbereit"))
    assert kept(template) == [(1, "found", "Bereit"), (2, "edited", "Fertig"), (3, "edited", "Abholbereit")]


def test_x12_the_history_says_who_and_marks_the_words(admin, template):
    admin.post(f"/templates/{template.id}", data=form(template, body_de=BODY.replace("fertig", "abholbereit")))
    page = admin.get(f"/templates/{template.id}/history").text
    assert "Ada Admin" in page and "Deutsch: Text" in page
    assert '<del><span class="sr">entfernt: </span>fertig</del><ins><span class="sr">neu: </span>abholbereit</ins>' in page
    newest = page.split('<li class="version"')[1]
    assert "Deutsch: Betreff" not in newest and "Bereit" not in newest


def test_x12_a_version_is_put_back_as_a_new_one(admin, template):
    url = f"/templates/{template.id}"
    admin.post(url, data=form(template, name="Fertig", body_de="{{ greeting }}", subject_en="Hi", body_en="Hello"))
    answer = admin.post(f"{url}/history/1", follow_redirects=True)
    again = Template.get_by_id(template.id)
    assert "Fassung 1 von „Bereit“ gilt wieder." in answer.text
    assert (again.name, again.version, again.texts) == ("Bereit", 3, template.texts)
    assert kept(template)[-1] == (3, "restored:1", "Bereit")
    assert Entry.select().where(Entry.what == "template.changed").count() == 2


def test_x12_a_version_that_no_longer_could_be_saved_is_refused_with_its_reason(admin, template):
    texts = {"de": {"subject": "x", "body": "Eins\n{{ record.gone }}"}}
    TemplateVersion.create(
        template_id=template.id, version=0, at=clock.now(), actor="", how="edited",
        content={"name": "Alt", "kind_id": None, "texts": texts},
    )
    answer = admin.post(f"/templates/{template.id}/history/0")
    assert answer.status_code == 422 and "„record.gone“ gibt es nicht" in answer.text
    assert Template.get_by_id(template.id).name == "Bereit"


def test_x12_a_deleted_template_comes_back_with_its_history(admin, template):
    url = f"/templates/{template.id}"
    admin.post(url, data=form(template, name="Fertig"))
    admin.post(f"{url}/delete")
    assert "Fertig" in admin.get("/templates/deleted").text and "gelöscht" in admin.get(f"{url}/history").text
    admin.post(f"{url}/back")
    again = Template.get_by_id(template.id)
    assert (again.name, again.texts, again.version) == ("Fertig", template.texts, 4)
    assert [how for _, how, _ in kept(template)] == ["found", "edited", "deleted", "returned"]
    assert admin.post(f"{url}/back").location == url


def test_x12_a_new_template_never_takes_the_number_of_a_deleted_one(admin, template):
    admin.post(f"/templates/{template.id}/delete")
    new = Template.create(name="Neu", texts={}, updated_at=clock.now())
    assert new.id > template.id


def test_x12_what_somebody_else_saved_meanwhile_is_not_kept_twice(admin, template):
    old = form(template)
    admin.post(f"/templates/{template.id}", data={**old, "name": "Fertig"})
    assert admin.post(f"/templates/{template.id}", data={**old, "name": "Zweite"}).status_code == 422
    assert [name for _, _, name in kept(template)] == ["Bereit", "Fertig"]


def test_staff_read_the_history_but_put_nothing_back(clerk, admin, template):
    admin.post(f"/templates/{template.id}", data=form(template, name="Fertig"))
    page = clerk.get(f"/templates/{template.id}/history")
    assert page.status_code == 200 and "zurückholen" not in page.text
    assert clerk.post(f"/templates/{template.id}/history/1").status_code == 403
    assert clerk.get("/templates/999/history").status_code == 404


def test_what_stayed_is_left_out_but_for_the_lines_around():
    before = "\n".join(f"Zeile {n}" for n in range(9))
    said = str(compared.lines(before, before.replace("Zeile 4", "Zeile vier")))
    assert "Zeile 3" in said and "Zeile 5" in said and "Zeile 1" not in said and said.count("…") == 2


def test_strangers_words_stay_words_in_a_difference():
    assert "<script>" not in str(compared.words("<b>eins</b> zwei", "<script>eins</script> zwei"))
