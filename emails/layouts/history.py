"""The history of a layout of an admin's own: what each version changed, and the way back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup

from accounts.access import admin_only
from core import compared
from core.i18n import N_
from core.i18n import gettext as _
from emails.drafts import Overtaken
from emails.layouts import drafts, views
from emails.layouts.drafts import Draft
from emails.layouts.models import LayoutVersion
from records import history
from records.history import Difference

MOST = 50  # versions shown
HOW = {"created": N_("Written"), "edited": N_("Changed"), "restored": N_("Version %(version)s put back")}

bp = Blueprint("layout_history", __name__, template_folder="templates", url_prefix="/appearance/layouts")


@bp.get("/<int:id>/history")
@admin_only
def show(id: int) -> Any:
    return _page(id)


@bp.post("/<int:id>/history/<int:version>")
@admin_only
def restore(id: int, version: int) -> Any:
    """Put that version back as a new one."""
    layout = views.found(id)
    mine = (LayoutVersion.layout_id == id) & (LayoutVersion.version == version)
    old = LayoutVersion.get_or_none(mine) or abort(404)
    draft = Draft(old.name, old.source, layout.version)
    faults, frame = draft.faults()
    try:
        if frame and not faults:
            drafts.save(draft, frame, layout, current_user.actor, f"restored:{version}")
            flash(_("Version %(version)s of “%(name)s” is back.", version=version, name=layout.name))
            return redirect(url_for("layout_history.show", id=id), 303)
    except Overtaken as overtaken:
        faults = {"": str(overtaken)}
    flash(_("This version cannot come back: %(why)s", why=next(iter(faults.values()))), "error")
    return _page(id), 422


def _page(id: int) -> str:
    layout, mine = views.found(id), LayoutVersion.layout_id == id
    found = list(LayoutVersion.select().where(mine).order_by(LayoutVersion.version.desc()).limit(MOST + 1))
    now = (layout.name, layout.source)
    lines = history.lines(found, history.happened(HOW), _between, lambda kept: (kept.name, kept.source) == now)
    return render_template("emails/layouts/history.html", layout=layout, lines=lines[:MOST])


def _between(older: LayoutVersion | None, kept: LayoutVersion) -> list[Difference]:
    """Of the first version nothing is told: its source is the whole layout."""
    if older is None:
        return []
    found = [Difference(_("Name"), compared.words(older.name, kept.name))] if older.name != kept.name else []
    if older.source != kept.source:
        found.append(Difference("MJML", Markup("<code>{}</code>").format(compared.lines(older.source, kept.source))))
    return found
