"""Settings: connecting a sender with its Google account, there and back again."""

import hmac
from datetime import datetime, timedelta

from flask import Blueprint, abort, current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core import clock, keys
from core.i18n import gettext as _
from core.i18n import ngettext
from core.web import wants_fragment
from outbox.models import Sender
from outbox.senders import consent
from outbox.senders.google import question

bp = Blueprint("google", __name__, template_folder="templates", url_prefix="/senders")

LIFE = timedelta(minutes=15)  # from the question to its answer
ASKED = "google"  # what the session keeps of the question


@bp.get("/<int:id>/google")
@admin_only
def ask(id: int) -> Response:
    """On to Google. No form leads there, because browsers do not let a form of ours end at another house (CSP)."""
    sender: Sender = Sender.get_or_none(Sender.id == id) or abort(404)
    if sender.type != "gmail":
        return redirect(url_for("senders.edit", id=id), 302)
    state = keys.random62(32)
    session[ASKED] = {"state": state, "sender": id, "at": clock.now().isoformat()}
    return redirect(question.address(sender, state, _back()), 302)


@bp.get("/google")
@admin_only
def answer() -> str:
    """Back from Google: nothing is done yet, the page asks for it itself, or a person does."""
    state = request.args.get("state", "")
    sender = _asked(state)
    code = request.args.get("code", "") if sender else ""
    return render_template("outbox/senders/google/answer.html", sender=sender, code=code, state=state)


@bp.post("/google")
@admin_only
def agree() -> Response:
    """Take Google's answer, this once."""
    state = request.form.get("state", "")
    sender = _asked(state)
    session.pop(ASKED, None)
    if sender is None:
        flash(_("This answer from Google belongs to no question of yours. Please connect once more."), "error")
        return _on(url_for("senders.index"))
    try:
        agreed = question.exchange(sender, request.form.get("code", ""), state, _back())
    except question.Useless as useless:
        flash(str(useless), "error")
    else:
        _told(agreed.address, consent.agree(sender, agreed.address, agreed.refresh_token, current_user.actor))
    return _on(url_for("senders.edit", id=sender.id))


def _told(address: str, freed: int) -> None:
    if freed:
        flash(ngettext(
            "Google lets us send as %(address)s, and %(n)s held message goes out.",
            "Google lets us send as %(address)s, and %(n)s held messages go out.", freed, address=address,
        ))
    else:
        flash(_("Google lets us send as %(address)s. The test shows whether it works.", address=address))


def _asked(state: str) -> Sender | None:
    """The sender this session has asked for with that state, not too long ago."""
    told = session.get(ASKED) or {}
    if not state or not hmac.compare_digest(str(told.get("state", "")), state):
        return None
    if clock.now() - datetime.fromisoformat(told["at"]) > LIFE:
        return None
    found: Sender | None = Sender.get_or_none(Sender.id == told["sender"], Sender.type == "gmail")
    return found


def _on(url: str) -> Response:
    """To that page, also for htmx, which would else put it into this one."""
    if wants_fragment():
        return make_response("", 204, {"HX-Redirect": url})
    return redirect(url, 303)


def _back() -> str:
    """The address that has to be entered at Google."""
    return current_app.config["STATUSBOTE"].base_url.rstrip("/") + url_for("google.answer")
