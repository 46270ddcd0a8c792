"""Blocked addresses: the list, one looked up, one more by hand, and a block lifted."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from accounts.form import Form
from core.i18n import gettext as _
from outbox.afterwards import blocked
from records.zones import zone_of

bp = Blueprint("blocked", __name__, template_folder="templates", url_prefix="/outbox/blocked")


@bp.get("")
@admin_only
def index() -> str:
    """All of them, a page at a time; with `q` the one of that address."""
    words = request.args.get("q", "").strip()[:254]
    if words:
        words = _number(words) or words
        found = blocked.find(words)
        return _page(Form({}), blocked.Page([found] if found else [], ""), words)
    return _page(Form({}), blocked.page(request.args.get("after", "")))


@bp.post("")
@admin_only
def block() -> str | Response | tuple[str, int]:
    form = Form(request.form)
    address = form.email("address") if "@" in form.values.get("address", "") else form.phone("address", needed=True)
    reason = form.one_of("reason", blocked.BY_HAND)
    if form.errors:
        return _page(form, blocked.page()), 422
    new = blocked.block(address, reason, current_user.actor)
    flash(_("The address is blocked.") if new else _("The address was blocked already."))
    return redirect(url_for("blocked.index"))


@bp.post("/lift")
@admin_only
def lift() -> Response:
    hit = blocked.unblock(request.form.get("address", ""), current_user.actor)
    flash(_("The address may be written to again.") if hit else _("That address was not blocked any more."))
    return redirect(url_for("blocked.index"))


def _number(words: str) -> str:
    """A telephone number as it is kept; nothing for what is none."""
    return "" if "@" in words else Form({"number": words}).phone("number")


def _page(form: Form, page: blocked.Page, words: str = "") -> str:
    return render_template(
        "outbox/afterwards/blocked.html", form=form, page=page, words=words, reasons=blocked.REASONS,
        choices=[(key, _(blocked.REASONS[key])) for key in blocked.BY_HAND], zone=zone_of(None),
    )
