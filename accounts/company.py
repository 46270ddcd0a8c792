"""What customers see of the company: name, address, colour, logo, legal lines; kept as the settings “company”."""

import base64
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from accounts import bank
from accounts.access import admin_only
from accounts.form import Form
from accounts.views import bp
from core import journal, settings
from core.colour import AA, SEEN, contrast, is_colour
from core.db import transaction
from core.i18n import LANGUAGES
from core.i18n import gettext as _

COLOUR = "#1c5a44"
PAPER, NIGHT = "#ffffff", "#121514"  # the grounds of mails and status pages, light and dark
LARGEST_LOGO = 100 * 1024  # bytes
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@bp.get("/company")
@admin_only
def company() -> Any:
    return _page(Form(_as_typed(settings.get("company"))))


@bp.post("/company")
@admin_only
def change_company() -> Any:
    form, old = Form(request.form), settings.get("company")
    new = _read(form, old)
    if form.errors:
        return _page(form), 422
    fields = [name for name, value in new.items() if old.get(name) != value]
    if fields:
        with transaction():
            settings.put("company", {**old, **new})
            journal.record("company.changed", None, current_user.actor, fields=fields)
    flash(_("Saved."))
    if remark := about_colour(new["colour"]):
        flash(remark)
    return redirect(url_for("accounts.company"))


def about_colour(colour: str) -> str:
    """A sentence on where text of that colour could not be read and a near tone stands in for it; or none."""
    pale, dark = contrast(colour, PAPER) < AA, contrast(colour, NIGHT) < AA
    if pale and dark:
        return _("On white, text uses a darker tone of your colour, on dark screens a lighter one, so that all can read it.")
    if pale:
        return _("On white, text uses a darker tone of your colour, so that all can read it.")
    if dark:
        return _("On dark screens, text uses a lighter tone of your colour, so that all can read it.")
    return ""


def _read(form: Form, old: dict[str, Any]) -> dict[str, Any]:
    """The new settings, as far as the form is right."""
    return {
        "name": form.line("name"),
        "street": form.line("street", needed=False),
        "city": form.line("city", needed=False),
        "phone": form.phone("phone"),
        "email": form.email("email", needed=False),
        "mail_from": form.email("mail_from", needed=False),
        "website": form.url("website"),
        "imprint_url": form.url("imprint_url"),
        "privacy_url": form.url("privacy_url"),
        "language": form.one_of("language", LANGUAGES),
        "footer": {language: form.line(f"footer_{language}", 500, needed=False) for language in LANGUAGES},
        **bank.read(form),
        "colour": _colour(form),
        "logo": _logo(form, request.files.get("logo"), old.get("logo", "")),
    }


def _colour(form: Form) -> str:
    colour = form.line("colour").lower()
    if not is_colour(colour):
        return form.refuse("colour", _("Please write the colour as # and six digits, such as #1c5a44."))
    if contrast(colour, PAPER) < SEEN:
        return form.refuse("colour", _("This colour cannot be seen on white. Please choose a stronger one."))
    return colour


def _logo(form: Form, file: FileStorage | None, old: str) -> str:
    """The picture as a data URL: the one sent, none when it shall go, else the one there is."""
    if form.values.get("no_logo"):
        return ""
    if not file or not file.filename:
        return old
    content = file.read(LARGEST_LOGO + 1)
    kind = next((kind for start, kind in PICTURES.items() if content.startswith(start)), None)
    if len(content) > LARGEST_LOGO:
        return form.refuse("logo", _("The logo may have at most 100 KB."))
    if kind is None:
        return form.refuse("logo", _("Please choose a PNG or JPEG picture."))
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _as_typed(stored: dict[str, Any]) -> dict[str, str]:
    footers = {f"footer_{language}": text for language, text in stored.get("footer", {}).items()}
    texts = {name: value for name, value in stored.items() if isinstance(value, str)}
    return {"colour": COLOUR, "language": "de", **texts, **footers, **bank.typed(stored)}


def _page(form: Form) -> str:
    return render_template("accounts/company.html", form=form, logo=settings.get("company").get("logo", ""))
