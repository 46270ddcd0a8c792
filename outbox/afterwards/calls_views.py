"""The call list: whom no message reached, by location and by what came of the last call; each call gets an outcome."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.i18n import gettext as _
from core.web import wants_fragment
from outbox import today
from outbox.afterwards import calls
from outbox.models import Message
from records import actors, asked
from records.zones import zone_of

bp = Blueprint("calls", __name__, template_folder="templates", url_prefix="/outbox/unreached")


@bp.get("")
@signed_in
def index() -> str:
    """The whole page; htmx asks for the list alone when a filter changes."""
    if wants_fragment():
        return _list(request.args)
    return render_template("outbox/afterwards/unreached.html", zone=zone_of(None), **_given(request.args))


@bp.post("/<int:id>")
@signed_in
def answer(id: int) -> str | Response | tuple[str, int]:
    """Write down what came of a call; 409 when somebody has reached them meanwhile."""
    message = Message.get_or_none(Message.id == id) or abort(404)
    outcome = request.form.get("outcome", "")
    if outcome not in calls.OUTCOMES:
        abort(422)
    code, said = 200, _("Noted: %(outcome)s.", outcome=_(calls.OUTCOMES[outcome]))
    try:
        calls.answer(message, outcome, current_user.actor)
    except calls.Answered:
        code, said = 409, _("Somebody has reached them meanwhile.")
    if wants_fragment():
        toast = render_template("outbox/_said.html", said=said, tone="" if code == 200 else "stop", tasks=today.open_tasks())
        return _list(request.form) + toast, code
    flash(said, "message" if code == 200 else "error")
    return redirect(url_for("calls.index", **_query(request.form)))


def _list(asked_for: Any) -> str:
    return render_template("outbox/afterwards/_calls.html", **_given(asked_for))


def _query(asked_for: Any) -> dict[str, Any]:
    """The filters that are set."""
    return {name: asked_for[name] for name in ("location", "shown") if asked_for.get(name)}


def _given(asked_for: Any) -> dict[str, Any]:
    places = asked.locations()
    place = next((one for one in places if one.key == asked_for.get("location")), None)
    shown = asked_for.get("shown", "") if asked_for.get("shown") in calls.OUTCOMES else ""
    found = calls.find(shown, place.id if place else None)
    return {
        "calls": found, "names": actors.names(call.answer.actor for call in found if call.answer), "places": places,
        "place": place, "shown": shown, "outcomes": calls.OUTCOMES, "most": calls.MOST, "query": _query(asked_for),
    }
