"""Keys for the HTTP API: shown once when made, kept as fingerprints, revoked by admins."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts.access import admin_only
from accounts.form import Form
from accounts.models import ApiKey
from accounts.views import bp
from core import clock, journal
from core.db import transaction
from core.i18n import gettext as _
from core.keys import fingerprint, random62

PREFIX = "sb_"
ZONE = clock.zone("Europe/Berlin")  # of the house; keys belong to no location
LENGTH = 43  # base-62 characters after the prefix, 256 bits


def make(name: str, actor: str = "console") -> str:
    """A new key; the only time it is known."""
    raw = PREFIX + random62(LENGTH)
    with transaction():
        key = ApiKey.create(name=name, fingerprint=fingerprint(raw), created_at=clock.now())
        journal.record("key.made", None, actor, key=key.id)
    return raw


def find(raw: str) -> ApiKey | None:
    """The active key of that text."""
    if not raw.startswith(PREFIX) or len(raw) != len(PREFIX) + LENGTH:
        return None
    return ApiKey.get_or_none(ApiKey.fingerprint == fingerprint(raw), ApiKey.active)


@bp.get("/users/keys")
@admin_only
def keys() -> Any:
    return _page(Form({}))


@bp.post("/users/keys")
@admin_only
def make_key() -> Any:
    form = Form(request.form)
    name = form.line("name", 80)
    if form.errors:
        return _page(form), 422
    return _page(Form({}), made=make(name, current_user.actor), name=name)


@bp.post("/users/keys/<int:number>/revoke")
@admin_only
def revoke_key(number: int) -> Any:
    key = ApiKey.get_or_none(ApiKey.id == number) or abort(404)
    with transaction():
        ApiKey.update(active=False).where(ApiKey.id == key.id).execute()
        journal.record("key.revoked", None, current_user.actor, key=key.id)
    flash(_("The key “%(name)s” is revoked. Whoever uses it is refused from now on.", name=key.name))
    return redirect(url_for("accounts.keys"))


def _page(form: Form, made: str = "", name: str = "") -> str:
    everyone = ApiKey.select().order_by(ApiKey.active.desc(), ApiKey.id.desc())
    return render_template("accounts/keys.html", form=form, made=made, name=name, keys=list(everyone), zone=ZONE)
