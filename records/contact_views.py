"""Contacts: the people who can be written to, what they allowed, and their records."""

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core import i18n
from core.i18n import gettext as _
from core.web import wants_fragment
from records import actors, contacts, forms, lists
from records.models import Contact
from records.zones import zone_of

bp = Blueprint("contacts", __name__, template_folder="templates", url_prefix="/contacts")


@bp.get("")
@signed_in
def index() -> str:
    words = request.args.get("q", "").strip()[:100]
    page = lists.contacts(words, request.args.get("after", ""))
    more = wants_fragment() and request.headers.get("HX-Target") == "more"
    template = "_contact_rows" if more else "_contacts" if wants_fragment() else "contacts"
    return render_template(f"records/{template}.html", page=page, words=words)


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> str:
    contact = _contact(id)
    proofs = [one for proof in contact.consents.values() for one in (proof, proof.get("before") or {})]
    names = actors.names(one["how"] for one in proofs if one.get("how"))
    return render_template(
        "records/contact.html", contact=contact, names=names, records=lists.of_contact(contact), moment_of=_moment
    )


@bp.get("/<int:id>/edit")
@signed_in
def edit(id: int) -> str:
    contact = _contact(id)
    return render_template("records/contact_form.html", contact=contact, given=forms.shown_contact(contact), faults={})


@bp.post("/<int:id>/edit")
@signed_in
def save(id: int) -> str | Response | tuple[str, int]:
    contact, given = _contact(id), request.form.to_dict()
    try:
        contacts.correct(contact, forms.said_of_contact(given, contact), current_user.actor)
    except contacts.Refused as refusal:
        faults = {refusal.field: refusal.sentence}
        return render_template("records/contact_form.html", contact=_contact(id), given=given, faults=faults), 422
    flash(_("%(name)s is saved.", name=contact.name or contact.email or _("The contact")))
    return redirect(url_for("contacts.show", id=id))


def _contact(id: int) -> Contact:
    return Contact.get_or_none(Contact.id == id) or abort(404)


def _moment(written: str) -> str:
    """The moment a consent was given, in words."""
    return i18n.moment(datetime.fromisoformat(written), zone_of(None))
