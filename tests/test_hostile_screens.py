"""Whatever strangers and colleagues typed stays words on every screen there is, in previews too (issue 4)."""

from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import transaction
from core.i18n import LANGUAGES
from emails.layouts.models import Layout
from emails.models import Template
from outbox.models import Mail, Message, Sender
from records.models import Contact, Location, Profile, Record, Source
from rules.models import Rule, touch
from tests.test_routes import GETS, INCOMPLETE, address, ask
from tests.test_routes import world as world

EVIL = "\"'><svg data-evil=1></title></textarea></select><b data-evil=1>{{ 6 | times: 7 }}{{6*7}}"
NAMED: dict[Any, tuple[str, ...]] = {
    Contact: ("name",), Location: ("name", "street", "city"), Template: ("name",), Sender: ("label", "from_name"),
    Rule: ("name",), Profile: ("name",), Layout: ("name",), Source: ("title",), Mail: ("subject", "recipient"),
    Message: ("subject", "address"), Record: ("source",),
}


class Evil(HTMLParser):
    """Finds tags that a value has brought."""

    def __init__(self, html: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name for name, _value in attrs}
        if "data-evil" in named or any(name.startswith("on") for name in named):
            self.found.append(tag)


def wrong(html: str) -> list[str]:
    return Evil(html).found + (["a value was computed"] if ">42" in html or "42{{" in html or "}}42" in html else [])


@pytest.fixture
def hostile(world: dict[str, Any]) -> dict[str, Any]:
    """One of everything, and everything is called something evil."""
    with transaction():
        for model, names in NAMED.items():
            model.update(**dict.fromkeys(names, EVIL)).execute()
        Record.update(
            items=[{"name": EVIL, "quantity": 2, "price": "1.00"}], tracking={"carrier": EVIL, "number": EVIL},
            fields={"device": EVIL, "serial": EVIL},
        ).execute()
        Contact.update(phone="+491711234567").execute()
        said = {"given": True, "at": "2026-11-20T10:00:00+00:00", "how": EVIL, "text": EVIL}
        Contact.update(consents={"email": said, "sms": said, "advertising": {**said, "before": said}}).execute()
        raw = f"Subject: x\r\nFrom: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{EVIL}\r\n"
        Mail.update(content=raw.encode()).execute()
        touch()
    return world


def test_every_screen_shows_evil_values_as_words(hostile: dict[str, Any], admin: FlaskClient) -> None:
    asked = {path: ask(admin, "GET", address(path, hostile)) for _who, path in GETS if path not in INCOMPLETE}
    told = {path: answer.text for path, answer in asked.items() if answer.mimetype == "text/html"}
    assert {path: found for path, html in told.items() if (found := wrong(html))} == {}
    assert sum("data-evil" in html for html in told.values()) > 25


def test_every_preview_shows_evil_values_as_words(hostile: dict[str, Any], admin: FlaskClient) -> None:
    record, template, rule = Record.get(), Template.get(Template.name == EVIL), Rule.get()
    text = "{{ customer.name }} {{ record.fields.serial }} {{ record.carrier }}"
    texts = {f"{part}.{key}": text for key in LANGUAGES for part in ("subject", "body", "sms")}
    draft = {"name": EVIL, "record": str(record.id), "language": "de", **texts}
    many = {"record": [str(record.id)], "template": str(template.id)}
    letter = {"template": str(template.id), "subject": text, "body": text, "language": "de", "token": "x" * 22}
    chosen = {"kind": "order", "trigger": "created", "who-0": "customer", "template-0": str(rule.recipients[0]["template"])}
    posts: dict[str, dict[str, Any]] = {
        "/templates/preview": draft, "/templates/preview/letter": draft, "/outbox/write/many": many,
        f"/outbox/write/{record.id}/preview": letter, f"/outbox/write/{record.id}/letter": letter,
        "/rules/preview": chosen | {"record": str(record.id), "name": EVIL},
        "/rules/preview?sms": chosen | {"channel": "sms", "record": str(record.id)},
    }
    told = {path: admin.post(path, data=data) for path, data in posts.items()}
    assert {path: answer.status for path, answer in told.items() if answer.status_code != 200} == {}
    assert {path: found for path, answer in told.items() if (found := wrong(answer.text))} == {}
    assert sum("data-evil" in answer.text for answer in told.values()) > 4


def test_the_finder_finds_what_lives() -> None:
    assert wrong(f"<p>{EVIL}</p>") and wrong('<img src="x" onerror="x()">') and not wrong("<p>&lt;svg data-evil=1&gt;</p>")
