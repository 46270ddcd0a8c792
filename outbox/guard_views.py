"""The answers to a rule that would write to unusually many: release all that is held, or discard it."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from core.i18n import ngettext
from core.web import wants_fragment
from outbox import today, today_views, unusual

bp = Blueprint("guard", __name__, template_folder="templates", url_prefix="/outbox/unusual")

Verb = Callable[[int, int, str], int]


@bp.post("/<int:rule>/release")
@admin_only
def release(rule: int) -> str | Response:
    n = _do(unusual.release, rule)
    return _answer(ngettext("%(n)s message is released and goes out now.", "%(n)s messages are released and go out now.", n))


@bp.post("/<int:rule>/discard")
@admin_only
def discard(rule: int) -> str | Response:
    n = _do(unusual.discard, rule)
    return _answer(ngettext("%(n)s message has been discarded.", "%(n)s messages have been discarded.", n))


def _do(verb: Verb, rule: int) -> int:
    """Those up to the newest that stood on the page."""
    newest = request.form.get("newest", type=int)
    return verb(rule, newest, current_user.actor) if newest else abort(400)


def _answer(said: str) -> str | Response:
    if not wants_fragment():
        flash(said)
        return redirect(url_for("today.index"))
    return today_views.fragment() + render_template("outbox/_said.html", said=said, tone="", tasks=today.open_tasks())
