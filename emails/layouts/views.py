"""Layouts of an admin's own: the list, the editor with its preview, saving and deleting."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only
from core import i18n, settings
from core.i18n import gettext as _
from emails import night
from emails.drafts import Overtaken
from emails.frame import ALONE
from emails.grammar import Wrong
from emails.layouts import drafts, judging, kept, places
from emails.layouts.drafts import Draft
from emails.layouts.models import Layout
from emails.look import example

bp = Blueprint("layouts", __name__, template_folder="templates", url_prefix="/appearance/layouts")


@bp.get("")
@admin_only
def index() -> Any:
    own = list(Layout.select().order_by(Layout.name))
    return render_template(
        "emails/layouts/index.html", own=own, shipped=kept.SHIPPED, about=kept.ABOUT,
        users={layout.id: drafts.users(layout, _company) for layout in own},
    )


@bp.get("/new")
@admin_only
def new() -> Any:
    """A copy of one there is, else of the first of ours."""
    key = request.args.get("like", kept.FIRST)
    return _editor(drafts.like(key if kept.exists(key) else kept.FIRST))


@bp.post("/new")
@admin_only
def create() -> Any:
    return _saved(drafts.read(request.form), Layout())


@bp.get("/<int:id>")
@admin_only
def show(id: int) -> Any:
    layout = found(id)
    return _editor(Draft(layout.name, layout.source, layout.version), layout)


@bp.post("/<int:id>")
@admin_only
def change(id: int) -> Any:
    return _saved(drafts.read(request.form), found(id))


@bp.post("/<int:id>/delete")
@admin_only
def delete(id: int) -> Any:
    layout = found(id)
    if users := drafts.users(layout, _company):
        flash(_("This layout is still needed: %(names)s.", names=", ".join(users)), "error")
        return redirect(url_for("layouts.show", id=id), 303)
    drafts.delete(layout, current_user.actor)
    flash(_("The layout “%(name)s” is deleted.", name=layout.name))
    return redirect(url_for("layouts.index"), 303)


@bp.post("/preview")
@admin_only
def preview() -> Any:
    """What stands beside the source while it is being typed."""
    return render_template("emails/layouts/_preview.html", **_beside(drafts.read(request.form)))


@bp.post("/preview/shown")
@admin_only
def shown() -> Response:
    """An example mail in the layout as it was typed, for the frame."""
    company = settings.get("company")
    try:
        frame = judging.judged(drafts.read(request.form).source)
        html = example.mail(company, i18n.nearest(company.get("language")), frame)
    except Wrong:
        html = render_template("emails/nothing.html")
    response = Response(night.lit(html, request.form.get("dark") == "1"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = ALONE
    return response


def found(id: int) -> Layout:
    """The layout of that number, or 404."""
    return Layout.get_or_none(Layout.id == id) or abort(404)


def _saved(draft: Draft, layout: Layout) -> Any:
    faults, frame = draft.faults()
    try:
        if frame and not faults:
            drafts.save(draft, frame, layout, current_user.actor)
            flash(_("“%(name)s” is saved.", name=layout.name))
            return redirect(url_for("layouts.show", id=layout.id), 303)
    except Overtaken as overtaken:
        faults = {"": str(overtaken)}
    return _editor(draft, layout if layout.id else None, faults), 422


def _editor(draft: Draft, layout: Layout | None = None, faults: dict[str, str] | None = None) -> str:
    return render_template(
        "emails/layouts/editor.html", draft=draft, layout=layout, faults=faults or {},
        places={name: f"{{{{ {name} }}}}" for name in places.PLACES}, about=places.PLACES,
        users=drafts.users(layout, _company) if layout else [], **_beside(draft),
    )


def _beside(draft: Draft) -> dict[str, Any]:
    device = request.form.get("device", "")
    return {
        "trouble": judging.fault(draft.source), "device": device if device in ("phone", "desktop") else "phone",
        "dark": request.form.get("dark") == "1",
    }


def _company() -> str:
    return _("the company")
