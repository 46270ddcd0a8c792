"""The first start: the company's name and its first admin; asked once, while there is nobody."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Flask, current_app, flash, redirect, render_template, request, url_for

from accounts import access, passwords
from accounts.access import nobody_yet
from accounts.form import Form
from accounts.models import User
from accounts.views import bp
from core import clock, i18n, journal, settings
from core.db import transaction
from core.i18n import LANGUAGES
from core.i18n import gettext as _


class Starter(NamedTuple):
    """A pack offered at the first start; app.py brings them from a higher floor. Words by language.

    `install(key, actor)` puts it in, in the caller's transaction.
    """

    key: str
    name: dict[str, str]
    about: dict[str, str]
    icon: str
    install: Callable[[str, str], Any]


def furnish(app: Flask, starters: list[Starter]) -> None:
    """Offer these packs at the first start."""
    app.extensions["starters"] = {starter.key: starter for starter in starters}


@bp.get("/setup")
def setup() -> Any:
    if not nobody_yet():
        return redirect(url_for("accounts.sign_in"))
    return _page(Form({"language": i18n.current(), "pack": next(iter(_starters()), "")}))


@bp.post("/setup")
def begin() -> Any:
    form = Form(request.form)
    company, name, email = form.line("company"), form.line("name"), form.email("email")
    password, language = form.new_password("password"), form.one_of("language", LANGUAGES)
    starter = _starters().get(request.form.get("pack", ""))
    if form.errors:
        return _page(form), 422
    hashed = passwords.hash(password)
    with transaction():
        if not nobody_yet():
            return redirect(url_for("accounts.sign_in"))
        user = first_admin(company, name, email, hashed, language)
        if starter:
            starter.install(starter.key, user.actor)
    access.begin(user)
    i18n.choose(language)
    flash(_("Welcome, %(name)s. Everything is ready.", name=name))
    return redirect("/")


def first_admin(company: str, name: str, email: str, hashed: str, language: str) -> User:
    """Write the first admin and the company's name, in the caller's transaction."""
    user = User.create(email=email, name=name, password=hashed, role="admin", language=language, created_at=clock.now())
    settings.put("company", {**settings.get("company"), "name": company, "language": language})
    journal.record("user.created", None, user.actor, user=user.id)
    return user


def _starters() -> dict[str, Starter]:
    return current_app.extensions.get("starters", {})


def _page(form: Form) -> str:
    return render_template("accounts/setup.html", form=form, starters=_starters().values())
