"""How often links open is chosen per kind; the default stays what `test_pages_views` and the state machine say."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.db import transaction
from core.journal import Entry
from pages import endings, links
from pages.models import Link
from pages.settings import current, store
from records.models import Record
from tests.test_pages_views import address, nonce, press

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PATH = "/pages/settings/orders"


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 9, 52, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def choose(house: Flask) -> Callable[[str], None]:
    """Sets how often links to orders open."""

    def set_(policy: str) -> None:
        content = {"link": {"policy": policy}} if policy else {}
        store.save("order", "", content, store.setting("order", "").version, "user:1")
        current.forget()

    return set_


@pytest.fixture
def link(time: time_machine.Traveller, shop: Any, make_record: Callable[..., Record]) -> Link:
    """Ada's link to an order that is ready, sent an hour ago."""
    record = make_record("1047", status="ready", location="berlin")
    made = links.prepare(record.id, "customer", "ada@example.org")
    with transaction():
        links.save_many([made])
        links.mark_sent([made.id], clock.now())
    time.shift(HOUR)
    return made


def test_until_it_expires_a_link_opens_in_every_browser_as_often_as_one_likes(
    link: Link, choose: Any, house: Flask, time: Any
) -> None:
    choose("until")
    ada, telephone = house.test_client(), house.test_client()
    for _ in range(2):
        for browser in (ada, telephone):
            page = browser.get(press(browser, link).location)
            assert page.status_code == 200 and "nur einmal" not in page.text
        time.shift(2 * DAY)
        endings.settle()
    assert Link.get_by_id(link.id).openings == 4
    assert Entry.select().where(Entry.what == "link.opened").count() == 1, "rules hear of it once"
    time.shift(30 * DAY)
    assert ada.get(address(link)).status_code == 410


def test_a_page_that_has_closed_leads_back_to_its_button(link: Link, choose: Any, house: Flask, time: Any) -> None:
    choose("until")
    ada = house.test_client()
    view = press(ada, link).location
    time.shift(2 * HOUR)
    assert ada.get(view).location == address(link)


def test_a_link_that_opens_again_can_still_be_revoked(link: Link, choose: Any, house: Flask) -> None:
    choose("until")
    ada = house.test_client()
    view = press(ada, link).location
    endings.revoke([link.id], "staff", "user:1")
    assert ada.get(view).status_code == 410 and ada.get(address(link)).status_code == 410
    assert ada.post(address(link), data={"nonce": "x" * 22}).status_code == 403


def test_the_policy_holds_at_once_and_the_default_is_once(link: Link, choose: Any, house: Flask, time: Any) -> None:
    press(house.test_client(), link)
    late = house.test_client()
    assert late.get(address(link)).status_code == 410
    choose("until")
    assert late.get(press(late, link).location).status_code == 200
    choose("")
    assert house.test_client().get(address(link)).status_code == 410
    choose("nonsense")
    assert house.test_client().get(address(link)).status_code == 410


def test_it_is_chosen_for_the_kind_and_not_for_a_status(admin: FlaskClient) -> None:
    assert 'name="policy"' in admin.get(PATH).text and 'name="policy"' not in admin.get(f"{PATH}?status=ready").text
    assert admin.post(PATH, data={"version": 0, "policy": "until"}).status_code == 303
    assert store.setting("order", "").content["link"] == {"policy": "until"}
    assert admin.post(PATH, data={"version": 0, "status": "ready", "headline.de": "Da."}).status_code == 303
    assert "link" not in store.setting("order", "ready").content
    assert "So oft man möchte" in admin.get(f"{PATH}/history").text


def test_the_nonce_is_asked_for_all_the_same(link: Link, choose: Any, house: Flask) -> None:
    choose("until")
    ada = house.test_client()
    assert nonce(ada.get(address(link))) and ada.post(address(link), data={}).status_code == 403


def enter(browser: FlaskClient, link: Link, postcode: str) -> Any:
    """Press the button, then enter a postcode."""
    token = {"nonce": nonce(browser.get(address(link)))}
    asked = browser.post(address(link), data=token)
    assert asked.status_code == 200 and "Bitte geben Sie Ihre Postleitzahl ein." in asked.text
    return browser.post(address(link), data={**token, "postcode": postcode})


@pytest.fixture
def known(make_record: Callable[..., Record], link: Link, choose: Any, ada: dict[str, Any]) -> Link:
    """Ada's link, which asks for her postcode."""
    make_record("1047", contact={**ada, "postcode": "w1a 1aa"})
    choose("postcode")
    return link


def test_the_postcode_is_asked_for_after_the_button_and_opens_the_page(known: Link, house: Flask) -> None:
    browser = house.test_client()
    wrong = enter(browser, known, "10999")
    assert wrong.status_code == 422 and "W1A" not in wrong.text and Link.get_by_id(known.id).state == "issued"
    opened = enter(browser, known, " W1A-1aa ")
    assert opened.status_code == 303 and browser.get(opened.location).status_code == 200
    assert Link.get_by_id(known.id).openings == 1


def test_after_five_wrong_postcodes_the_link_rests_and_a_fresh_one_is_offered(known: Link, house: Flask) -> None:
    browser = house.test_client()
    codes = [enter(browser, known, str(number)).status_code for number in range(5)]
    assert codes == [422, 422, 422, 422, 410]
    late = browser.get(address(known))
    assert late.status_code == 410 and "Dieser Link ruht jetzt." in late.text and "Neuen Link senden" in late.text
    (line,) = Entry.select().where(Entry.what == "link.revoked")
    assert line.data["reason"] == "postcode"
    browser.post(f"{address(known)}/fresh")
    (fresh,) = Link.select().where(Link.id != known.id)
    assert enter(browser, fresh, "W1A 1AA").status_code == 303


def test_tries_are_counted_whoever_tries(known: Link, house: Flask) -> None:
    for number in range(5):
        enter(house.test_client(), known, str(number))
    assert house.test_client().get(address(known)).status_code == 410


def test_who_has_no_postcode_on_file_is_not_asked(link: Link, choose: Any, house: Flask) -> None:
    choose("postcode")
    assert press(house.test_client(), link).status_code == 303


def test_the_api_and_the_form_keep_a_postcode(
    make_record: Callable[..., Record], clerk: FlaskClient, ada: dict[str, Any]
) -> None:
    record = make_record("1001", contact={**ada, "postcode": " 10999 "})
    assert record.contact.postcode == "10999"
    make_record("1001", contact={"name": ada["name"], "email": ada["email"]})
    page = clerk.get(f"/contacts/{record.contact_id}/edit").text
    assert 'name="contact.postcode"' in page and 'value="10999"' in page
    assert "10999" in clerk.get(f"/contacts/{record.contact_id}").text


def test_staff_issue_a_link_anew_and_the_old_one_opens_no_more(link: Link, clerk: FlaskClient, house: Flask) -> None:
    assert "Neu ausstellen" in clerk.get(f"/pages/slot/{link.record_id}").text
    assert clerk.post(f"/pages/links/{link.id}/renew").status_code == 302
    (fresh,) = Link.select().where(Link.id != link.id)
    (line,) = Entry.select().where(Entry.what == "link.requested")
    assert line.data == {"link": fresh.id} and line.actor.startswith("user:") and line.unread
    assert house.test_client().get(address(link)).status_code == 410
    assert press(house.test_client(), fresh).status_code == 303
