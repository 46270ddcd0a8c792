"""Twenty sorts of scanners look at 200 links: only those that press buttons open any, and the people behind get in too."""

import http.client
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from core import clock
from core.db import transaction
from pages import links
from pages.models import Grant, Link
from records.models import Record
from tests.browsing import Browse, watched

EACH = 10
Headers = dict[str, str]
Answer = tuple[int, Headers, str]


class Visitor:
    """A program or person with a connection and cookies of their own."""

    def __init__(self, address: str, **headers: str):
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        sent = {**self.headers, **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, sent)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, dict(answer.getheaders()), answer.read().decode()

    def press(self, path: str) -> int:
        """Look at the landing page, press its button, and read what comes; its status."""
        status, _, page = self.ask("GET", path)
        nonce = re.search(r'name="nonce" value="(\w+)"', page)
        if status != 200 or not nonce:
            return status
        status, headers, _ = self.ask("POST", path, f"nonce={nonce[1]}")
        return self.ask("GET", headers["Location"])[0] if status == 303 else status


Scanner = Callable[[str, str], None]


def looks(*methods: str, **headers: str) -> Scanner:
    """A scanner that asks in these ways, each time as somebody new."""

    def scan(address: str, path: str) -> None:
        for method in methods:
            visitor = Visitor(address, **headers)
            visitor.ask(method, path)
            visitor.connection.close()

    return scan


def follows_links(address: str, path: str) -> None:
    """A crawler with cookies: everything the landing page leads to, from its other language to its pictures."""
    crawler = Visitor(address, User_Agent="Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")
    for found in re.findall(r'(?:href|src|action)="([^"]*)"', crawler.ask("GET", path)[2]):
        if found.startswith(("/", "?")):
            crawler.ask("GET", path + found if found.startswith("?") else found)


def posts_blindly(address: str, path: str) -> None:
    """A scanner that posts to the form without having kept its cookie."""
    _, _, page = Visitor(address).ask("GET", path)
    nonce = re.search(r'name="nonce" value="(\w+)"', page)
    assert nonce and Visitor(address).ask("POST", path, f"nonce={nonce[1]}")[0] == 403
    assert Visitor(address).ask("POST", path, "submit=1")[0] == 403


PLAIN: dict[str, Scanner] = {
    "HEAD": looks("HEAD"),
    "GET": looks("GET"),
    "HEAD, then GET": looks("HEAD", "GET", User_Agent="Proofpoint-URL-Defense/1.0"),
    "three times": looks("GET", "GET", "GET", User_Agent="Mimecast-URL-Protect"),
    "OPTIONS": looks("OPTIONS"),
    "prefetch of Chromium": looks("GET", Sec_Purpose="prefetch;prerender", Purpose="prefetch"),
    "prefetch of Firefox": looks("GET", X_Moz="prefetch", Sec_Purpose="prefetch"),
    "prefetch of Safari": looks("GET", X_Purpose="preview"),
    "Outlook Safe Links": looks("GET", User_Agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks"),
    "Slack": looks("GET", User_Agent="Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", Range="bytes=0-32768"),
    "WhatsApp": looks("GET", User_Agent="WhatsApp/2.23.20.0 A"),
    "Facebook": looks("GET", User_Agent="facebookexternalhit/1.1"),
    "Telegram": looks("GET", User_Agent="TelegramBot (like TwitterBot)"),
    "Apple": looks("GET", User_Agent="Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (Applebot/0.1) iMessageLinkPreview"),
    "Google": looks("GET", "HEAD", User_Agent="Mozilla/5.0 (compatible; Googlebot/2.1)", From="googlebot(at)googlebot.com"),
    "a cache": looks("GET", If_None_Match='"x"', If_Modified_Since="Fri, 20 Nov 2026 10:00:00 GMT"),
    "a crawler": follows_links,
    "a blind form filler": posts_blindly,
}


ENDS = {
    "used": "Dieser Link wurde schon geöffnet.", "expired": "Dieser Link ist abgelaufen.",
    "revoked": "Dieser Link gilt nicht mehr.", "erased": "Hier ist nichts.",
}


@pytest.fixture
def sent(house: Any, shop: Any, make_record: Callable[..., Record]) -> Callable[[int], list[Link]]:
    """Links to an order that is ready, sent this very moment."""
    record = make_record("1047", status="ready", location="berlin")

    def send(number: int) -> list[Link]:
        made = [links.prepare(record.id, "customer", "ada@example.org") for _ in range(number)]
        with transaction():
            links.save_many(made)
            links.mark_sent([link.id for link in made], clock.now())
        return made

    return send


def path(link: Link) -> str:
    return f"/s/{links.token_of(link.id)}"


def states(some: list[Link]) -> set[str]:
    return {link.state for link in Link.select().where(Link.id.in_([link.id for link in some]))}


def test_x5_no_scanner_uses_a_link_up_and_who_presses_buttons_takes_it_from_nobody(
    sent: Callable[[int], list[Link]], address: str, chromium: Browser
) -> None:
    everyone = sent(20 * EACH)
    shares = [everyone[n : n + EACH] for n in range(0, len(everyone), EACH)]
    for (name, scan), mine in zip(PLAIN.items(), shares, strict=False):
        for link in mine:
            scan(address, path(link))
        assert states(mine) == {"issued"}, name
    running, pressing = shares[len(PLAIN) :]
    with watched(chromium, base_url=address) as page:
        for link in running:
            page.goto(path(link))
            page.evaluate("document.querySelectorAll('*').forEach(one => one.dispatchEvent(new Event('mouseover')))")
    assert states(running) == {"issued"} and not Grant.select().exists()
    for link in pressing:
        with watched(chromium, base_url=address) as page:
            page.goto(path(link))
            page.locator("button").first.click()
            expect(page.get_by_text("Auftrag 1047")).to_be_visible()
    assert states(pressing) == {"opened"}
    victims = [Visitor(address).press(path(link)) for link in everyone]
    assert victims == [200] * len(everyone), "everybody to whom a link was sent still gets in"
    assert {Visitor(address).press(path(link)) for link in pressing} == {410}, "and nobody after them"


def test_x5_the_whole_way_of_a_link_in_real_browsers(
    sent: Callable[[int], list[Link]], browse: Browse, chromium: Browser, address: str
) -> None:
    (link,) = sent(1)
    Link.update(sent_at=clock.now() - timedelta(hours=1)).execute()
    ada = browse()
    ada.goto(path(link))
    ada.get_by_role("button").dblclick()
    expect(ada.get_by_text("Auftrag 1047")).to_be_visible()
    for again in (ada.reload, ada.go_back, lambda: ada.goto(path(link))):
        again()
        expect(ada.get_by_text("Auftrag 1047")).to_be_visible()
    assert Link.get_by_id(link.id).openings == 1 and Grant.select().count() == 1
    with chromium.new_context(base_url=address) as telephone:
        late = telephone.new_page()
        late.goto(path(link))
        expect(late.get_by_role("heading", level=1)).to_have_text("Dieser Link wurde schon geöffnet.")
        expect(late.get_by_text("a•••@e•••.org")).to_be_visible()
        late.get_by_role("button", name="Neuen Link senden").click()
        expect(late.get_by_role("heading", level=1)).to_have_text("Bitte sehen Sie in Ihr Postfach.")
        Grant.update(created_at=clock.now() - timedelta(hours=2)).execute()
        telephone.add_cookies(ada.context.cookies())
        late.goto(f"/s/v/{link.id}")
        expect(late.get_by_role("heading", level=1)).to_have_text("Diese Seite hat sich wieder geschlossen.")
        for state, words in ENDS.items():
            Link.update(state=state).where(Link.id == link.id).execute()
            late.goto(path(link))
            expect(late.get_by_role("heading", level=1)).to_have_text(words)
    (fresh,) = Link.select().where(Link.id != link.id)
    ada.goto(path(fresh))
    ada.get_by_role("button").click()
    expect(ada.get_by_text("Auftrag 1047")).to_be_visible()
