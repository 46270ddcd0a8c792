"""Every mail that is shipped, in each layout and language, read back as a receiver reads it (issue 4, X8)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

import pytest
from playwright.sync_api import Browser

from core import clock, i18n
from emails import check, compose, grammar, mime, placeholders, samples
from emails.layouts import kept
from emails.models import Template
from records.models import Kind
from records.people import Person
from rules.packs import reader

LINK = "https://status.radhaus-lindner.example/s/8fKq2LwT0vXy5ZbN3cRmPd"
WHEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HEADERS = [
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version",
    "Content-Type",
]
ENVELOPE: dict[str, Any] = {
    "to": ("Ada Lovelace", "ada@example.org"), "sender": ("Radhaus Lindner", "werkstatt@radhaus-lindner.example"),
    "message_id": "<abc.1@status.example>", "date": WHEN, "reply_to": ("Mira Aydın", "mira@radhaus-lindner.example"),
}
LEGAL = "Radhaus Lindner GmbH, Adalbertstraße 31, 10999 Berlin"
BUTTON = re.compile(r"^\[[^\]]+\]\(\{\{[^}]+\}\}\)$", re.MULTILINE)
UNSEEN = ("head", "style", "title", "script")


@dataclass(frozen=True)
class Finished:
    """One mail as bytes, and what it was made of."""

    name: str
    template: Template
    body: str
    language: str
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    def part(self, sort: str) -> str:
        part = self.message.get_body((sort,))
        assert part
        return str(part.get_content()).replace("\r\n", "\n")


class Seen(HTMLParser):
    """The words of a document that a reader sees, and where its links lead."""

    def __init__(self, html: str):
        super().__init__()
        self.words: list[str] = []
        self.links: set[str] = set()
        self._unseen: list[str] = []
        self.feed(re.sub(r"<!--.*?-->", "", html, flags=re.DOTALL))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        hidden = tag in UNSEEN or "display:none" in (given.get("style") or "").replace(" ", "")
        if (hidden or self._unseen) and tag not in ("meta", "link", "img", "br", "hr"):
            self._unseen.append(tag)
        if tag == "a":
            self.links.add(given.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and self._unseen[-1] == tag:
            self._unseen.pop()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words += words(data)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.replace("\u00ad", ""))


@pytest.fixture
def finished(shop: Any, once: list[Finished]) -> list[Finished]:
    """All of them: of every pack and of Statusbote itself."""
    if not once:
        for pack in reader.available():
            reader.install(pack.name)
        once += _finished()
    return once


@pytest.fixture(scope="module")
def once() -> list[Finished]:
    return []


def _finished() -> Iterator[Finished]:
    kinds = {kind.key: kind for kind in Kind.select()}
    for template in Template.select().order_by(Template.id):
        for language, text in template.spoken("email").items():
            with i18n.speaking(language):
                record = samples.record(kinds.get(template.kind_id) or samples.any_kind())
            person = Person("customer", "Ada Lovelace", "ada@example.org", language, {}, 1)
            for template.layout in kept.SHIPPED:
                mail = compose.compose(template, record, person, LINK, WHEN, samples.event(record.kind))
                name = f"{template.name}, {language}, {template.layout}"
                yield Finished(name, template, text["body"], language, mime.build(mail, **ENVELOPE))


def test_r5_every_shipped_mail_is_read_back_as_it_was_meant(finished: list[Finished]) -> None:
    assert len(finished) > 150
    faults = {mail.name: found for mail in finished if (found := list(_wrong(mail)))}
    assert faults == {}, "\n".join(f"{k}: {v}" for k, v in faults.items())


def _wrong(mail: Finished) -> Iterator[str]:
    message = mail.message
    if [*message.keys()] != HEADERS:
        yield f"its headers are {[*message.keys()]}"
    if any(part.defects for part in message.walk()):
        yield "a part of it is broken"
    if len(mail.raw) >= 100_000:
        yield f"it has {len(mail.raw)} bytes"
    seen, text = Seen(mail.part("html")), mail.part("plain")
    buttons, expected = mail.part("html").count('class="go'), 1 if BUTTON.search(mail.body) else 0
    if buttons != expected:
        yield f"{buttons} buttons instead of {expected}"
    if set(words(LEGAL)) - set(seen.words) or LEGAL not in text:
        yield "its legal notice is missing"
    if check.paths(grammar.own(mail.body)) and ("{{" in text or "{%" in text):
        yield "a placeholder was left"
    if lost := set(seen.words) - set(words(text)) - _letterhead(mail):
        yield f"its text part lacks {lost}"
    if lost := set(words(text.replace("\n1 × ", "\n"))) - set(seen.words) - set(words(" ".join(seen.links))):
        yield f"its HTML lacks {lost}"
    if lost := [link for link in seen.links if link.removeprefix("mailto:").removeprefix("tel:") not in text]:
        yield f"its text part does not say where {lost} are"


def _letterhead(mail: Finished) -> set[str]:
    """What a mail program shows of every mail anyway, and the letter in its HTML too."""
    with i18n.speaking(mail.language):
        today = placeholders.day(clock.now(), clock.zone("Europe/Berlin"))
    return set(words(f"{mail.message['Subject']} {today}")) if mail.name.endswith("letter") else set()


def test_a_mail_that_advertises_has_two_headers_more_and_no_other(finished: list[Finished]) -> None:
    template = finished[0].template
    template.advertising = True
    person = Person("customer", "Ada Lovelace", "ada@example.org", "de", {}, 1)
    url = "https://status.radhaus-lindner.example/u/1-8fKq2LwT0vXy5ZbN3cRmPd"
    mail = compose.compose(template, samples.record(samples.any_kind()), person, LINK, WHEN, leave=url)
    message = message_from_bytes(mime.build(mail, **ENVELOPE), policy=policy.default)
    assert [*message.keys()] == [*HEADERS[:7], "List-Unsubscribe", "List-Unsubscribe-Post", *HEADERS[7:]]
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (f"<{url}>", "List-Unsubscribe=One-Click")


def test_r5_no_shipped_mail_asks_anybody_for_anything_in_a_real_browser(chromium: Browser, finished: list[Finished]) -> None:
    asked: list[str] = []
    page = chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    for mail in finished:
        page.set_content(re.sub(r'src="cid:[^"]*"', "", mail.part("html")))
    page.close()
    assert asked == []
