"""The look: colour, logo, signature and legal lines, judged, kept and shown before they are kept."""

import base64
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin

from core import colour, settings
from core.journal import Entry
from emails.look import picture, shades
from emails.look.picture import Unfit

TYPED = {
    "colour": "#1C5A44", "layout": "letter", "imprint_url": "radhaus.example/i", "privacy_url": "",
    "footer_de": "Radhaus GmbH", "footer_en": "Radhaus Ltd\nBerlin",
    "signature_de": "Viele Grüße\n**{{ betrieb.name }}**", "signature_en": "",
}


def drawn(kind: str = "PNG", size: tuple[int, int] = (300, 100), mode: str = "RGB", **more: Any) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "#1c5a44" if mode == "RGB" else 0).save(written, kind, **more)
    return written.getvalue()


def opened(url: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def send(client: FlaskClient, content: bytes, **more: Any) -> Any:
    return client.post("/appearance", data={**TYPED, "logo": (io.BytesIO(content), "logo.png"), **more})


def test_what_is_typed_is_kept(admin, shop):
    assert admin.post("/appearance", data=TYPED).location == "/appearance"
    kept = settings.get("company")
    assert (kept["colour"], kept["layout"], kept["imprint_url"]) == ("#1c5a44", "letter", "https://radhaus.example/i")
    assert kept["footer"] == {"de": "Radhaus GmbH", "en": "Radhaus Ltd\nBerlin"} and kept["name"] == "Radhaus Lindner"
    page = admin.get("/appearance").text
    assert "Viele Grüße" in page and "Gespeichert." in page
    assert Entry.get(Entry.what == "company.changed").data["fields"] == [
        "layout", "imprint_url", "privacy_url", "footer", "signature"
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "green"), ("colour", "#1c5a4"), ("colour", "#fffff0"), ("layout", "nowhere"),
        ("imprint_url", "ftp://radhaus.example"), ("imprint_url", 'https://a.b/"onclick'), ("privacy_url", "https://"),
        ("footer_de", "a\x00b"), ("signature_de", "{{ kunde.nam }}"), ("signature_en", "{{ payment.qr }}"),
        ("signature_de", "{% if x"), ("footer_en", "x" * 1001),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field_and_kept_as_typed(admin, shop, name, value):
    answer = admin.post("/appearance", data={**TYPED, name: value})
    assert answer.status_code == 422 and "signature" not in settings.get("company")
    if name != "layout":
        assert f'id="field-{name}-error"' in answer.text and "Radhaus GmbH" in answer.text or name == "footer_de"


def test_a_colour_that_is_hard_to_read_gets_the_nearest_that_is_not(admin, shop):
    beside = admin.post("/appearance/preview", data={**TYPED, "colour": "#ffb000"}).text
    better = shades.verdict("#ffb000").better
    assert f'name="take" value="{better}"' in beside and "Schlecht lesbar auf Weiß: Kontrast 1,8 zu 1" in beside
    assert colour.contrast(better, "#ffffff") >= colour.AA and shades.verdict(better).tone == "good"
    admin.post("/appearance", data={**TYPED, "colour": "#ffb000", "take": better})
    assert settings.get("company")["colour"] == better


def test_a_logo_is_written_anew_without_what_else_was_in_it(admin, shop):
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Ada Lovelace, secret")
    assert send(admin, drawn(size=(3000, 1000), pnginfo=told)).status_code == 303
    logo = settings.get("company")["logo"]
    assert logo.startswith("data:image/png;base64,") and b"secret" not in base64.b64decode(logo.partition(",")[2])
    assert opened(logo).size == (1200, 400)
    admin.post("/appearance", data=TYPED)
    assert settings.get("company")["logo"] == logo
    admin.post("/appearance", data={**TYPED, "no_logo": "1"})
    assert settings.get("company")["logo"] == ""


def test_a_photograph_keeps_its_sort_loses_its_place_and_stands_upright():
    about = Image.Exif()
    about[0x0112], about[0x010E] = 6, "taken at home"
    url = picture.recoded(drawn("JPEG", (200, 100), exif=about))
    assert url.startswith("data:image/jpeg;") and opened(url).size == (100, 200) and not opened(url).getexif()


def test_a_transparent_logo_stays_transparent_and_a_heavy_one_becomes_lighter():
    assert opened(picture.recoded(drawn(mode="RGBA"))).mode == "RGBA"
    noise = io.BytesIO()
    Image.effect_noise((600, 450), 100).convert("RGB").save(noise, "PNG")
    url = picture.recoded(noise.getvalue())
    assert len(base64.b64decode(url.partition(",")[2])) <= picture.LARGEST_KEPT and opened(url).size[1] < 400


BOMB = drawn("PNG", (6000, 6000), "1")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">', "SVG"), (b"<?xml version='1.0'?>\n<SVG/>", "SVG"),
        (b"GIF89a", "PNG oder JPEG"), (b"", "PNG oder JPEG"), (b"%PDF", "PNG oder JPEG"), (drawn()[:60], "PNG oder JPEG"),
        (drawn("GIF"), "PNG oder JPEG"), (BOMB, "zu viele Bildpunkte"), (drawn() + bytes(1 << 20), "1 MB"),
    ],
)
def test_what_is_no_logo_is_refused_with_a_sentence(admin, shop, content, said):
    answer = send(admin, content)
    assert answer.status_code == 422 and said in answer.text and settings.get("company")["logo"] == ""


def test_a_picture_cut_short_is_refused_wherever_it_ends():
    whole = drawn("JPEG", (60, 40))
    for end in range(0, len(whole) - 40, 37):
        with pytest.raises(Unfit):
            picture.recoded(whole[:end])


def test_the_preview_shows_what_is_not_saved_yet(admin, shop):
    sent = {**TYPED, "colour": "#b00020", "shown": "desktop", "tongue": "de"}
    mail = admin.post("/appearance/preview/shown", data={**sent, "logo": (io.BytesIO(drawn()), "l.png")})
    assert 'width="640"' in mail.text and "#b00020" in mail.text and "data:image/png" in mail.text
    assert "<strong>Radhaus Lindner</strong>" in mail.text and "sandbox" in mail.headers["Content-Security-Policy"]
    page = admin.post("/appearance/preview/shown", data={**sent, "shown": "page", "tongue": "en"}).text
    assert "News from Radhaus Lindner" in page and "#b00020" in page
    assert admin.post("/appearance/preview/shown", data={**sent, "colour": "x", "signature_de": "{{"}).status_code == 200
    assert settings.get("company")["colour"] == "#1c5a44"
