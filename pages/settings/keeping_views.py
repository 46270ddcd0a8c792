"""Settings → Status files → Storage: how long pages stay on disk."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only
from core.i18n import gettext as _
from pages import keeping, sweep
from pages.keeping import LEAST, MOST, Keeping
from pages.models import Page

bp = Blueprint("page_keeping", __name__, template_folder="templates", url_prefix="/pages/settings/storage")


@bp.get("")
@admin_only
def show() -> str:
    now = keeping.current()
    return _page({"older": str(now.older), "closed": str(now.closed or "")}, {})


@bp.post("")
@admin_only
def change() -> Any:
    typed = {name: request.form.get(name, "").strip() for name in ("older", "closed")}
    faults = {name: sentence for name, text in typed.items() if (sentence := _fault(text, needed=name == "older"))}
    if faults:
        return _page(typed, faults), 422
    keeping.choose(Keeping(int(typed["older"]), int(typed["closed"] or 0)), current_user.actor)
    flash(_("Saved. What is kept no longer is removed in the coming night."))
    return redirect(url_for(".show"), 303)


def _fault(text: str, needed: bool) -> str:
    if not text and not needed:
        return ""
    good = text.isascii() and text.isdecimal() and len(text) < 5 and LEAST <= int(text) <= MOST
    return "" if good else _("A whole number of days from %(least)s to %(most)s belongs here.", least=LEAST, most=MOST)


def _page(typed: dict[str, str], faults: dict[str, str]) -> str:
    return render_template(
        "pages/settings/storage.html", typed=typed, faults=faults, most=sweep.KEEP, pages=Page.select().count(),
    )
