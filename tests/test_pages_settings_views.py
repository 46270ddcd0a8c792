"""The screen of the settings for status files: shaping, saving, refusing, looking, going back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import transaction
from pages import links, publish
from pages.blocks import BLOCKS
from pages.settings import sheet, store
from records.models import Kind, Record
from tests.browsing import Browse, looked_over
from tests.conftest import make_user

URL = "/pages/settings/orders"


@pytest.fixture(autouse=True)
def _shop(shop: Any) -> None:
    """Every page is one of Radhaus Lindner."""


def form(**changed: Any) -> dict[str, Any]:
    """What the form posts when nobody has touched it, with what somebody changed."""
    blocks = [f"{area}:{key}" for area, keys in sheet.placed({}).items() for key in keys]
    kind = Kind.get(Kind.key == "order")
    options = [f"{key}.{name}" for key in BLOCKS for name, on in sheet.standard(BLOCKS[key], kind).items() if on]
    return {"version": "0", "block": blocks, "show": list(BLOCKS), "option": options, **changed}


def kept(status: str = "") -> dict[str, Any]:
    return dict(store.setting("order", status).content)


def page(record: Record) -> str:
    found = publish.newest(record.id)
    assert found
    return found.path.read_text() if found.path else found.html


def test_m3_saving_without_a_change_keeps_nothing(admin: FlaskClient) -> None:
    assert admin.post(URL, data=form()).status_code == 303
    assert store.setting("order", "").version == 0 and kept() == {}


def test_m3_a_headline_typed_here_stands_on_the_page(admin: FlaskClient, make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready")
    assert admin.post(URL, data=form(**{"headline.de": "Hallo {{ kunde.name }}"})).status_code == 303
    assert kept() == {"headline": {"de": "Hallo {{ kunde.name }}"}} and "Hallo Ada Lovelace" in page(record)


def test_m3_only_what_differs_from_every_status_is_kept_for_one(admin: FlaskClient) -> None:
    admin.post(URL, data=form(**{"headline.de": "Hallo", "action": "call"}))
    admin.post(URL, data=form(status="ready", action="collect", **{"headline.de": "Hallo"}))
    assert kept("ready") == {"action": {"key": "collect"}}
    shown = admin.get(URL, query_string={"status": "ready"}).text
    assert "Überschrift: wie bei jedem Status" in shown and "Nächster Schritt: nur bei diesem Status" in shown
    assert "hat Ausnahmen" in admin.get(URL).text


def test_m3_a_part_goes_back_to_what_every_status_has(admin: FlaskClient) -> None:
    admin.post(URL, data=form(**{"headline.de": "Für jeden"}))
    admin.post(URL, data=form(status="ready", **{"headline.de": "Nur hier"}))
    typed = form(status="ready", version="1", back="headline", **{"headline.de": "Nur hier"})
    shown = admin.post(URL, data=typed)
    assert shown.status_code == 200 and "Für jeden" in shown.text and "Nur hier" not in shown.text
    assert kept("ready") == {"headline": {"de": "Nur hier"}}, "it is saved by the button for that"
    admin.post(URL, data=form(status="ready", version="1", **{"headline.de": "Für jeden"}))
    assert kept("ready") == {}


def test_m3_blocks_move_without_a_script(admin: FlaskClient) -> None:
    """Over the edge of its area a block comes into the next one; what was typed stays."""
    last = sheet.placed({})["main"][-1]
    shown = admin.post(URL, data=form(move=f"down:{last}", **{"text.de": "Noch nicht fertig"})).text
    assert "Noch nicht fertig" in shown
    assert re.findall(r'name="block" value="side:(\w+)"', shown)[0] == last
    places = re.findall(r'name="block" value="([^"]+)"', shown)
    admin.post(URL, data=form(block=places))
    assert kept()["blocks"]["areas"]["side"][0] == last and last not in kept()["blocks"]["areas"]["main"]
    assert 'value="top:answer"' in admin.post(URL, data=form(move="up:answer")).text, "nothing is above the first"


def test_m3_a_box_not_ticked_hides_a_block_or_a_part_of_it(admin: FlaskClient, make_record: Callable[..., Record]) -> None:
    record = make_record("1", status="ready", items=[{"name": "Kette", "quantity": 1, "price": "28.90"}])
    options = [option for option in form()["option"] if option != "items.prices"]
    admin.post(URL, data=form(show=[key for key in BLOCKS if key != "course"], option=options))
    assert kept() == {"blocks": {"hidden": ["course"], "options": {"items": {"prices": False}}}}
    assert "Kette" in page(record) and "28,90" not in page(record) and 'id="course"' not in page(record)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("text.de", "Hallo\n{{ kunde.nmae }}", "Zeile 2, Zeichen 4: Den Platzhalter „kunde.nmae“ gibt es nicht."),
        ("headline.de", "{{ link }}", "„link“ kennen nur E‑Mails"),
        ("text.de", "Am {{ today }}", "„today“ kennen nur E‑Mails"),
        ("text.en", "{% if page.file %}x{% endif %}", "„page.file“ kennen"),
        ("headline.en", "{% if a %}", "ist nicht geschlossen"),
        ("text.de", "{{ vorgang.positionen }}", "Die Positionen stehen ohnehin"),
        ("text.de", "[x](javascript:alert(1))", "Ein Link beginnt mit"),
    ],
)
def test_m3_a_text_that_cannot_be_filled_is_refused_and_stays_typed(
    admin: FlaskClient, field: str, typed: str, said: str
) -> None:
    answer = admin.post(URL, data=form(**{field: typed, "headline.de" if field != "headline.de" else "text.de": "bleibt"}))
    assert answer.status_code == 422 and said in answer.text and "bleibt" in answer.text
    assert store.setting("order", "").version == 0


def test_m3_every_placeholder_that_is_offered_can_stand_on_a_page(
    admin: FlaskClient, make_record: Callable[..., Record]
) -> None:
    offered = re.findall(r'data-insert="([^"]+)"', admin.get(URL).text)
    assert len(offered) > 30 and "{{ vorgang.nummer }}" in offered
    answer = admin.post(URL, data=form(**{"text.de": "\n\n".join(offered), "headline.de": "".join(offered[:6])}))
    assert answer.status_code == 303
    assert "kunde.name" not in page(make_record("1", status="ready")) and "Ada Lovelace" in page(make_record("1"))


def test_m3_own_words_need_words(admin: FlaskClient) -> None:
    assert admin.post(URL, data=form(action="own")).status_code == 422
    assert admin.post(URL, data=form(action="own", **{"words.de": "Bitte klingeln."})).status_code == 303
    assert kept() == {"action": {"key": "own", "words": {"de": "Bitte klingeln."}}}


def test_x12_two_people_at_once_do_not_overwrite_each_other(admin: FlaskClient) -> None:
    admin.post(URL, data=form(**{"headline.de": "Ben"}))
    answer = admin.post(URL, data=form(**{"headline.de": "Cem"}))
    assert answer.status_code == 422 and "jemand anderes" in answer.text and "Cem" in answer.text
    assert kept() == {"headline": {"de": "Ben"}}


def test_m3_it_says_how_many_pages_are_made_anew(admin: FlaskClient, make_record: Callable[..., Record]) -> None:
    records = [make_record(str(number), status="ready") for number in range(2)]
    with transaction():
        links.save_many([links.prepare(record.id, "customer", "ada@example.org") for record in records])
    answer = admin.post(URL, data=form(**{"headline.de": "Neu"}), follow_redirects=True)
    assert "Gespeichert. 2 Seiten werden neu erstellt." in answer.text


def test_m3_the_preview_shows_the_draft_with_the_newest_record_of_the_status(
    admin: FlaskClient, make_record: Callable[..., Record]
) -> None:
    make_record("7001", status="ready"), make_record("7002", status="new")
    shown = admin.post(f"{URL}/page", data=form(status="ready", **{"headline.de": "Nummer {{ vorgang.nummer }}"}))
    assert "Nummer 7001" in shown.text and "sandbox" in shown.headers["Content-Security-Policy"]
    chosen = admin.post(f"{URL}/page", data=form(status="ready", number="7002", **{"headline.de": "{{ vorgang.status }}"}))
    assert "Auftrag 7002" in chosen.text and ">Abholbereit</h1>" in chosen.text, "as it would look in that status"
    english = admin.post(f"{URL}/page", data=form(language="en", scheme="dark"))
    assert '<html lang="en">' in english.text and "prefers-color-scheme" not in english.text
    assert "„9“ gibt es nicht" in admin.post(f"{URL}/preview", data=form(number="9")).text
    assert store.setting("order", "ready").version == 0 and Record.get(Record.number == "7002").status == "new"


def test_m3_a_text_half_written_does_not_spoil_the_preview(admin: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    half = form(**{"text.de": "Guten Tag {{ kun", "headline.de": "Fast fertig"})
    assert "Fast fertig</h1>" in admin.post(f"{URL}/page", data=half).text
    assert "{{ kun" in admin.post(f"{URL}/preview", data=half).text and caplog.records == []


def test_m3_without_records_the_preview_shows_an_example(admin: FlaskClient) -> None:
    assert "hier steht ein Beispiel" in admin.get(URL).text
    for kind in Kind.select():
        for status in ("", *(one["key"] for one in kind.statuses)):
            shown = admin.post(f"/pages/settings/{kind.collection}/page", data={"status": status})
            assert "1047" in shown.text and "Ada" not in shown.text.split("<title>")[0]


def test_x12_the_history_tells_each_change_and_brings_an_older_one_back(admin: FlaskClient) -> None:
    admin.post(URL, data=form(**{"headline.de": "Guten Tag"}))
    admin.post(URL, data=form(version="1", action="call", **{"headline.de": "Guten Abend"}))
    told = admin.get(f"{URL}/history").text
    assert "Fassung 2: Geändert" in told and "Ada Admin" in told
    assert re.search("<del>.*Tag</del>", told) and re.search("<ins>.*Abend</ins>", told) and "Anrufen" in told
    assert admin.post(f"{URL}/history/1").status_code == 303
    assert kept() == {"headline": {"de": "Guten Tag"}} and store.setting("order", "").version == 3
    assert "Fassung 1 zurückgeholt" in admin.get(f"{URL}/history").text
    assert admin.post(f"{URL}/history/0").status_code == 303 and kept() == {}
    assert admin.post(f"{URL}/history/99").status_code == 404


def test_x12_the_last_change_is_taken_back_with_one_click(admin: FlaskClient) -> None:
    assert "Letzte Änderung zurücknehmen" not in admin.get(URL).text
    admin.post(URL, data=form(**{"headline.de": "Versehen"}))
    assert f"{URL}/history/0" in admin.get(URL).text
    admin.post(f"{URL}/history/0")
    assert kept() == {} and f"{URL}/history/1" in admin.get(URL).text, "and that too"


def test_x12_a_version_that_would_be_refused_today_does_not_come_back(admin: FlaskClient) -> None:
    store.save("order", "", {"text": {"de": "{{ vorgang.felder.weg }}"}}, 0, "user:1")
    store.save("order", "", {}, 1, "user:1")
    assert admin.post(f"{URL}/history/1").status_code == 422 and kept() == {}


def test_a_status_there_is_none_of_is_not_found(admin: FlaskClient) -> None:
    assert admin.get(URL, query_string={"status": "vanished"}).status_code == 404


def test_new_statuses_and_kinds_have_settings_at_once(admin: FlaskClient, make_record: Callable[..., Record]) -> None:
    kind = Kind.get(Kind.key == "order")
    kind.statuses = [*kind.statuses, {"key": "dusted", "labels": {"de": "Abgestaubt"}, "sentence": {}, "tone": "good"}]
    kind.save()
    assert "Abgestaubt" in admin.get(URL).text
    admin.post(URL, data=form(status="dusted", **{"headline.de": "Blitzblank"}))
    assert "Blitzblank" in page(make_record("1", status="dusted"))


def test_m3_in_a_browser_blocks_are_dragged_and_moved_by_keys_and_the_preview_follows(
    browse: Browse, make_record: Callable[..., Record]
) -> None:
    make_record("1", status="ready", items=[{"name": "Kette", "quantity": 1, "price": "28.90"}])
    page = browse(make_user("ada.admin@example.org", "Ada", "admin"))
    page.goto(f"{URL}?status=ready")
    frame = page.frame_locator("iframe[name=page]")
    frame.get_by_text("Abholbereit").first.wait_for()
    page.get_by_role("button", name="Posten nach oben").press("Enter")
    page.evaluate("document.getElementById('blocks').scrollIntoView()")
    grip, first = page.locator("#block-items .grip"), page.locator("#block-answer")
    box, top = grip.bounding_box(), first.bounding_box()
    assert box and top
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(top["x"] + 5, top["y"] + top["height"] - 2, steps=4)
    page.mouse.up()
    assert page.locator("#block-items [name=block]").input_value() == "top:items"
    assert page.locator("[data-said]").text_content() == "Posten: Ganz oben, Platz 2"
    frame.locator(".top .items").wait_for()
    page.fill("#headline-de", "Fertig für {{ kunde.name }}")
    frame.get_by_text("Fertig für Ada Lovelace").wait_for()
    assert looked_over(page) == []
    page.get_by_role("button", name="Speichern").last.click()
    page.get_by_text("Gespeichert.").wait_for()
    assert kept("ready")["blocks"]["areas"]["top"][:2] == ["answer", "items"]
