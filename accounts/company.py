"""What customers see of the company: name, address, bank account; kept as the settings “company”, as its look is."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts import bank
from accounts.access import admin_only
from accounts.form import Form
from accounts.views import bp
from core import journal, settings
from core.db import transaction
from core.i18n import LANGUAGES
from core.i18n import gettext as _


@bp.get("/company")
@admin_only
def company() -> Any:
    return _page(Form(_as_typed(settings.get("company"))))


@bp.post("/company")
@admin_only
def change_company() -> Any:
    form, old = Form(request.form), settings.get("company")
    new = _read(form)
    if form.errors:
        return _page(form), 422
    fields = [name for name, value in new.items() if old.get(name) != value]
    if fields:
        with transaction():
            settings.put("company", {**old, **new})
            journal.record("company.changed", None, current_user.actor, fields=fields)
    flash(_("Saved."))
    return redirect(url_for("accounts.company"))


def _read(form: Form) -> dict[str, Any]:
    """The new settings, as far as the form is right."""
    return {
        "name": form.line("name"),
        "street": form.line("street", needed=False),
        "city": form.line("city", needed=False),
        "phone": form.phone("phone"),
        "email": form.email("email", needed=False),
        "mail_from": form.email("mail_from", needed=False),
        "website": form.url("website"),
        "language": form.one_of("language", LANGUAGES),
        **bank.read(form),
    }


def _as_typed(stored: dict[str, Any]) -> dict[str, str]:
    texts = {name: value for name, value in stored.items() if isinstance(value, str)}
    return {"language": "de", **texts, **bank.typed(stored)}


def _page(form: Form) -> str:
    return render_template("accounts/company.html", form=form)
