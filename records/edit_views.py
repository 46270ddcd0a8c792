"""Records entered and corrected by hand."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.db import transaction
from core.i18n import gettext as _
from records import asked, change, contacts, forms, further, numbers, profiles
from records.contacts import Refused
from records.models import Kind, Record
from records.wording import statuses

bp = Blueprint("record_form", __name__, template_folder="templates", url_prefix="/records/<collection>")
Answer = str | Response | tuple[str, int]


@bp.get("/new")
@signed_in
def new(collection: str) -> str:
    kind = asked.kind(collection)
    return _form(kind, None, {"number": numbers.suggest(kind), "contact.language": "de", "items": []}, {})


@bp.post("/new")
@signed_in
def create(collection: str) -> Answer:
    kind, given = asked.kind(collection), forms.typed(request.form)
    if "more" in request.form:
        return _form(kind, None, given, {})
    state, faults = forms.read(given, kind, None)
    if given.get("status"):
        state["status"] = given["status"]
    if not faults:
        try:
            return _created(kind, given.get("number", ""), state)
        except Refused as refusal:
            faults[refusal.field] = refusal.sentence
    return _form(kind, None, given, faults), 422


def _created(kind: Kind, number: str, state: change.State) -> Response:
    with transaction():
        if numbers.is_taken(kind, number):
            raise Refused("number", _("This number is taken already."))
        silent = request.form.get("silent") == "1"
        record = change.apply(kind, number, state, current_user.actor, silent).record
    flash(_("%(kind)s %(number)s is entered.", kind=kind.label(), number=number))
    return redirect(url_for("record.show", collection=kind.collection, number=record.number))


@bp.get("/<path:number>/edit")
@signed_in
def edit(collection: str, number: str) -> str:
    record = asked.record(collection, number)
    return _form(record.kind, record, forms.shown(record), {})


@bp.post("/<path:number>/edit")
@signed_in
def save(collection: str, number: str) -> Answer:
    record, given = asked.record(collection, number), forms.typed(request.form)
    if "more" in request.form:
        return _form(record.kind, record, given, {})
    state, faults = forms.read(given, record.kind, record)
    if given.get("seen") != record.updated_at.isoformat():
        faults["seen"] = _("This was changed while you were typing. Please compare, then save again.")
        given["seen"] = record.updated_at.isoformat()
    if not faults:
        try:
            return _saved(record, state, given)
        except Refused as refusal:
            faults[refusal.field] = refusal.sentence
    return _form(record.kind, record, given, faults), 422


def _saved(record: Record, state: change.State, given: forms.Given) -> Response:
    with transaction():
        before = record.contact_id
        kept = change.apply(record.kind, record.number, state, current_user.actor).record
        if kept.contact and kept.contact_id == before:
            contacts.correct(kept.contact, forms.said_of_contact(given, kept.contact), current_user.actor)
    flash(_("%(kind)s %(number)s is saved.", kind=record.kind.label(), number=record.number))
    return redirect(url_for("record.show", collection=record.kind.collection, number=record.number))


def _form(kind: Kind, record: Record | None, given: forms.Given, faults: dict[str, str]) -> str:
    return render_template(
        "records/form.html", kind=kind, record=record, given=given, faults=faults, statuses=statuses(kind),
        places=[(place.key, place.name) for place in asked.locations()], further=further.inputs(kind),
        profiles=profiles.choices(record.profile if record else ""),
    )
