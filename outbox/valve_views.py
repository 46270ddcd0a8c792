"""The switch in the rail that stops and starts all sending, beside it how many tasks wait for a person."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only, signed_in
from core.i18n import gettext as _
from core.web import wants_fragment
from outbox import today, valve
from records import actors

bp = Blueprint("valve", __name__, template_folder="templates", url_prefix="/outbox/valve")


@bp.app_context_processor
def places() -> dict[str, Any]:
    """Where the rail finds the switch."""
    return {"valve_url": url_for("valve.show")}


@bp.get("")
@signed_in
def show() -> str:
    return fragment() + render_template("outbox/_count.html", tasks=today.open_tasks())


@bp.post("")
@admin_only
def turn() -> Any:
    """Stop everything with `stop=1`, start it again without."""
    if request.form.get("stop") == "1":
        valve.stop(current_user.actor)
        said = _("All sending is stopped. What is due waits.")
    else:
        valve.start(current_user.actor)
        said = _("Sending goes on. What is due goes out now.")
    if wants_fragment():
        return fragment() + render_template("outbox/_said.html", said=said, tone="", tasks=today.open_tasks())
    flash(said)
    return redirect(url_for("today.index"))


def fragment() -> str:
    stopped = valve.stopped()
    by = actors.names([stopped["by"]])[stopped["by"]] if stopped else ""
    return render_template("outbox/_valve.html", stopped=stopped, by=by)
