"""What a customer's browser meets at /s/…: landing, opening, the page, and every header on the way."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from accounts.limits import limiter
from app import create_app
from core import clock, db, journal
from core.db import transaction
from core.journal import Entry
from pages import endings, hush, links, publish
from pages.models import Grant, Link, Page
from records import contacts
from records.models import Record

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANSWER = "Wenn uns Ihre Adresse vorliegt, kommt dort in wenigen Minuten ein neuer Link an."


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 9, 52, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(house: Flask, shop: Any) -> Iterator[Callable[[], FlaskClient]]:
    """Makes browsers that know nothing of each other."""
    limiter.reset()
    yield house.test_client


@pytest.fixture
def link(time: time_machine.Traveller, browser: Any, make_record: Callable[..., Record]) -> Link:
    """Ada's link to an order that is ready, sent an hour ago."""
    made = issue(make_record("1047", status="ready", location="berlin"))
    time.shift(HOUR)
    return made


def issue(record: Record, recipient: str = "customer", address: str = "ada@example.org") -> Link:
    journal.read([publish.read, endings.read])
    made = links.prepare(record.id, recipient, address)
    with transaction():
        links.save_many([made])
        links.mark_sent([made.id], clock.now())
    return made


def address(link: Link) -> str:
    return "/s/" + links.token_of(link.id)


def nonce(page: TestResponse) -> str:
    found = re.search(r'name="nonce" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


def press(client: FlaskClient, link: Link) -> TestResponse:
    return client.post(address(link), data={"nonce": nonce(client.get(address(link)))})


def rows() -> Any:
    return [sorted(map(str, model.select().tuples())) for model in (Link, Grant, Page, Entry)]


def test_the_landing_page_says_nothing_personal(link: Link, browser: Any) -> None:
    page = browser().get(address(link))
    assert page.status_code == 200
    for secret in ("Ada", "ada@", "1047", "abholbereit", "Kreuzberg"):
        assert secret not in page.text
    assert "Dieser Link gilt bis Sonntag, 20.\u00a0Dezember 2026." in page.text
    assert "Neues von Radhaus Lindner" in page.text and "<script" not in page.text


def test_looking_changes_nothing_however_often_a_scanner_looks(link: Link, browser: Any) -> None:
    before = rows()
    for _ in range(3):
        assert browser().get(address(link)).status_code == 200
        assert browser().head(address(link)).status_code == 200
    assert rows() == before


def test_the_button_opens_the_page_and_reload_works(link: Link, browser: Any) -> None:
    ada = browser()
    opened = press(ada, link)
    assert (opened.status_code, opened.location) == (303, f"/s/v/{link.id}")
    for _ in range(2):
        page = ada.get(opened.location)
        assert page.status_code == 200 and "Ihr Auftrag ist abholbereit." in page.text


def test_with_a_grant_the_link_leads_straight_to_the_page(link: Link, browser: Any) -> None:
    ada = browser()
    press(ada, link)
    assert ada.get(address(link)).location == f"/s/v/{link.id}"
    assert ada.post(address(link)).location == f"/s/v/{link.id}"


def test_a_double_click_and_a_lost_answer_lead_to_the_same_grant(link: Link, browser: Any, time: Any) -> None:
    ada = browser()
    given = nonce(ada.get(address(link)))
    first = ada.post(address(link), data={"nonce": given})
    ada.delete_cookie(f"grant-{link.id}")  # the answer never arrived
    time.shift(9 * MINUTE)
    second = ada.post(address(link), data={"nonce": given})
    assert grant_of(first) == grant_of(second)
    assert Grant.select().count() == 1


def grant_of(answer: TestResponse) -> str:
    return next(cookie for cookie in answer.headers.getlist("Set-Cookie") if "grant-" in cookie).split(";")[0]


def test_a_second_browser_is_told_the_link_was_opened(link: Link, browser: Any) -> None:
    press(browser(), link)
    told = browser().get(address(link))
    assert told.status_code == 410
    assert (
        "Dieser Link wurde schon geöffnet." in told.text
        and "a•••@e•••.org" in told.text
        and "ada@example.org" not in told.text
    )


def test_a_second_browser_that_had_the_page_open_is_told_so_when_it_presses(link: Link, browser: Any) -> None:
    ben = browser()
    given = nonce(ben.get(address(link)))
    press(browser(), link)
    assert ben.post(address(link), data={"nonce": given}).status_code == 410


def test_after_a_scanner_pressed_the_button_the_customer_still_gets_in(make_record: Any, browser: Any, time: Any) -> None:
    made = issue(make_record("1048", status="ready"))
    time.shift(MINUTE)
    assert press(browser(), made).status_code == 303
    time.shift(2 * HOUR)
    assert press(browser(), made).status_code == 303
    assert browser().get(address(made)).status_code == 410


@pytest.mark.parametrize("given", ["", "x" * 22, "ä" * 22])
def test_a_form_from_elsewhere_opens_nothing(link: Link, browser: Any, given: str) -> None:
    ada = browser()
    ada.get(address(link))
    answer = ada.post(address(link), data={"nonce": given})
    assert answer.status_code == 403 and "noch einmal" in answer.text
    assert Link.get().state == "issued"
    assert press(ada, link).status_code == 303


def test_without_cookies_the_button_explains_itself(link: Link, house: Flask, browser: Any) -> None:
    bare = house.test_client(use_cookies=False)
    assert press(bare, link).status_code == 403


def test_after_an_hour_the_page_closes_and_offers_a_fresh_link(link: Link, browser: Any, time: Any) -> None:
    ada = browser()
    view = press(ada, link).location
    time.shift(HOUR)
    closed = ada.get(view)
    assert closed.status_code == 410 and "wieder geschlossen" in closed.text and "abholbereit" not in closed.text
    asked = ada.post(f"{view}/fresh")
    assert asked.status_code == 200 and ANSWER in asked.text
    assert Entry.select().where(Entry.what == "link.requested").count() == 1


def test_the_page_is_nobodys_without_a_grant(link: Link, browser: Any) -> None:
    press(browser(), link)
    assert browser().get(f"/s/v/{link.id}").status_code == 404
    assert browser().post(f"/s/v/{link.id}/fresh").status_code == 404
    assert browser().get("/s/v/nothing-1").status_code == 404


def test_the_link_shows_the_newest_page(link: Link, browser: Any, make_record: Any) -> None:
    ada = browser()
    view = press(ada, link).location
    make_record("1047", status="cancelled")
    journal.read([publish.read])
    assert "Ihr Auftrag wurde storniert." in ada.get(view).text


def test_a_page_whose_file_is_gone_is_shown_all_the_same(link: Link, browser: Any, house: Flask) -> None:
    ada = browser()
    view = press(ada, link).location
    for file in house.config["STATUSBOTE"].pages.rglob("*.html"):
        file.unlink()
    assert "Ihr Auftrag ist abholbereit." in ada.get(view).text


def test_a_fresh_link_is_sent_and_the_answer_is_always_the_same(link: Link, browser: Any) -> None:
    answers = {browser().post(f"{address(link)}/fresh").text for _ in range(5)}
    assert len(answers) == 1 and ANSWER in answers.pop()
    assert Entry.select().where(Entry.what == "link.requested").count() == 1


def test_the_answer_is_the_same_when_there_is_no_address(link: Link, make_record: Any, browser: Any) -> None:
    with_address = browser().post(f"{address(link)}/fresh").text
    contacts.correct(link.record.contact, {"email": ""}, "user:1")
    assert browser().post(f"{address(link)}/fresh").text == with_address
    gone = browser().get(address(link))
    assert gone.status_code == 410 and "•••" not in gone.text and "Bitte melden Sie sich bei uns" in gone.text


def test_an_expired_link_offers_a_fresh_one(link: Link, browser: Any, time: Any) -> None:
    time.shift(30 * DAY)
    told = browser().get(address(link))
    assert told.status_code == 410 and "abgelaufen" in told.text and "a•••@e•••.org" in told.text


def test_a_revoked_link_offers_a_fresh_one_to_the_current_address(link: Link, browser: Any) -> None:
    contacts.correct(link.record.contact, {"email": "countess@lovelace.example"}, "user:1")
    told = browser().get(address(link))
    assert told.status_code == 410 and "gilt nicht mehr" in told.text and "c•••@l•••.example" in told.text
    browser().post(f"{address(link)}/fresh")
    made = Link.get(Link.id.endswith("-2"))
    assert made.sent_to == links.mark("countess@lovelace.example")


def test_erased_looks_exactly_like_unknown(link: Link, browser: Any) -> None:
    with transaction():
        endings.erase([link.record_id])
    erased, unknown = browser().get(address(link)), browser().get("/s/" + "x" * 22)
    assert erased.status_code == unknown.status_code == 404 and erased.text == unknown.text
    assert dict(erased.headers) == dict(unknown.headers)
    assert browser().post(f"{address(link)}/fresh").status_code == 404


def test_unknown_tokens_are_limited_by_network(link: Link, browser: Any, time: Any) -> None:
    def unknown(host: str) -> int:
        answer: int = browser().get("/s/" + "y" * 22, environ_base={"REMOTE_ADDR": host}).status_code
        return answer

    assert [unknown(f"203.0.113.{n}") for n in range(20)] == [404] * 20
    assert unknown("203.0.113.200") == 429
    assert unknown("203.0.114.1") == 404
    known = browser().get(address(link), environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert known.status_code == 200  # a neighbour's scan locks no customer out


def test_a_crooked_token_is_unknown_too(browser: Any) -> None:
    for token in ("x", "x" * 21, "x" * 23, "ä" * 22, "x" * 5000, "%00" * 22):
        assert browser().get(f"/s/{token}").status_code == 404


COMMON = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def policy(answer: TestResponse) -> str:
    """The CSP, its style hash checked against the style that is really in the page."""
    import base64
    import hashlib

    style = re.search("<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    return answer.headers["Content-Security-Policy"].replace(f"'sha256-{digest}'", "HASH")


STRICT = "default-src 'none'; style-src HASH; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def test_every_answer_carries_its_headers(link: Link, browser: Any) -> None:
    ada, ben = browser(), browser()
    landing = ada.get(address(link))
    opened = press(ada, link)
    view = ada.get(opened.location)
    used, unknown, asked = ben.get(address(link)), ben.get("/s/nothing"), ben.post(f"{address(link)}/fresh")
    for answer in (landing, view, used, unknown, asked):
        assert policy(answer) == STRICT
    for answer in (landing, opened, view, used, unknown, asked):
        assert {name: answer.headers[name] for name in COMMON} == COMMON
        assert not {"ETag", "Last-Modified", "Accept-Ranges", "Content-Disposition"} & set(answer.headers.keys())
    assert landing.headers["Referrer-Policy"] == used.headers["Referrer-Policy"] == "same-origin"
    assert view.headers["Referrer-Policy"] == opened.headers["Referrer-Policy"] == "no-referrer"


def test_ranges_and_conditions_are_ignored(link: Link, browser: Any) -> None:
    ada = browser()
    view = press(ada, link).location
    whole = ada.get(view)
    part = ada.get(
        view, headers={"Range": "bytes=0-9", "If-None-Match": "*", "If-Modified-Since": "Sat, 21 Nov 2099 00:00:00 GMT"}
    )
    assert part.status_code == 200 and part.data == whole.data


def test_cookies_on_a_local_machine_are_plain_but_closed(link: Link, browser: Any) -> None:
    ada = browser()
    for cookie in ada.get(address(link)).headers.getlist("Set-Cookie") + press(ada, link).headers.getlist("Set-Cookie"):
        assert re.match(rf"(nonce|grant)-{link.id}=\w{{22}};", cookie)
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/;" in cookie and "Secure" not in cookie


def test_cookies_over_https_are_bound_to_the_host(settings_of: Any, ada: Any) -> None:
    from records import change, kinds

    app = create_app(settings_of(STATUSBOTE_BASE_URL="https://status.example.org"))
    kind = kinds.of_collection("orders")
    assert kind
    made = issue(change.apply(kind, "1", {"status": "ready", "contact": ada}, "api:1").record)
    assert links.url(made.id).startswith("https://status.example.org/s/")
    client = app.test_client()
    page = client.get(address(made), base_url="https://status.example.org")
    opened = client.post(address(made), data={"nonce": nonce(page)}, base_url="https://status.example.org")
    assert opened.status_code == 303
    for cookie in page.headers.getlist("Set-Cookie") + opened.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-") and "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
    assert client.get(opened.location, base_url="https://status.example.org").status_code == 200
    db.database.close()


def test_nginx_is_told_where_the_file_lies(link: Link, browser: Any, house: Flask) -> None:
    ada = browser()
    view = press(ada, link).location
    house.config["X_ACCEL"] = "/inside/"
    answer = ada.get(view)
    assert answer.headers["X-Accel-Redirect"] == f"/inside/{Page.get().file}" and answer.data == b""
    assert answer.headers["Content-Security-Policy"] and answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.mimetype == "text/html"


def test_the_doors_speak_the_customers_language_and_the_other_on_request(link: Link, browser: Any, make_record: Any) -> None:
    contacts.correct(link.record.contact, {"language": "en"}, "user:1")
    ada = browser()
    assert "News from Radhaus Lindner" in ada.get(address(link), headers={"Accept-Language": "de"}).text
    assert "Neues von Radhaus Lindner" in ada.get(f"{address(link)}?l=de").text
    assert "News from Radhaus Lindner" in ada.get(f"{address(link)}?l=xx").text


def test_a_link_for_somebody_else_belongs_to_them(make_record: Any, browser: Any) -> None:
    made = issue(make_record("1049", status="ready", location="berlin"), "manager", "mira@radhaus-lindner.example")
    assert press(browser(), made).status_code == 303


def test_trouble_is_told_without_the_database(link: Link, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(token: str) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(links, "find", broken)
    answer = browser().get(address(link))
    assert answer.status_code == 503 and policy(answer) == STRICT and "disk" not in answer.text


def test_no_log_shows_a_token(link: Link) -> None:
    shown = logging.LogRecord(
        "werkzeug", logging.INFO, "", 0, '"%s" %s', ("GET " + address(link) + "?l=en HTTP/1.1", 200), None
    )
    assert hush.Hush().filter(shown)
    assert links.token_of(link.id) not in shown.getMessage() and "/s/…" in shown.getMessage()
    assert any(isinstance(known, hush.Hush) for known in logging.getLogger("werkzeug").filters)


def test_no_token_is_stored_anywhere(link: Link, browser: Any, house: Flask) -> None:
    ada = browser()
    press(ada, link)
    browser().post(f"{address(link)}/fresh")
    stored = b"".join(path.read_bytes() for path in house.config["STATUSBOTE"].data.rglob("*") if path.is_file())
    for known in Link.select():
        assert links.token_of(known.id).encode() not in stored
    grant = ada.get_cookie(f"grant-{link.id}")
    assert grant and grant.value.encode() not in stored
