"""Unsubscribing from advertising: a page with a button, and the one click of RFC 8058 that mail programs make.

Neither session nor CSRF token is asked for: whoever holds the address may use it, and all it can do is end advertising. What
comes back does not tell whether there was a consent. Looking changes nothing.
"""

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core import i18n
from core.web import csrf
from pages import answers, strangers, unsubscribe
from records import consents
from records.models import Contact

ONE_CLICK = {"List-Unsubscribe": "One-Click"}

bp = Blueprint("unsubscribe", __name__, url_prefix="/u")
csrf.exempt(bp)


@bp.get("/<token>")
def ask(token: str) -> Response:
    """Ask to press a button; programs that open links beforehand unsubscribe nobody."""
    _known(token)
    return answers.door("unsubscribe")


@bp.post("/<token>")
def end(token: str) -> Response:
    """End the consent; done twice, or by somebody who never agreed, it answers the same."""
    contact = _known(token)
    if contact:
        one_click = all(request.form.get(name) == value for name, value in ONE_CLICK.items())
        consents.withdraw(contact, "one_click" if one_click else "page")
    return answers.door("unsubscribed")


@bp.errorhandler(NotFound)
def _unknown(error: NotFound) -> Response:
    return strangers.turned_away()


def _known(token: str) -> Contact | None:
    """The contact, and from here on their language; None for one that is gone."""
    id, chosen = unsubscribe.genuine(token), request.args.get("l")
    if id is None:
        raise NotFound
    contact = unsubscribe.whom(id)
    i18n.choose(chosen if chosen in i18n.LANGUAGES else contact.language if contact else "")
    return contact
