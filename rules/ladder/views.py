"""The card of a record's payment reminders, and the buttons on it: each posts one deed and gets back what it changed."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import signed_in
from core import clock, journal
from core.db import transaction
from core.i18n import N_
from core.i18n import gettext as _
from core.web import wants_fragment
from outbox import today, today_views
from outbox.models import Message
from pages.replies import kept
from records import amounts, change
from records.contacts import Refused
from records.load import load
from records.models import Record
from records.zones import utc_of, zone_of
from rules.ladder import card, pauses, reader

bp = Blueprint("ladder", __name__, template_folder="templates", url_prefix="/rules/ladder")


@bp.get("/<int:key>")
@signed_in
def show(key: int) -> str:
    """The card; a page of its own without htmx, and nothing where nothing is owed."""
    record = _record(key)
    page = "rules/ladder/_card.html" if wants_fragment() else "rules/ladder/card.html"
    return render_template(page, record=record, card=card.of(record))


def _pause(record: Record, actor: str) -> None:
    """Until the morning of the day in the form, or until somebody resumes."""
    on = amounts.day(request.form.get("until", ""), "until")
    until = utc_of(on, time(), zone_of(record)) if on else None
    pauses.pause(record.id, actor, until, request.form.get("reason", ""))


def _skip(record: Record, actor: str) -> None:
    pauses.skip(_message(record), actor)


def _unskip(record: Record, actor: str) -> None:
    pauses.unskip(_message(record), actor)


def _resume(record: Record, actor: str) -> None:
    """Who said that it is paid may be asked again, and say so again."""
    pauses.resume(record.id, actor)
    said = [reply for reply in kept.of([record.id]).get(record.id, []) if reply.said == pauses.SAID_PAID]
    kept.settle(said, "undone", actor)


def _said(record: Record, actor: str) -> None:
    """The customer has said so to somebody who works here; the reminders wait from this moment on."""
    with transaction():
        journal.record(f"{record.kind_id}{reader.SAID}", record.id, actor, unread=True)
        reader.believe(record.id, actor)


def _confirm(record: Record, actor: str) -> None:
    change.apply(record.kind, record.number, {"paid_at": clock.now()}, actor)


Deed = Callable[[Record, str], None]
DEEDS: dict[str, tuple[Deed, str]] = {
    "pause": (_pause, N_("The reminders are paused.")),
    "resume": (_resume, N_("The reminders go on.")),
    "reopen": (lambda record, actor: pauses.reopen(record.id, actor), N_("Taken back: the reminders are paused again.")),
    "skip": (_skip, N_("This step is left out.")),
    "unskip": (_unskip, N_("Taken back: the step goes out after all.")),
    "said": (_said, N_("Noted: the customer says that it is paid.")),
    "confirm": (_confirm, N_("The payment is noted.")),
}


@bp.post("/<int:key>/<deed>")
@signed_in
def act(key: int, deed: str) -> Any:
    """Do it; 409 when things have moved on since the page was shown, 422 for what makes no sense."""
    verb, said = DEEDS.get(deed) or abort(404)
    record, code, errors = _record(key), 200, {}
    try:
        verb(record, current_user.actor)
        said = _(said)
    except pauses.TooLate:
        said, code = _("Meanwhile things have moved on; please look again."), 409
    except Refused as refusal:
        said, code, errors = refusal.sentence, 422, {refusal.field: refusal.sentence}
    if wants_fragment() and not (deed == "confirm" and request.form.get("back") != "today"):
        return _shown(_record(key), said, code, errors), code
    flash(said, "message" if code == 200 else "error")
    if wants_fragment():
        return Response(headers={"HX-Refresh": "true"})
    return redirect(_address(record))


def _shown(record: Record, said: str, code: int, errors: dict[str, str]) -> str:
    """The part of the page that the button's form asks to be replaced, and beside it what was done."""
    tone = "" if code == 200 else "stop"
    toast = render_template("outbox/_said.html", said=said, tone=tone, tasks=today.open_tasks())
    if request.form.get("back") == "today":
        return today_views.fragment() + toast
    given = dict(record=record, card=card.of(record), errors=errors, typed=request.form)
    return render_template("rules/ladder/_card.html", **given) + ("" if errors else toast)


def _address(record: Record) -> str:
    if request.form.get("back") == "today":
        return url_for("today.index")
    return url_for("record.show", collection=record.kind.collection, number=record.number)


def _record(key: int) -> Record:
    return load([key]).get(key) or abort(404)


def _message(record: Record) -> Message:
    """The step that the form names, of this record."""
    id = request.form.get("message", 0, type=int)
    return Message.get_or_none(Message.id == id, Message.record == record.id, Message.rule_id.is_null(False)) or abort(404)


def earliest() -> datetime:
    """The first day until which a pause makes sense."""
    return clock.now() + timedelta(days=1)


bp.add_app_template_global(earliest, "pause_earliest")
