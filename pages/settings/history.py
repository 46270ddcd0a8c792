"""The history of a page's settings: what changed, and the way back."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only
from core.i18n import N_
from core.i18n import gettext as _
from pages.settings import differences, draft, store
from pages.settings.models import PageSettingVersion
from records import asked, history
from records.history import Difference
from records.models import Kind

PAGE = 20  # versions shown at once
HOW = {
    "edited": N_("Changed"),
    "restored": N_("Version %(version)s put back"),
    "pack": N_("Put in by a starter pack"),
}

bp = Blueprint("page_history", __name__, template_folder="templates", url_prefix="/pages/settings")


@bp.get("/<collection>/history")
@admin_only
def show(collection: str) -> str:
    kind = asked.kind(collection)
    return _page(kind, request.args.get("status", ""))


@bp.post("/<collection>/history/<int:version>")
@admin_only
def restore(collection: str, version: int) -> Any:
    """Put that version back as a new one; 0 is what holds before anything is set."""
    kind, status = asked.kind(collection), request.form.get("status", "")
    content = _content(kind, status, version)
    faults = draft.Draft(kind, status, content, 0).faults()
    if faults:
        flash(_("This version cannot come back: %(why)s", why=next(iter(faults.values()))), "error")
        return _page(kind, status), 422
    store.save(kind.key, status, content, store.setting(kind.key, status).version, current_user.actor, f"restored:{version}")
    flash(_("Version %(version)s is back.", version=version))
    return redirect(url_for("page_settings.show", collection=collection, status=status or None), 303)


def _content(kind: Kind, status: str, version: int) -> dict[str, Any]:
    kept = store.kept(kind.key, status, version)
    return kept.content if kept else {} if version == 0 else abort(404)


def _page(kind: Kind, status: str) -> str:
    found = store.history(kind.key, status, history.below(request.args.get("before", type=int)), PAGE + 1)
    now = store.setting(kind.key, status)

    def between(older: PageSettingVersion | None, kept: PageSettingVersion) -> list[Difference]:
        return differences.between(older.content if older else None, kept.content, kind)

    lines = history.lines(found, history.happened(HOW), between, lambda kept: kept.content == now.content)
    return render_template(
        "pages/settings/history.html", kind=kind, status=status, lines=lines[:PAGE], now=now,
        more=found[PAGE - 1].version if len(found) > PAGE else None,
    )
