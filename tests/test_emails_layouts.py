"""Layouts of mails: what ships, what a template wears, and that each is right wherever mails are read (R5, X12)."""

import re

import pytest

from core import clock, colour, settings
from emails import compose, drafts
from emails.layouts import frame, kept
from emails.models import Template, TemplateVersion
from records.people import person
from tests.mailing import above_foot

LINK = "https://status.example/s/abc"
BODY = (
    "{{ greeting }}\n\n{{ record.sentence }} Das ist lang genug.\n\n[Status ansehen]({{ link }})\n\n"
    "{{ record.items }}\n\n---\n\n> Zitat\n\n{{ payment.qr }}"
)
ITEMS = [{"name": "Display", "quantity": 2, "price": "20.00"}]
DARK = re.compile(r"@media \(prefers-color-scheme: dark\) \{(.*?)\n\}", re.DOTALL)
WHERE = {"card": ("#ffffff", "#1b1e24"), "letter": ("#ffffff", "#17191d"), "compact": ("#ffffff", "#17191d")}


def mail(make_record, layout: str = "", body: str = BODY) -> compose.Composed:
    record = make_record("1047", status="ready", items=ITEMS, total="40.00")
    source = Template(texts={"de": {"subject": "Auftrag {{ record.number }}", "body": body}}, layout=layout)
    return compose.compose(source, record, person(record, "customer"), LINK)


@pytest.mark.parametrize("layout", kept.SHIPPED)
def test_r5_each_layout_says_everything_and_loads_nothing(shop, make_record, layout):
    html = mail(make_record, layout).html
    for said in ("Guten Tag Ada Lovelace,", "Display", "Radhaus Lindner GmbH", "Impressum", "1047", f'href="{LINK}"'):
        assert said in html
    assert html.count('class="go"') == 1 and not re.search(r"zq|\{\{|<mj-", html)
    assert not re.search(r'(src|background|poster)="(?!cid:)|url\(|@import|<link|<script', html)
    assert len(html.encode()) < 100_000


@pytest.mark.parametrize("layout", kept.SHIPPED)
def test_r5_outlook_finds_its_own_table_with_a_width(shop, make_record, layout):
    html = mail(make_record, layout).html
    width = re.search(r'<!--\[if mso \| IE\]><table[^>]*width="(\d+)"', html)
    assert width and width[1] in ("600", "640", "520")
    assert html.count("<!--[if mso") == html.count("<![endif]-->") - html.count("<!--[if !mso") - html.count("<!--[if lte")
    button = re.search(r'class="go".*?<td[^>]*bgcolor="(#\w+)"[^>]*mso-padding-alt[^>]*>', html)
    assert button and button[1] == "#1c5a44"


@pytest.mark.parametrize("firm", ["#1c5a44", "#ffb000", "#101010", "#fafafa"])
@pytest.mark.parametrize("layout", kept.SHIPPED)
def test_r5_every_colour_can_be_read_on_light_and_on_dark_ground(shop, make_record, layout, firm):
    settings.put("company", {**settings.get("company"), "colour": firm})
    html = mail(make_record, layout).html
    light, dark = WHERE[layout]
    assert 'name="color-scheme" content="light dark"' in html and f"background-color:{light}" in html
    rules = DARK.search(html)
    assert rules and f"background-color: {dark}" in rules[1]
    words = re.sub(r'class="go".*?</a>|<div style="display:none[^>]*>', "", html, flags=re.DOTALL)
    inline = set(re.findall(r"[;\"]color:(#\w{6})", words))
    night = set(re.findall(r"(?<!-)color: (#\w{6})", re.sub(r"\.go td.*\n", "", rules[1])))
    assert inline and night
    assert min(colour.contrast(one, light) for one in inline) >= colour.AA
    assert min(colour.contrast(one, dark) for one in night) >= colour.AA
    buttons = re.findall(r"(?:\.go a \{ )?background: ?(#\w{6})(?: !important)?; ?color: ?(#\w{6})", html)
    assert len(buttons) == 2
    for fill, words in buttons:
        assert colour.contrast(fill, words) >= colour.AA


def test_r5_without_pictures_the_logo_is_the_name(shop, make_record):
    assert ">Radhaus Lindner</div>" in mail(make_record, "letter").html


def test_x12_a_template_wears_its_own_layout_or_the_company_s(shop, make_record):
    settings.put("company", {**settings.get("company"), "layout": "compact"})
    assert 'width="520"' in mail(make_record).html
    assert 'width="640"' in mail(make_record, "letter").html
    settings.put("company", {**settings.get("company"), "layout": "nowhere"})
    assert 'width="600"' in mail(make_record, "99").html


def test_x12_a_letter_says_its_subject_and_day_unless_it_has_a_heading(shop, make_record, time_machine):
    time_machine.move_to("2026-11-22T10:00:00Z")
    html = mail(make_record, "letter").html
    assert ">Auftrag 1047</p>" in html and "22.\u00a0November 2026" in html and "Adalbertstraße 31" in html
    headed = mail(make_record, "letter", "# Fertig\n\n" + BODY).html
    assert ">Auftrag 1047</p>" not in headed and ">Fertig</h1>" in headed


def test_a_signature_stands_under_every_text_in_its_language(shop, make_record, ada):
    signature = {"de": "Viele Grüße\n**{{ company.name }}**", "en": "Kind regards"}
    settings.put("company", {**settings.get("company"), "signature": signature})
    written = mail(make_record)
    assert "<strong>Radhaus Lindner</strong>" in written.html
    assert above_foot(written).endswith("Viele Grüße\nRadhaus Lindner\n") and "Kind regards" not in written.html


def test_a_layout_is_compiled_once(shop, make_record, monkeypatch):
    kept._shipped.cache_clear()
    compose._shelf.clear()
    calls = []
    original = frame.mjml.mjml2html
    monkeypatch.setattr(frame.mjml, "mjml2html", lambda *given, **more: calls.append(1) or original(*given, **more))
    for body in ("Eins", "Zwei", "Drei"):
        mail(make_record, "letter", body)
    assert len(calls) == 1


def test_x12_the_editor_picks_a_layout_and_the_preview_follows(admin, shop):
    typed = {
        "name": "Status", "kind": "order", "language": "de", "version": "0", "record": "example", "layout": "letter",
        "subject.de": "Auftrag", "body.de": "{{ greeting }}\n\n[Status]({{ link }})", "subject.en": "", "body.en": "",
    }
    assert 'width="640"' in admin.post("/templates/preview/letter", data=typed).text
    assert admin.post("/templates/new", data=typed).status_code == 303
    made = Template.get(Template.name == "Status")
    assert made.layout == "letter"
    assert '<option value="letter" selected>Brief</option>' in admin.get(f"/templates/{made.id}").text
    admin.post(f"/templates/{made.id}", data={**typed, "version": "1", "layout": "compact"})
    page = admin.get(f"/templates/{made.id}/history").text
    assert "Layout" in page and "Kompakt" in page and "Brief" in page


def test_versions_from_before_there_were_layouts_come_back(admin, shop):
    texts = {"de": {"subject": "S", "body": "B"}}
    made = Template.create(name="Alt", texts=texts, layout="letter", updated_at=clock.now())
    old = TemplateVersion(template_id=made.id, version=1, content={"name": "Alt", "kind_id": None, "texts": texts})
    assert drafts.then(old, made).layout == ""


def test_r5_the_text_part_says_reason_and_legal_lines_too(shop, make_record):
    said = mail(make_record).text.partition("\n--\n")[2]
    assert said == (
        "Anlass dieser Nachricht: Auftrag 1047.\nRadhaus Lindner GmbH, Adalbertstraße 31, 10999 Berlin\n"
        "030 23125140 · hallo@radhaus-lindner.example\nImpressum:\nhttps://radhaus-lindner.example/impressum\n"
        "Datenschutz:\nhttps://radhaus-lindner.example/datenschutz\n"
    )
