"""What staff do about a customer's answer: deal with it, open it again, or take it back."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import signed_in
from core.i18n import N_
from core.i18n import gettext as _
from core.web import wants_fragment
from pages.replies import kept, told
from pages.replies.models import Reply

bp = Blueprint("replies", __name__, template_folder="templates", url_prefix="/pages/replies")

SAID = {
    "done": N_("The answer is dealt with."), "reopened": N_("The answer is open again."),
    "undone": N_("The answer is taken back."),
}


@bp.post("/<int:reply_id>/<deed>")
@signed_in
def settle(reply_id: int, deed: str) -> str | Response:
    """Do it; what was taken back, the status page asks anew."""
    reply, said = Reply.get_or_none(Reply.id == reply_id) or abort(404), SAID.get(deed) or abort(404)
    hit = kept.settle([reply], deed, current_user.actor)
    if wants_fragment():
        return render_template("pages/replies/_list.html", record=reply.record, replies=told.rows(reply.record))
    flash(_(said) if hit else _("Meanwhile things have moved on; please look again."))
    if request.form.get("back") == "today":
        return redirect("/")
    return redirect(url_for("record.show", collection=reply.record.kind.collection, number=reply.record.number))
