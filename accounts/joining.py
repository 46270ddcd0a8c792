"""Where an invitation leads: first and last name and a password, then the invited person is signed in (B6)."""

from typing import Any

from flask import flash, redirect, render_template, request, session
from flask_login import current_user

from accounts import access, limits, passwords, tickets
from accounts.form import Form
from accounts.models import User
from accounts.views import bp
from core import i18n, journal
from core.db import transaction
from core.i18n import gettext as _

PURPOSE = "invitation"


@bp.get("/invitation/<token>")
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
def invitation(token: str) -> Any:
    user = tickets.find(token, PURPOSE)
    if user is None:
        return _over()
    first, _space, last = user.name.rpartition(" ")
    return _page(user, Form({"first_name": first, "last_name": last}))


@bp.post("/invitation/<token>")
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
def accept(token: str) -> Any:
    user, form = tickets.find(token, PURPOSE), Form(request.form)
    if user is None:
        return _over()
    name = f"{form.line('first_name', 60)} {form.line('last_name', 60)}"
    password = form.new_password_twice("new_password")
    if form.errors:
        return _page(user, form), 422
    if not _join(user, token, name, passwords.hash(password)):
        return _over()
    access.begin(User.get_by_id(user.id))
    i18n.choose(user.language)
    flash(_("Welcome, %(name)s. Everything is ready.", name=name))
    return redirect("/")


def _join(user: User, token: str, name: str, hashed: str) -> bool:
    """Use the invitation up; False when it was withdrawn or used meanwhile."""
    with transaction():
        if not tickets.use(token, PURPOSE):
            return False
        User.update(name=name, password=hashed, active=True, epoch=User.epoch + 1).where(User.id == user.id).execute()
        journal.record("user.joined", None, user.actor, user=user.id)
    return True


def _page(user: User, form: Form) -> str:
    """In the language the admin chose, until the person chooses another."""
    i18n.choose(session.get("language") or user.language)
    return render_template("accounts/join.html", form=form, email=user.email)


def _over() -> Any:
    """As with a lost password."""
    if request.method == "POST" and current_user.is_authenticated:
        return redirect("/")
    return render_template("accounts/link_over.html", invitation=True), 410
