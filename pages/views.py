"""What customers open: the landing page of a link, the page behind it, and the way to a fresh link.

These views use neither the back office's session nor its CSRF tokens: a form belongs to the browser whose nonce it carries.
"""

import logging
import secrets
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from core import clock, i18n, keys
from core.web import csrf
from pages import answers, doors, downloads, fresh, grants, hush, links, postcode, publish, strangers
from pages.models import Link
from pages.replies import asking

bp = Blueprint("status", __name__, url_prefix="/s")
csrf.exempt(bp)
bp.record_once(lambda state: hush.listen())

log = logging.getLogger("statusbote.pages")


class Unknown(Exception):
    """There is no such link, or it must look as if there were none."""


@bp.get("/<token>")
def landing(token: str) -> Response:
    """Ask to press a button; this changes nothing, whoever looks."""
    link = _known(token)
    if _here(link):
        return doors.to_view(link)
    nonce = doors.held("nonce", link.id) or keys.random62(22)
    return doors.landing(link, nonce) if grants.opens(link, nonce, clock.now()) else doors.gone(link)


@bp.post("/<token>")
def open_link(token: str) -> Response:
    """Open the link in the browser that was shown the button."""
    link = _known(token)
    if _here(link):
        return doors.to_view(link)
    nonce, given = doors.held("nonce", link.id), request.form.get("nonce", "")
    if not nonce or not secrets.compare_digest(nonce.encode(), given.encode()):
        return doors.landing(link, keys.random62(22), again=True, status=403)
    if postcode.needed(link) and grants.opens(link, nonce, clock.now()):
        if "postcode" not in request.form:
            return doors.asks(link, nonce)
        if not postcode.admits(link, request.form["postcode"]):
            link = _known(token)
            return doors.gone(link) if postcode.rests(link) else doors.asks(link, nonce, wrong=True)
    grant = grants.open_in(link, nonce)
    if grant is None:
        return doors.gone(link)
    response = doors.to_view(link)
    doors.remember(response, "grant", link, grant, doors.DAY)  # how long it opens the page the house says, not the cookie
    doors.remember(response, "nonce", link, nonce, grants.AGAIN)
    return response


@bp.get("/v/<link_id>")
def view(link_id: str) -> Response:
    """The newest page of the record, for a browser that was let in."""
    visit = _visit(link_id)
    if not visit.valid:
        return doors.gone(visit.link, over=True)
    try:
        if beside := downloads.asked(visit.link.record_id, request.args):
            return beside
        if question := asking.asked(visit.link.record_id, request.args, _proof(visit.link)):
            return question
    except downloads.Missing:
        return answers.door("missing", 404)
    kept = publish.newest(visit.link.record_id)
    if kept is None:
        raise Unknown
    return answers.sheet(kept)


@bp.post("/v/<link_id>")
def reply(link_id: str) -> Response:
    """Take what the customer says on the page."""
    visit = _visit(link_id)
    if not visit.valid:
        return doors.gone(visit.link, over=True)
    try:
        said = asking.answer(visit.link, request.args.get(asking.QUERY, ""), request.form, _proof(visit.link))
    except downloads.Missing:
        return answers.door("missing", 404)
    except PermissionError:
        return answers.door("missing", 403)
    if isinstance(said, Response):
        return said
    return answers.sealed(redirect(url_for(".view", link_id=link_id, reply=said, received=1), 303))


@bp.post("/<token>/fresh")
def ask_fresh(token: str) -> Response:
    """Send a fresh link to the address on file; whether that happens, the answer does not tell."""
    return _ask(_known(token))


@bp.post("/v/<link_id>/fresh")
def ask_fresh_after(link_id: str) -> Response:
    """The same for a browser whose visit is over."""
    return _ask(_visit(link_id).link)


@bp.errorhandler(Unknown)
def _unknown(error: Unknown) -> Response:
    return strangers.turned_away()


@bp.errorhandler(Exception)
def _trouble(error: Exception) -> Any:
    if isinstance(error, HTTPException):
        return error
    log.exception("unexpected at %s", request.endpoint)
    return answers.trouble()


def _ask(link: Link) -> Response:
    fresh.ask(link)
    return answers.door("asked")


def _known(token: str) -> Link:
    return _spoken(links.find(token))


def _visit(link_id: str) -> grants.Visit:
    visit = grants.visit(link_id, doors.held("grant", link_id))
    if visit is None:
        raise Unknown
    _spoken(visit.link)
    return visit


def _spoken(link: Link | None) -> Link:
    """The link, and from here on its person's language, or the one chosen on the page."""
    if link is None:
        raise Unknown
    someone, chosen = links.whom(link), request.args.get("l")
    i18n.choose(chosen if chosen in i18n.LANGUAGES else someone.language if someone else "")
    return link


def _proof(link: Link) -> str:
    return asking.proof_of(link, doors.held("grant", link.id))


def _here(link: Link) -> bool:
    """True when this browser may read on."""
    cookie = doors.held("grant", link.id)
    visit = grants.visit(link.id, cookie) if cookie else None
    return bool(visit and visit.valid)
