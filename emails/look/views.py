"""The screen for the look: what is set on the left, a mail and a status page in these clothes on the right."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only
from accounts.form import Form
from core import clock, i18n, settings, uploads
from core.i18n import gettext as _
from emails import names, night, placeholders
from emails.frame import ALONE
from emails.layouts import kept
from emails.look import example, shades
from emails.look import settings as look
from emails.scene import HOME
from pages import firm, links, paper

bp = Blueprint("look", __name__, template_folder="templates", url_prefix="/appearance")

uploads.welcome(bp, "change", "shown", octets=8 * uploads.MEGA)  # what is too large is told at its field

SHOWN = ("phone", "desktop", "page")


@bp.get("")
@admin_only
def show() -> Any:
    return _page(look.typed(settings.get("company")))


@bp.post("")
@admin_only
def change() -> Any:
    form = Form(request.form)
    new = look.read(form, request.files.get("logo"), settings.get("company"))
    if form.errors:
        return _page(form), 422
    look.keep(new, current_user.actor)
    flash(_("Saved."))
    return redirect(url_for("look.show"), 303)


@bp.post("/preview")
@admin_only
def preview() -> Any:
    """What stands beside the settings while they are being typed."""
    return render_template("emails/look/_preview.html", **_beside(Form(request.form)))


@bp.post("/preview/shown")
@admin_only
def shown() -> Response:
    """A mail or the door of a status page in the clothes that were typed, for the frame."""
    old = settings.get("company")
    company = {**old, **look.read(Form(request.form), request.files.get("logo"), old)}
    html = _door(company) if request.form.get("shown") == "page" else example.mail(company, _language())
    response = Response(night.lit(html, request.form.get("dark") == "1"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = ALONE
    return response


def _door(company: dict[str, Any]) -> str:
    with i18n.speaking(_language()):
        until = placeholders.day(clock.now() + links.LIFE, clock.zone(HOME))
        return paper.render("landing.html", firm=firm.of(company), action="", nonce="", again=False, until=until)


def _language() -> str:
    asked = request.form.get("tongue", "")
    return asked if asked in i18n.LANGUAGES else i18n.nearest(settings.get("company").get("language"))


def _beside(form: Form) -> dict[str, Any]:
    asked = request.form.get("shown", "")
    return {
        "verdict": shades.verdict(form.values.get("colour", "").lower()), "tongue": _language(),
        "shown": asked if asked in SHOWN else SHOWN[0], "dark": request.form.get("dark") == "1",
    }


def _page(form: Form) -> str:
    return render_template(
        "emails/look/look.html", form=form, logo=settings.get("company").get("logo") or "", shipped=kept.ABOUT,
        layouts=kept.choices(), phone=f"{{{{ {names.shown('company.phone')} }}}}", **_beside(form),
    )
