"""Writing to many by hand: the text for all of them, who gets it and who does not, and how far it has come."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from accounts.access import signed_in
from core import i18n, uploads
from core.i18n import gettext as _
from core.i18n import ngettext
from core.web import wants_fragment
from emails import compose
from emails.grammar import Wrong
from emails.preview import chips, document
from outbox import valve
from outbox.release_views import FRAMED
from outbox.writing import asking, choices, enclosing, files, many, progress, sending
from outbox.writing.many import FEW, MOST, Many
from outbox.writing.views import take_files, writer
from records import kinds
from records.models import Record
from records.people import person
from records.zones import zone_of

POLL_ENDS = 286  # htmx stops asking

bp = Blueprint("writing_many", __name__, template_folder="templates", url_prefix="/outbox/write/many")
uploads.welcome(bp, "write", octets=files.BODY)


@bp.get("")
@signed_in
def show() -> Any:
    """The dialogue about the records that an address names as `record`."""
    return _begin(request.args)


@bp.post("")
@signed_in
def write() -> Any:
    """`do` says which step: nothing begins, check lists who gets what, back returns to the text, send sends."""
    step = request.form.get("do", "")
    if step not in ("check", "back", "send") and not {"keep", "drop"} & request.form.keys():
        return _begin(request.form)
    problem, draft = take_files(), asking.draft()
    if problem:
        draft.problems["files"] = problem
        return _page(draft), 422
    if step not in ("check", "send"):
        return _page(draft)
    due = many.judge(draft)
    if due is None:
        return _page(draft), 422
    return _send(draft, due) if step == "send" else _list(draft, many.fates(draft))


def _begin(given: MultiDict[str, str]) -> Any:
    ids = asking.named(given)
    if len(ids) > MOST:
        flash(_("At most %(n)s can be written to at once. Please narrow down the list first.", n=MOST), "error")
    draft = many.begin(ids, given, writer()) if 0 < len(ids) <= MOST else None
    if draft is None or not draft.records:
        if len(ids) <= MOST:
            flash(_("Mark at least one record first."), "error")
        kind = kinds.of_collection(given.get("collection", ""))
        back = url_for("records.index", collection=kind.collection) if kind else url_for("today.index")
        return redirect(back, 303 if request.method == "POST" else 302)
    return _page(draft)


def _send(draft: Many, due: Any) -> Any:
    ticked = set(request.form.getlist("go"))
    chosen = [fate for fate in many.fates(draft) if not fate.firm and str(fate.record.id) in ticked]
    if not chosen and not progress.run(draft.token):
        draft.problems["go"] = _("Please leave at least one of them marked.")
    elif len(chosen) > FEW and not draft.sure:
        draft.problems["sure"] = _("Please confirm that you mean so many.")
    if draft.problems:
        return _list(draft, many.fates(draft), ticked), 422
    sending.send_many(draft, chosen, due, current_user.actor)
    return redirect(url_for("writing_many.stand", token=draft.token), 303)


@bp.post("/preview")
@signed_in
def preview() -> str:
    """What stands beside the text while it is being typed: the mail about the first of them."""
    draft = asking.draft(first=True)
    return render_template("outbox/writing/_preview.html", draft=draft, **_beside(draft, draft.records[0]))


@bp.post("/look")
@signed_in
def look() -> str:
    """The finished mail about the record asked for; htmx opens it in its line."""
    draft, record = asking.of_one()
    page = "outbox/writing/_look.html" if wants_fragment() else "outbox/writing/look.html"
    return render_template(page, draft=draft, record=record, carried=asking.carried(), **_beside(draft, record))


@bp.post("/letter")
@signed_in
def letter() -> Response:
    """The HTML of that mail, for its frame: no script, no outside world."""
    draft, record = asking.of_one()
    mail = _beside(draft, record)["mail"]
    response = Response(document(mail) if mail else render_template("emails/nothing.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED
    return response


@bp.get("/<token>")
@signed_in
def stand(token: str) -> Any:
    """How far it has come; htmx asks again until nothing is under way any more."""
    run = progress.run(token) or abort(404)
    words = {"run": run, "stopped": bool(valve.stopped()), "zone": zone_of(None), "linked": request.args.get("linked")}
    if wants_fragment():
        return render_template("outbox/writing/_run.html", **words), 200 if run.ahead else POLL_ENDS
    return render_template("outbox/writing/run.html", stuck=progress.stuck(token), **words)


@bp.post("/<token>/stop")
@signed_in
def stop(token: str) -> Any:
    """Let nothing more of it go out."""
    n = progress.stop(token, current_user.actor)
    flash(ngettext("%(n)s message has been discarded.", "%(n)s messages have been discarded.", n))
    return redirect(url_for("writing_many.stand", token=token), 303)


def _page(draft: Many) -> str:
    bodies = [text["body"] for text in draft.typed.values()]
    may_pay = any(map(choices.is_open, draft.records)) and not any(map(enclosing.pays, bodies))
    return render_template(
        "outbox/writing/many.html", draft=draft, kind=draft.kinds[0], templates=choices.templates(draft.kinds),
        senders=choices.listed(draft.writer.senders), may_pay=may_pay, stopped=bool(valve.stopped()),
        chips=chips(draft.kinds[0], i18n.current()), **_beside(draft, draft.records[0]),
    )


def _list(draft: Many, fates: list[many.Fate], ticked: set[str] | None = None) -> str:
    """Who gets what; `ticked` are those that were marked, at first all that can go."""
    may = [fate for fate in fates if not fate.firm]
    going = ticked if ticked is not None else {str(fate.record.id) for fate in may if not fate.reason}
    return render_template(
        "outbox/writing/check.html", draft=draft, kind=draft.kinds[0], may=may, firm=[fate for fate in fates if fate.firm],
        going=going, subjects=many.subjects(draft, may), carried=asking.carried(), few=FEW, stopped=bool(valve.stopped()),
        due=draft.moment(zone_of(None)), zone=zone_of(None),
    )


def _beside(draft: Many, record: Record) -> dict[str, Any]:
    """The mail about one of them, or why there is none."""
    troubles, mail = list(many.faults(draft).values()), None
    try:
        mail = None if troubles else many.written(draft, record)
    except (Wrong, compose.Unusable) as error:
        troubles = [str(error)]
    return {
        "mail": mail, "troubles": troubles, "reader": person(record, many.WHO),
        "preview_url": url_for("writing_many.preview"), "letter_url": url_for("writing_many.letter", record=record.id),
    }
