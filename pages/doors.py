"""What stands before a page: the button, the question for a postcode, what says that a link opens no more; and the cookies.

A browser is known by two cookies of a link: the nonce of its landing page, and the grant once it was let in.
"""

from datetime import timedelta

from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from core import clock
from pages import answers, fresh, links, policies, postcode, words
from pages.models import Link
from records.zones import zone_of

DAY = timedelta(days=1)


def landing(link: Link, nonce: str, again: bool = False, status: int = 200) -> Response:
    """The button, for a browser with that nonce."""
    response = answers.door("landing", status, action=_door(link), nonce=nonce, again=again, until=_until(link))
    remember(response, "nonce", link, nonce, DAY)
    return response


def asks(link: Link, nonce: str, wrong: bool = False) -> Response:
    """The question for the postcode, after the button."""
    given = {"action": _door(link), "nonce": nonce, "wrong": wrong, "most": postcode.LONGEST}
    return answers.door("postcode", 422 if wrong else 200, None, **given)


def _until(link: Link) -> str:
    return words.day(links.expiry(link).astimezone(zone_of(link.record)))


def gone(link: Link, over: bool = False) -> Response:
    """That it opens no more here, and the way to a fresh one; `over`: for a browser that was let in before."""
    state = links.standing(link, clock.now())
    if over and state in links.LIVE and policies.again(link):
        return answers.sealed(redirect(_door(link), 303))
    why = "over" if over and state in links.USED else "tried" if state == "revoked" and postcode.rests(link) else state
    before, after = ("status.ask_fresh", "status.ask_fresh_after")
    action = url_for(after, link_id=link.id) if over else url_for(before, token=links.token_of(link.id))
    return answers.door("gone", 410, why=why, address=fresh.masked(links.address_of(link)), action=action)


def to_view(link: Link) -> Response:
    """The way to the page itself."""
    response = redirect(url_for("status.view", link_id=link.id), 303)
    return answers.sealed(response)


def _door(link: Link) -> str:
    return url_for("status.open_link", token=links.token_of(link.id))


def remember(response: Response, what: str, link: Link, value: str, life: timedelta) -> None:
    """Give the browser a cookie of that link: its nonce or its grant."""
    https = current_app.config["STATUSBOTE"].https
    response.set_cookie(_cookie(what, link.id), value, max_age=life, path="/", secure=https, httponly=True, samesite="Lax")


def held(what: str, link_id: str) -> str:
    """The browser's cookie of that link: its nonce or its grant; "" for none."""
    return request.cookies.get(_cookie(what, link_id), "")


def _cookie(what: str, link_id: str) -> str:
    return f"{'__Host-' if current_app.config['STATUSBOTE'].https else ''}{what}-{link_id}"
