"""Writing an SMS by hand: the page with the filled text, what it takes while it is typed, and sending."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import signed_in
from core.i18n import gettext as _
from emails import wording
from outbox.record_views import address
from outbox.words import when
from outbox.writing import choices, sending, texted, toll
from outbox.writing.texted import Texted
from outbox.writing.views import around, called, the_record, writer
from records.models import Contact
from records.zones import zone_of

bp = Blueprint("texting", __name__, template_folder="templates", url_prefix="/outbox/write/sms")


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> Any:
    """`as=reminder` begins with a payment reminder; `template` and `to` choose another text and another reader."""
    return _begin(id, None, None)


@bp.get("/contact/<int:id>")
@signed_in
def to_contact(id: int) -> Any:
    """The same begun from a contact: about the newest of their records, or about the one asked for as `record`."""
    contact = Contact.get_or_none(Contact.id == id) or abort(404)
    about, chosen = choices.about(contact, request.args.get("record", "")) or abort(404)
    return _begin(chosen, contact, about)


def _begin(id: int, contact: Contact | None, about: list[choices.Option] | None) -> Any:
    draft = texted.begin(the_record(id), request.args, writer("sms"))
    if draft.gateway is None:
        flash(_("There is no SMS gateway that you may use."), "error")
        return redirect(url_for("writing.to_contact", id=contact.id) if contact else url_for("writing.show", id=id))
    return _page(draft, contact, about)


@bp.post("/<int:id>")
@signed_in
def send(id: int) -> Any:
    """Send it; with `plain`, only put cheaper characters in place of the dear ones."""
    draft = _read(id)
    if "plain" in request.form:
        return _page(draft)
    due = texted.judge(draft)
    if due is None:
        return _page(draft), 422
    message = sending.send(draft, due, current_user.actor)
    if draft.date:
        flash(_("The SMS to %(to)s goes out %(when)s.", to=called(draft), when=when(due, zone_of(draft.record))))
    else:
        flash(_("The SMS to %(to)s goes out now.", to=called(draft)))
    return redirect(address(message), 303)


@bp.post("/<int:id>/preview")
@signed_in
def preview(id: int) -> str:
    """What stands beside the text while it is being typed, and under it what it takes."""
    draft = _read(id)
    return render_template("outbox/writing/_bubble.html", draft=draft, typing=True, **_beside(draft))


def _read(id: int) -> Texted:
    return texted.read(the_record(id), request.form, writer("sms"))


def _page(draft: Texted, contact: Contact | None = None, about: list[choices.Option] | None = None) -> str:
    return render_template(
        "outbox/writing/texted.html", chips=texted.chips(draft), senders=choices.gateways(draft.writer.senders),
        **around(draft, contact, about), **_beside(draft),
    )


def _beside(draft: Texted) -> dict[str, Any]:
    """The SMS as a phone would show it, what it takes, and what speaks against it."""
    faults = texted.faults(draft)
    bubble = None if faults else texted.shown(draft)
    return {
        "bubble": bubble, "to": _to(draft), "troubles": list(faults.values()),
        "takes": toll.takes(draft.gateway, bubble.count.segments) if bubble else "",
        "doubts": texted.doubts(draft, bubble) if bubble else [],
        "preview_url": url_for("texting.preview", id=draft.record.id),
    }


def _to(draft: Texted) -> str:
    """“Ada Lovelace, 0151 12345678”."""
    reader = draft.reader
    return ", ".join(filter(None, (reader.name, wording.phone(reader.phone)))) if reader else ""
