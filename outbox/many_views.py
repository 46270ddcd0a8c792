"""The buttons below the list of messages: the marked ones are sent again, settled, released or discarded together."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.i18n import gettext as _
from core.i18n import ngettext
from outbox import facets, lists, many

bp = Blueprint("many_messages", __name__, url_prefix="/outbox/many")


@bp.post("")
@signed_in
def act() -> Response:
    """Do it, say how many it was, and go back to the list that was shown."""
    do, ids = request.form.get("do", ""), _ids(request.form.getlist("message"))
    if do not in many.VERBS:
        abort(422)
    if not ids:
        flash(_("Mark at least one message first."), "error")
    else:
        done, late = many.act(do, ids, current_user.actor)
        if done:
            flash(_said(do, done))
        if late:
            flash(ngettext(
                "%(n)s message stayed as it is: this cannot be done with it, or it has moved on.",
                "%(n)s messages stayed as they are: this cannot be done with them, or they have moved on.", late,
            ), "error")
    group, words = request.form.get("state", ""), request.form.get("q", "")[:100]
    shown = facets.query(group if group in lists.GROUPS else "", words, facets.read(request.form))
    return redirect(url_for("outbox.index", **shown), 303)


def _said(do: str, n: int) -> str:
    return {
        "again": ngettext("%(n)s message is sent again.", "%(n)s messages are sent again.", n),
        "settled": ngettext("%(n)s message counts as sent.", "%(n)s messages count as sent.", n),
        "release": ngettext("%(n)s message is released and goes out now.", "%(n)s messages are released and go out now.", n),
        "discard": ngettext("%(n)s message has been discarded.", "%(n)s messages have been discarded.", n),
    }[do]


def _ids(texts: list[str]) -> list[int]:
    return [int(text) for text in texts[: many.MOST] if text.isascii() and text.isdecimal() and len(text) < 18]
