"""Settings → Status files: what the pages of a kind show, and what those in one status show otherwise."""

from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only
from core.i18n import gettext as _
from core.i18n import ngettext
from pages import policies
from pages.actions import ACTIONS
from pages.blocks import BLOCKS
from pages.settings import current, differences, draft, preview, renewal, store, texts
from pages.settings.draft import Draft
from records import asked, kinds
from records.models import Kind

ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox"

bp = Blueprint("page_settings", __name__, template_folder="templates", url_prefix="/pages/settings")


@bp.get("")
@admin_only
def index() -> Any:
    first = next(iter(kinds.everyone()), None) or abort(404)
    return redirect(url_for("page_settings.show", collection=first.collection))


@bp.get("/<collection>")
@admin_only
def show(collection: str) -> str:
    kind = asked.kind(collection)
    return _page(draft.of(kind, _status(kind)), {})


@bp.post("/<collection>")
@admin_only
def change(collection: str) -> Any:
    """Save; or, by the buttons that do it without a script, move a block or take a part back, which saves nothing yet."""
    kind = asked.kind(collection)
    shaped = draft.read(request.form, kind, _status(kind))
    if "move" in request.form or "back" in request.form:
        way, _colon, key = request.form.get("move", "").partition(":")
        shaped.move(key, -1 if way == "up" else 1)
        shaped.back(request.form.get("back", ""))
        return _page(shaped, {})
    faults = shaped.faults()
    try:
        if not faults:
            _save(shaped)
    except store.Overtaken as overtaken:
        faults = {"": str(overtaken)}
    if faults:
        return _page(shaped, faults), 422
    return redirect(_address(kind, shaped.status), 303)


@bp.post("/<collection>/preview")
@admin_only
def look(collection: str) -> str:
    """What stands beside the settings while they are shaped."""
    kind = asked.kind(collection)
    shaped = draft.read(request.form, kind, _status(kind))
    return render_template(
        "pages/settings/_preview.html", kind=kind, view=preview.view(shaped, request.form), faults=shaped.faults()
    )


@bp.post("/<collection>/page")
@admin_only
def page(collection: str) -> Response:
    """The page of a draft, for the frame."""
    kind = asked.kind(collection)
    shaped = draft.read(request.form, kind, _status(kind))
    response = Response(preview.document(shaped, draft.language(request.form), request.form), mimetype="text/html")
    response.headers["Content-Security-Policy"] = ALONE
    return response


def _save(shaped: Draft) -> None:
    if not store.save(shaped.kind.key, shaped.status, shaped.own, shaped.version, current_user.actor):
        flash(_("Nothing was different."))
        return
    pages = renewal.awaited(shaped.kind.key, shaped.status)
    flash(_("Saved.") + (" " + ngettext("%(n)s page is made anew.", "%(n)s pages are made anew.", pages) if pages else ""))


def _page(shaped: Draft, faults: dict[str, str]) -> str:
    language = next((field.partition(".")[2] for field in faults if "." in field), draft.language(request.values))
    return render_template(
        "pages/settings/settings.html", draft=shaped, kind=shaped.kind, kinds=kinds.everyone(), faults=faults,
        own=shaped.own, owning=current.own(shaped.kind.key), known=BLOCKS, areas=differences.AREAS,
        steps={key: _(action.label) for key, action in ACTIONS.items()},
        policies={key: _(label) for key, label in policies.POLICIES.items()}, language_shown=language,
        changed=store.just_changed(shaped.kind.key, shaped.status, current_user.actor),
        chips=texts.writer().chips(shaped.kind, language), view=preview.view(shaped, request.values), address=_address,
    )


def _status(kind: Kind) -> str:
    """The status asked for; none for all of them."""
    status = request.values.get("status", "")
    return status if not status or kind.status(status) else abort(404)


def _address(kind: Kind, status: str) -> str:
    return url_for("page_settings.show", collection=kind.collection, status=status or None)
