"""A layout of an admin's own: written in MJML, compiled apart, refused in words, kept in versions (R5)."""

import json
import re
import subprocess
import sys
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import i18n, settings
from core.journal import Entry
from emails import compose
from emails.layouts import frame, judging, kept, places, press
from emails.layouts.models import Layout, LayoutVersion
from emails.models import Template
from records.people import person

OURS = kept.source("compact")
MINE = OURS.replace('width="520px"', 'width="480px"')


def after_text(more: str) -> str:
    return OURS.replace("{{ content }}", "{{ content }}" + more)


HOSTILE = {
    "2,000 wrappers": (OURS.replace("<mj-body", "<mj-body>" + "<mj-wrapper>" * 2000 + "<mj-body"), "deep"),
    "9,000 boxes": (after_text("<mj-text>" + "<div>" * 9000), "deep"),
    "many parts": (after_text("<mj-text>" + "<b></b>" * 5000 + "</mj-text>"), "many"),
    "endless text": (after_text("<mj-text>" + "x" * 70_000 + "</mj-text>"), "large"),
    "a file": (after_text('<mj-include path="/etc/passwd" />'), "include"),
    "billion laughs": ('<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>' + OURS, "declaration"),
    "a script": (after_text("<mj-raw><script>alert(1)</script></mj-raw>"), "tag"),
    "an event": (after_text('<mj-text onclick="alert(1)">x</mj-text>'), "attribute"),
    "a picture": (after_text('<mj-text><img src="https://evil.example/p.png"></mj-text>'), "tag"),
    "a background": (OURS.replace("<mj-section", '<mj-section background-url="https://evil.example"', 1), "attribute"),
    "a style that loads": (OURS.replace(".ink p {", ".ink p { background: url(https://evil.example);"), "style"),
    "a style in disguise": (OURS.replace(".ink p {", r".ink p { background: u\72l(https://evil.example);"), "style"),
    "a font": (OURS.replace("<mj-title>", '<mj-font name="x" href="https://evil.example" /><mj-title>'), "tag"),
    "a script as a link": (after_text('<mj-button href="javascript:alert(1)">x</mj-button>'), "address"),
    "hidden for Outlook": (after_text("<mj-raw><!--[if mso]><script>x</script><![endif]--></mj-raw>"), "comment"),
    "a quotation mark": (after_text("<mj-text css-class='\"><img src=x>'>x</mj-text>"), "braces"),
    "capitals": (after_text("<MJ-TEXT>x</MJ-TEXT>"), "unsafe"),
    "a refresh": (after_text('<mj-raw><meta http-equiv="refresh" content="0"></mj-raw>'), "attribute"),
    "Liquid": (after_text("<mj-text>{% for a in b %}</mj-text>"), "braces"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_harm_is_refused_before_and_after_mjml(name):
    source, key = HOSTILE[name]
    if key != "large":
        assert press.pressed(source)["fault"] == key
    with i18n.speaking("de"):
        assert judging.fault(source)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (OURS.replace("{{ legal }}", "{{ legel }}"), "Den Platz „legel“ gibt es nicht. Meinten Sie „legal“?"),
        (OURS.replace("{{ legal }}", ""), "„{{ legal }}“ fehlt."),
        (OURS.replace("{{ content }}", ""), "„{{ content }}“ fehlt."),
        (OURS.replace("{{ content }}", "<mj-text>{{ content }}</mj-text>"), "kann hier nicht stehen"),
        (OURS.replace("{{ content }}", "{{ content }}{{ content }}"), "steht zweimal da."),
        (OURS.replace('lang="{{ language }}"', 'lang="{{ legal }}"'), "Zeile 1, Zeichen 1: „{{ legal }}“ kann"),
        (OURS.replace("</mj-group>", ""), "Zeile 54, Zeichen 5: „</mj-section>“ schließt etwas"),
        ("<mjml>\n  <mj-body>", "„<mj-body>“ ist nicht geschlossen."),
        ("", "„{{ content }}“ fehlt."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source, said):
    with i18n.speaking("de"):
        assert said in judging.fault(source)


def test_a_layout_of_ours_is_what_an_admin_may_write():
    for key in kept.SHIPPED:
        assert judging.judged(kept.source(key)) == frame.compiled(kept.source(key))


def test_the_list_explains_every_place():
    assert places.PLACES.keys() == set(frame.PLACES)


def test_the_press_opens_no_file_and_knows_no_secret(monkeypatch):
    monkeypatch.setenv("STATUSBOTE_SECRET_KEY", "a secret that nobody may see")
    seen: dict[str, Any] = {}
    monkeypatch.setattr(judging.subprocess, "run", lambda *given, **more: seen.update(more) or Done())
    judging._pressed.cache_clear()
    assert json.loads(judging._pressed("x")) == {} and seen["env"] == {} and seen["timeout"] == judging.PATIENCE
    monkeypatch.undo()
    code = "from emails.layouts import press; press.limit(); open('/etc/passwd')"
    tried = subprocess.run([sys.executable, "-c", code], cwd=i18n.HOUSE, capture_output=True, text=True, check=False)
    assert "Too many open files" in tried.stderr


class Done:
    returncode, stdout = 0, b"{}"


@pytest.mark.parametrize(("ending", "said"), [("crash", "aufgegeben"), ("slow", "dauert zu lange")])
def test_a_press_that_dies_or_hangs_loses_nothing(admin, shop, monkeypatch, ending, said):
    def run(*given: Any, **more: Any) -> Any:
        if ending == "slow":
            raise subprocess.TimeoutExpired("press", 5)
        return type("Died", (), {"returncode": -11, "stdout": b""})

    monkeypatch.setattr(judging.subprocess, "run", run)
    judging._pressed.cache_clear()
    answer = admin.post("/appearance/layouts/new", data={"name": "Haus", "source": MINE, "version": "0"})
    judging._pressed.cache_clear()
    assert answer.status_code == 422 and said in answer.text and "480px" in answer.text and Layout.select().count() == 0


@pytest.fixture
def mine(admin, shop) -> Layout:
    admin.post("/appearance/layouts/new", data={"name": "Haus", "source": MINE, "version": "0"})
    return Layout.get()


def url(layout: Layout, rest: str = "") -> str:
    return f"/appearance/layouts/{layout.id}{rest}"


def test_a_copy_of_ours_becomes_an_admin_s_own(admin, shop):
    page = admin.get("/appearance/layouts/new?like=compact").text
    assert 'value="Kopie von Kompakt"' in page and "width=&#34;520px&#34;" in page and 'data-insert="{{ legal }}"' in page
    answer = admin.post("/appearance/layouts/new", data={"name": "Haus", "source": MINE, "version": "0"})
    made = Layout.get()
    assert answer.location == url(made) and (made.name, made.source, made.version) == ("Haus", MINE, 1)
    assert Entry.get(Entry.what == "layout.changed").data == {"layout": made.id, "version": 1}
    assert "Haus" in admin.get("/appearance").text and "Haus" in admin.get("/templates/new").text


def test_mails_wear_it_and_no_worker_compiles_it(admin, mine, make_record, monkeypatch):
    def never(*given: Any, **more: Any) -> Any:
        raise AssertionError("compiled at delivery")

    kept._of_an_admin.cache_clear()
    monkeypatch.setattr(judging.subprocess, "run", never)
    monkeypatch.setattr(frame.mjml, "mjml2html", never)
    record = make_record("1047", status="ready")
    texts = {"de": {"subject": "S", "body": "Eigenes Kleid für {{ customer.name }}\n\n[Los]({{ link }})"}}
    template = Template(texts=texts, layout=str(mine.id))
    mail = compose.compose(template, record, person(record, "customer"), "https://x.example/s/1")
    assert 'width="480"' in mail.html and "Eigenes Kleid für Ada Lovelace" in mail.html and "Impressum" in mail.html


def test_a_change_is_a_version_that_shows_what_differs_and_comes_back(admin, mine):
    wider = MINE.replace("480px", "500px")
    assert admin.post(url(mine), data={"name": "Haus", "source": wider, "version": "1"}).status_code == 303
    page = admin.get(url(mine, "/history")).text
    assert "Fassung 2: Geändert" in page and "480px</del>" in page and "500px</ins>" in page
    assert admin.post(url(mine, "/history/1")).status_code == 303
    assert (Layout.get().source, Layout.get().version) == (MINE, 3)
    assert 'width="480"' in "".join(kept.frame_of(str(mine.id)).whole)
    assert [row.how for row in LayoutVersion.select().order_by(LayoutVersion.version)] == ["created", "edited", "restored:1"]


def test_two_people_do_not_overwrite_each_other(admin, mine):
    admin.post(url(mine), data={"name": "Neu", "source": MINE, "version": "1"})
    answer = admin.post(url(mine), data={"name": "Zweite", "source": MINE, "version": "1"})
    assert answer.status_code == 422 and "inzwischen gespeichert" in answer.text and Layout.get().name == "Neu"


def test_what_is_worn_is_not_deleted(admin, mine):
    settings.put("company", {**settings.get("company"), "layout": str(mine.id)})
    admin.post(url(mine, "/delete"))
    assert Layout.select().count() == 1 and "der Betrieb" in admin.get(url(mine)).text
    settings.put("company", {**settings.get("company"), "layout": "card"})
    admin.post(url(mine, "/delete"))
    assert Layout.select().count() == 0 and LayoutVersion.select().count() == 0 and not kept.exists(str(mine.id))


def test_the_preview_shows_the_mail_or_what_is_wrong(admin, mine):
    typed = {"name": "Haus", "source": MINE, "version": "1"}
    assert 'name="shown"' in admin.post("/appearance/layouts/preview", data=typed).text
    assert 'width="480"' in admin.post("/appearance/layouts/preview/shown", data=typed).text
    wrong = {**typed, "source": MINE + "</b>"}
    assert "„&lt;/b&gt;“ schließt etwas" in admin.post("/appearance/layouts/preview", data=wrong).text
    assert "<table" not in admin.post("/appearance/layouts/preview/shown", data=wrong).text


PIECES = st.sampled_from([
    "<mj-text>", "</mj-text>", "<mj-raw>", "</mj-raw>", "<a href=", '"https://x.example"', "javascript:alert(1)",
    "<img src=", "<script>", "</script>", "<style>", "url(//x.example)", " onload=", '"', "'", ">", "<", "/", "<!--", "-->",
    "[if mso]", "<![endif]", "<![CDATA[", "]]>", "{{ legal }}", "{{ colour }}", "{{", "}}", "{%", "<mj-button ",
    "<mj-style>", "</mj-style>", "@import ", "&lt;script&gt;", "&#106;", "\\75rl(", "<p ", "</p>", "<MJ-TEXT>",
    "<svg/onload=1>", "x", " ", "\n", "\x00",
])
FORBIDDEN = re.compile(
    r"<(script|img|svg|iframe|link|object)|<\w[^>]*\s(on\w+|src|background)\s*=|<\w[^>]*(url\(|javascript:)|<style[^<]*(url\(|@import)"
)


@hypothesis.settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_whatever_is_put_in_is_refused_or_loads_and_runs_nothing(more):
    in_a_tag = OURS.replace('width="520px"', f'width="520px" {more}')
    for source in (after_text(more), after_text(f"<mj-text>{more}</mj-text>"), in_a_tag, OURS.replace(".ink a {", more, 1)):
        try:
            made = press.pressed(source)
        except BaseException as error:
            assert type(error).__name__ == "PanicException"  # MJML's own; in life it ends only the press
            continue
        assert "frame" not in made or not FORBIDDEN.search("".join(made["frame"]["whole"]))
