"""One record: its page, and the next step taken from there or from its row in the list."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.i18n import gettext as _
from core.web import wants_fragment
from records import asked, biography, change, further, lists, sources
from records.models import Record
from records.wording import statuses

Answer = str | Response | tuple[str, int]

bp = Blueprint("record", __name__, template_folder="templates", url_prefix="/records/<collection>/<path:number>")


@bp.get("")
@signed_in
def show(collection: str, number: str) -> str:
    return _page(asked.record(collection, number))


@bp.get("/next")
@signed_in
def effect(collection: str, number: str) -> str:
    """What a status means, before it is set; a fragment below the track."""
    record = asked.record(collection, number)
    status = record.kind.status(request.args.get("status", "")) or abort(404)
    return render_template("records/_effect.html", record=record, kind=record.kind, chosen=status)


@bp.post("/status")
@signed_in
def set_status(collection: str, number: str) -> Answer:
    """Set the status; the answer is the row or the parts of the page that changed, or a redirect."""
    record = asked.record(collection, number)
    silent = request.form.get("silent") == "1"
    status = record.kind.status(request.form.get("status", ""))
    if status is None:
        return _page(record, fault=_("Please choose a status first.")), 422
    outcome = change.apply(record.kind, number, {"status": status["key"]}, current_user.actor, silent)
    said, told = _said(outcome.record, bool(outcome.changes), silent), bool(outcome.changes) and not silent
    return _parts(asked.record(collection, number), said, told) if wants_fragment() else _back(outcome.record, said)


def _page(record: Record, fault: str = "") -> str:
    return render_template(
        "records/record.html", record=record, kind=record.kind, biography=biography.told(record),
        further=further.told(record), source=sources.called(record.source), fault=fault,
    )


def _parts(record: Record, said: str, told: bool) -> str:
    """What changed on the page; `told` when somebody may hear of it, so that the click can be taken back for a moment."""
    if request.form.get("back") == "list":
        marks = lists.marks([record.id])
        words = dict(record=record, kind=record.kind, statuses=statuses(record.kind), said=said, told=told, marks=marks)
        return render_template("records/_changed_row.html", **words)
    return render_template(
        "records/_changed.html", record=record, kind=record.kind, said=said, told=told, biography=biography.told(record)
    )


def _back(record: Record, said: str) -> Response:
    flash(said)
    if request.form.get("back") == "list":
        return redirect(url_for("records.index", collection=record.kind.collection))
    return redirect(url_for("record.show", collection=record.kind.collection, number=record.number))


def _said(record: Record, changed: bool, silent: bool) -> str:
    words = {"kind": record.kind.label(), "number": record.number, "status": record.kind.status_label(record.status)}
    if not changed:
        return _("%(kind)s %(number)s was “%(status)s” already.", **words)
    if silent:
        return _("%(kind)s %(number)s is now “%(status)s”. Nobody was written to.", **words)
    return _("%(kind)s %(number)s is now “%(status)s”.", **words)
