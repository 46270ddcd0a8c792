"""The button that takes a click back, for as long as the messages of that click rest."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.i18n import gettext as _
from core.journal import Entry
from core.web import wants_fragment
from outbox import undo
from records.models import Record

bp = Blueprint("undo", __name__, template_folder="templates", url_prefix="/outbox/undo")


@bp.get("/<int:record>")
@signed_in
def offer(record: int) -> str:
    """The button, or nothing when there is nothing to take back."""
    return render_template("outbox/_undo.html", click=undo.last(record, current_user.actor))


@bp.post("/<int:entry>")
@signed_in
def take_back(entry: int) -> Response:
    """Set the status back without a message; messages of the click that still rest are dropped."""
    try:
        record, dropped = undo.undo(entry, current_user.actor)
        status = record.kind.status_label(Record.get_by_id(record.id).status)
        flash(_("Taken back: %(kind)s %(number)s is “%(status)s” again. Nobody was written to.",
                kind=record.kind.label(), number=record.number, status=status))
    except undo.TooLate:
        flash(_("This cannot be taken back any more."), "error")
    if wants_fragment():
        return Response(headers={"HX-Refresh": "true"})
    return redirect(_page(entry))


def _page(entry: int) -> str:
    line = Entry.get_or_none(Entry.id == entry)
    record = Record.get_or_none(Record.id == line.record_id) if line else None
    if record is None or request.form.get("back") == "list":
        return url_for("records.index", collection=record.kind.collection) if record else url_for("today.index")
    return url_for("record.show", collection=record.kind.collection, number=record.number)
