"""What staff give the customer of a record: a message on its status page, and documents."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core import i18n, uploads
from core.i18n import gettext as _
from core.web import wants_fragment
from pages import documents
from pages.blocks import enclosed
from pages.models import Document
from records import change
from records.contacts import Refused
from records.further import NOTE
from records.models import Record
from records.zones import zone_of

bp = Blueprint("given", __name__, template_folder="templates", url_prefix="/pages/given")
uploads.welcome(bp, "add", octets=(documents.LARGEST + 1) * uploads.MEGA)
Answer = str | Response | tuple[str, int]
LONGEST = 2000  # characters of a message


@bp.get("/<int:record_id>")
@signed_in
def show(record_id: int) -> str:
    return _shown(_record(record_id), whole=not wants_fragment())


@bp.post("/<int:record_id>/note")
@signed_in
def note(record_id: int) -> Answer:
    """Write the message, or take it away."""
    record, text = _record(record_id), request.form.get("note", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        fault = _("The message may have at most %(n)s characters.", n=LONGEST)
        return _shown(record, whole=not wants_fragment(), note=text, faults={"note": fault}), 422
    change.apply(record.kind, record.number, {"fields": {NOTE: text}}, current_user.actor)
    return _done(record, _("The message stands on the status page.") if text else _("The message is off the status page."))


@bp.post("/<int:record_id>/documents")
@signed_in
def add(record_id: int) -> Answer:
    """Keep a document that was handed over."""
    record, file = _record(record_id), request.files.get("document")
    try:
        if not file or not file.filename:
            raise Refused("document", _("Please choose a file first."))
        document = documents.add(record, file.filename, file.read(documents.LARGEST * uploads.MEGA + 1), current_user.actor)
    except Refused as refusal:
        return _shown(record, whole=not wants_fragment(), faults={refusal.field: refusal.sentence}), 422
    return _done(record, _("“%(name)s” stands on the status page.", name=document.name))


@bp.post("/documents/<int:document_id>/remove")
@signed_in
def remove(document_id: int) -> Answer:
    """Take a document away; it is loaded no more."""
    document = Document.get_or_none(Document.id == document_id) or abort(404)
    documents.remove(document, current_user.actor)
    return _done(document.record, _("“%(name)s” is removed.", name=document.name))


def _done(record: Record, said: str) -> Answer:
    if wants_fragment():
        return _shown(_record(record.id), whole=False, said=said)
    flash(said)
    return redirect(url_for("record.show", collection=record.kind.collection, number=record.number))


def _record(record_id: int) -> Record:
    record: Record = Record.get_or_none(Record.id == record_id) or abort(404)
    return record


def _shown(record: Record, whole: bool, **said: Any) -> str:
    zone = zone_of(record)
    rows = [
        {"id": one.id, "name": one.name, "about": f"{enclosed.size(one)}, {i18n.date(one.created_at, zone)}"}
        for one in documents.of([record.id]).get(record.id, [])
    ]
    template = "pages/given.html" if whole else "pages/_given.html"
    told = {"note": str(record.fields.get(NOTE) or ""), "faults": {}, "said": ""} | said
    return render_template(template, record=record, rows=rows, most=documents.LARGEST, longest=LONGEST, **told)
