"""Writing by hand: the page with the filled text, its live preview, and sending."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from flask_login import current_user

from accounts.access import signed_in
from core import i18n
from core.i18n import gettext as _
from emails import compose, filled
from emails.grammar import Wrong
from emails.preview import document
from outbox import valve
from outbox.record_views import address
from outbox.release_views import FRAMED
from outbox.states import REASONS
from outbox.words import when
from outbox.writing import draft as drafts
from outbox.writing import sending
from outbox.writing.draft import Draft
from records.load import load
from records.models import Record
from records.zones import zone_of

bp = Blueprint("writing", __name__, template_folder="../templates", url_prefix="/outbox/write")


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> str:
    """`as=reminder` begins with a payment reminder; `template` and `to` choose another text and another reader."""
    return _page(drafts.begin(_record(id), request.args))


@bp.post("/<int:id>")
@signed_in
def send(id: int) -> Any:
    draft = drafts.read(_record(id), request.form)
    due = drafts.judge(draft)
    if due is None:
        return _page(draft), 422
    message = sending.send(draft, due, current_user.actor)
    reader = draft.reader
    to = (reader.name or reader.address) if reader else ""
    if draft.date:
        flash(_("The e‑mail to %(to)s goes out %(when)s.", to=to, when=when(due, zone_of(draft.record))))
    else:
        flash(_("The e‑mail to %(to)s goes out now.", to=to))
    return redirect(address(message), 303)


@bp.post("/<int:id>/preview")
@signed_in
def preview(id: int) -> str:
    """What stands beside the text while it is being typed."""
    draft = drafts.read(_record(id), request.form)
    return render_template("outbox/_writing_preview.html", draft=draft, **_beside(draft))


@bp.post("/<int:id>/letter")
@signed_in
def letter(id: int) -> Response:
    """The HTML of the mail, for its frame: no script, no outside world."""
    mail = _beside(drafts.read(_record(id), request.form))["mail"]
    response = Response(document(mail) if mail else render_template("emails/nothing.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _page(draft: Draft) -> str:
    reason = drafts.hindrance(draft)
    return render_template(
        "outbox/writing.html", draft=draft, record=draft.record, kind=draft.record.kind, reader=draft.reader,
        templates=drafts.templates(draft.record.kind, draft.reminder), people=drafts.people(draft.record),
        hindrance=reason, why=_(REASONS[reason]) if reason else "", spoken=i18n.LANGUAGES[draft.language],
        chips=filled.chips(draft.record), stopped=bool(valve.stopped()), **_beside(draft),
    )


def _beside(draft: Draft) -> dict[str, Any]:
    """The mail, or why there is none."""
    troubles = drafts.faults(draft)
    try:
        return {"mail": None if troubles else drafts.written(draft), "troubles": list(troubles.values())}
    except (Wrong, compose.Unusable) as error:
        return {"mail": None, "troubles": [str(error)]}


def _record(id: int) -> Record:
    return load([id]).get(id) or abort(404)
