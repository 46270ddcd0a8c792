"""Status pages in the back office: how one looks now, what was answered there, who may open it, and taking a link back."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core import clock, i18n
from core.i18n import N_
from core.i18n import gettext as _
from core.web import wants_fragment
from pages import answers, audience, carried, downloads, endings, fresh, links, publish
from pages.models import Link
from pages.replies import asking, told
from records.models import Contact, Record
from records.people import label
from records.zones import appointment, zone_of

bp = Blueprint("pages", __name__, template_folder="templates", url_prefix="/pages")

SHOWN = 8  # links of a record that are listed, the newest first
STATES = {
    "issued": (N_("not opened yet"), "wait"),
    "opened": (N_("opened"), "good"),
    "used": (N_("opened"), "good"),
    "expired": (N_("expired"), ""),
    "revoked": (N_("revoked"), "stop"),
}


@bp.get("/for/<int:record_id>")
@signed_in
def show(record_id: int) -> Response:
    """The page as the customer would see it now; no link is touched."""
    try:
        if beside := downloads.asked(record_id, request.args) or asking.asked(record_id, request.args):
            return beside
    except downloads.Missing:
        abort(404)
    kept = publish.newest(record_id) or abort(404)
    return answers.sheet(kept, referrer="same-origin")


@bp.get("/file/<int:record_id>")
@signed_in
def file(record_id: int) -> Response:
    """The page as a file: the same bytes that a mail carries."""
    record = Record.get_or_none(Record.id == record_id) or abort(404)
    response = make_response(carried.content(record.id) or abort(404))
    response.headers["Content-Type"] = carried.TYPE
    response.headers["Content-Disposition"] = f'attachment; filename="{carried.name(record.number)}"'
    return answers.sealed(response)


@bp.get("/slot/<int:record_id>")
@signed_in
def slot(record_id: int) -> str:
    """The part of a record's page that belongs to its status page."""
    return _slot(Record.get_or_none(Record.id == record_id) or abort(404))


@bp.post("/links/<link_id>/revoke")
@signed_in
def revoke(link_id: str) -> str | Response:
    """Take a link back; whoever reads the page right now is shut out too."""
    link = Link.get_or_none(Link.id == link_id, Link.state != "erased") or abort(404)
    endings.revoke([link.id], "staff", current_user.actor)
    if wants_fragment():
        return _slot(link.record)
    flash(_("The link is revoked. It opens the page no more."))
    return redirect(url_for("record.show", collection=link.record.kind.collection, number=link.record.number))


@bp.post("/links/<link_id>/renew")
@signed_in
def renew(link_id: str) -> str | Response:
    """Have a fresh link sent to the address on file; the old one opens no more."""
    found = links.with_record(Link.select(Link, Record, Contact)).where(Link.id == link_id, Link.state != "erased")
    link = found.first() or abort(404)
    sent = fresh.issue(link, current_user.actor)
    if wants_fragment():
        return _slot(link.record)
    flash(_("A fresh link is on its way.") if sent else _("There is no address to which a fresh link could go."))
    return redirect(url_for("record.show", collection=link.record.kind.collection, number=link.record.number))


def _slot(record: Record) -> str:
    found = links.with_record(Link.select(Link, Record, Contact)).where(Link.record == record, Link.state != "erased")
    rows = [_told(link, record) for link in found.order_by(Link.created_at.desc(), Link.id.desc()).limit(SHOWN)]
    refusal = audience.why(record)
    return render_template("pages/_slot.html", record=record, links=rows, refusal=refusal, replies=told.rows(record))


def _told(link: Link, record: Record) -> dict[str, object]:
    state = links.standing(link, clock.now())
    word, tone = STATES[state]
    zone = zone_of(record)
    role = label(link.recipient)
    return {
        "id": link.id,
        "whom": role[:1].upper() + role[1:] or link.recipient,
        "word": _(word),
        "tone": tone,
        "sent": appointment(link.sent_at, zone) if link.sent_at else "",
        "opened": appointment(link.opened_at, zone) if link.opened_at else "",
        "until": i18n.date(links.expiry(link), zone, "d.\u00a0MMMM") if state in links.LIVE else "",
        "live": state in links.LIVE,
        "reached": bool(links.address_of(link)),
    }
