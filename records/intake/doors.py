"""Manners of the doors for machines: whatever goes wrong there is told as a problem, never as a page."""

import logging

from flask import Blueprint, Response, request
from peewee import PeeweeException
from werkzeug.exceptions import HTTPException

from core import i18n
from core.i18n import gettext as _
from core.web import csrf
from records.contacts import Refused
from records.intake.problems import MEDIA_TYPE, Problem

log = logging.getLogger("statusbote.intake")


def door(name: str, prefix: str) -> Blueprint:
    """A blueprint with these manners for everything under `prefix`."""
    bp = Blueprint(name, __name__, url_prefix=prefix)
    csrf.exempt(bp)
    bp.before_request(_listen)
    bp.register_error_handler(Problem, Problem.answer)
    bp.register_error_handler(Refused, _refused)
    bp.register_error_handler(HTTPException, _http)
    for trouble in (PeeweeException, OSError):
        bp.register_error_handler(trouble, _unavailable)

    @bp.after_app_request
    def in_our_words(response: Response) -> Response:
        """Also what failed before a view was found: an unknown path, a wrong method."""
        outside = not request.path.startswith(f"{prefix}/") or response.mimetype == MEDIA_TYPE
        if response.status_code < 400 or outside:
            return response
        answer = Problem(response.status_code, _sentence(response.status_code)).answer()
        answer.headers.extend((name, value) for name, value in response.headers if name in ("Allow", "Retry-After"))
        return answer

    return bp


def _listen() -> None:
    """Machines that name no language are answered in English."""
    i18n.choose(request.accept_languages.best_match(list(i18n.LANGUAGES)) or "en")


def _refused(refusal: Refused) -> Response:
    return Problem.at(refusal.field, refusal.sentence).answer()


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return Problem(status, _sentence(status)).answer()


def _unavailable(error: Exception) -> Response:
    log.error("%s: storage unavailable: %s", request.endpoint, type(error).__name__)
    return Problem(503, _sentence(503), Retry_After="1").answer()


def _sentence(status: int) -> str:
    sentences = {
        404: _("There is nothing at this address."),
        405: _("This method is not allowed here."),
        413: _("The body is larger than 256 KB."),
        503: _("Nothing can be stored at the moment. Please try again soon."),
    }
    return sentences.get(status) or _("This request could not be answered.")
