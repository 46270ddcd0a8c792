"""Writing by hand: the page with the filled text, its live preview, and sending."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import signed_in
from core import uploads
from core.i18n import gettext as _
from emails import compose, filled
from emails.grammar import Wrong
from emails.preview import document
from outbox import valve
from outbox.record_views import address
from outbox.release_views import FRAMED
from outbox.senders import senders
from outbox.states import said
from outbox.words import when
from outbox.writing import choices, enclosing, files, sending, single
from outbox.writing.draft import Writer, token_of
from outbox.writing.single import Single
from records.load import load
from records.models import Contact, Record
from records.zones import zone_of

bp = Blueprint("writing", __name__, template_folder="templates", url_prefix="/outbox/write")

uploads.welcome(bp, "send", "attach", octets=files.BODY)


def writer(channel: str = "email") -> Writer:
    """Whoever is signed in, as the one who writes."""
    return Writer(current_user.actor, senders.usable(current_user.id, channel))


@bp.get("/<int:id>")
@signed_in
def show(id: int) -> str:
    """`as=reminder` begins with a payment reminder; `template` and `to` choose another text and another reader."""
    return _page(single.begin(the_record(id), request.args, writer()))


@bp.get("/contact/<int:id>")
@signed_in
def to_contact(id: int) -> str:
    """The same begun from a contact: about the newest of their records, or about the one asked for as `record`."""
    contact = Contact.get_or_none(Contact.id == id) or abort(404)
    about, chosen = choices.about(contact, request.args.get("record", "")) or abort(404)
    return _page(single.begin(the_record(chosen), request.args, writer()), contact, about)


@bp.post("/<int:id>")
@signed_in
def send(id: int) -> Any:
    """Send it; with `keep` or `drop`, without a script, only take a file or leave it out."""
    problem, draft = take_files(), _read(id)
    if problem:
        draft.problems["files"] = problem
    if problem or {"keep", "drop"} & request.form.keys():
        return _page(draft), 422 if problem else 200
    due = single.judge(draft)
    if due is None:
        return _page(draft), 422
    message = sending.send(draft, due, current_user.actor)
    if draft.date:
        flash(_("The e‑mail to %(to)s goes out %(when)s.", to=called(draft), when=when(due, zone_of(draft.record))))
    else:
        flash(_("The e‑mail to %(to)s goes out now.", to=called(draft)))
    return redirect(address(message), 303)


@bp.post("/files")
@signed_in
def attach() -> Any:
    """Take files for the letter of that token, or leave one out; the list of those there are."""
    problem, token = take_files(), token_of(request.form)
    page = render_template("outbox/writing/_files.html", files=files.of(token, current_user.actor), problem=problem)
    return page, 422 if problem else 200, {"HX-Trigger": "kept"}


def take_files() -> str:
    """What a form brings or leaves out; a sentence about what cannot be taken."""
    token, actor = token_of(request.form), current_user.actor
    files.drop(token, actor, request.form.get("drop", ""))
    return files.keep(token, actor, request.files.getlist("files")) if token else ""


@bp.post("/<int:id>/preview")
@signed_in
def preview(id: int) -> str:
    """What stands beside the text while it is being typed."""
    draft = _read(id)
    return render_template("outbox/writing/_preview.html", draft=draft, **_beside(draft))


@bp.post("/<int:id>/letter")
@signed_in
def letter(id: int) -> Response:
    """The HTML of the mail, for its frame: no script, no outside world."""
    mail = _beside(_read(id))["mail"]
    response = Response(document(mail) if mail else render_template("emails/nothing.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    return response


def _read(id: int) -> Single:
    return single.read(the_record(id), request.form, writer())


def _page(draft: Single, contact: Contact | None = None, about: list[choices.Option] | None = None) -> str:
    record = draft.record
    may_pay = choices.is_open(record) and not enclosing.pays(draft.text["body"])
    return render_template(
        "outbox/writing/single.html",
        chips=[chip for chip in filled.chips(record) if not enclosing.parted(chip[0])[1]],
        senders=choices.listed(draft.writer.senders), may_pay=may_pay, **around(draft, contact, about), **_beside(draft),
    )


def around(draft: Single, contact: Contact | None, about: list[choices.Option] | None) -> dict[str, Any]:
    """What stands around the words of a mail and of an SMS alike."""
    reason, record = single.hindrance(draft), draft.record
    return {
        "draft": draft, "record": record, "kind": record.kind, "contact": contact, "about": about,
        "templates": choices.templates([record.kind], draft.reminder, draft.channel), "people": choices.people(record),
        "hindrance": reason, "why": said(reason, draft.channel), "stopped": bool(valve.stopped()),
        "ways": _ways(draft, contact),
    }


def _ways(draft: Single, contact: Contact | None) -> list[tuple[str, str, str]]:
    """By e-mail or by SMS: channel, words and address; nothing where there is no choice."""
    if draft.channel == "email" and not senders.usable(current_user.id, "sms"):
        return []
    where = {"email": "writing", "sms": "texting"}
    page, id = ("to_contact", contact.id) if contact else ("show", draft.record.id)
    about = draft.record.id if contact else None
    kept: dict[str, Any] = {"to": draft.who, "as": "reminder" if draft.reminder else None, "record": about}
    return [
        (channel, words, url_for(f"{where[channel]}.{page}", id=id, **kept, template=_same(draft, channel)))
        for channel, words in (("email", _("E‑mail")), ("sms", _("SMS")))
    ]


def _same(draft: Single, channel: str) -> int | None:
    """The template, if it has words for that channel."""
    return draft.template.id if draft.template.spoken(channel) else None


def called(draft: Single) -> str:
    """Whoever is written to, by their name if there is one."""
    reader = draft.reader
    return (reader.name or reader.reached(draft.channel)) if reader else ""


def _beside(draft: Single) -> dict[str, Any]:
    """The mail, or why there is none."""
    troubles = single.faults(draft)
    found: dict[str, Any] = {
        "mail": None, "troubles": list(troubles.values()), "reader": draft.reader,
        "preview_url": url_for("writing.preview", id=draft.record.id),
        "letter_url": url_for("writing.letter", id=draft.record.id),
    }
    try:
        return found if troubles else found | {"mail": single.written(draft)}
    except (Wrong, compose.Unusable) as error:
        return found | {"troubles": [str(error)]}


def the_record(id: int) -> Record:
    return load([id]).get(id) or abort(404)
