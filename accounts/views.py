"""The door and everybody's own things: signing in and out, language and light, name and password."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask_login import current_user

from accounts import limits, passwords, tickets
from accounts.access import begin, end, local, nobody_yet, signed_in
from accounts.form import Form
from accounts.models import User
from core import journal
from core.db import transaction
from core.i18n import LANGUAGES, choose
from core.i18n import gettext as _

SCHEMES = ("light", "dark", "auto")

bp = Blueprint("accounts", __name__, template_folder="templates")


@bp.after_request
def keep_link(response: Response) -> Response:
    """A link with a token in it goes nowhere by the Referer, and the form below it still tells where it comes from."""
    if "token" in (request.view_args or {}):
        response.headers.update({"Referrer-Policy": "strict-origin", "Cache-Control": "no-store"})
    return response


@bp.get("/sign-in")
def sign_in() -> Any:
    if nobody_yet():
        return redirect(url_for("accounts.setup"))
    if current_user.is_authenticated:
        return redirect(local(request.args.get("back")))
    return render_template("accounts/sign_in.html", form=Form({}), back=local(request.args.get("back")))


@bp.post("/sign-in")
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
@limits.limiter.limit(limits.PER_ADDRESS, key_func=limits.address_tried, deduct_when=limits.refused)
def enter() -> Any:
    form, back = Form(request.form), local(request.form.get("back"))
    user = User.get_or_none(User.email == form.line("email", 254).lower(), User.active)
    password = request.form.get("password", "")[: passwords.LONGEST]
    if not passwords.matches(user.password if user else None, password) or user is None:
        form.refuse("password", _("E-mail address and password do not match."))
        return render_template("accounts/sign_in.html", form=form, back=back), 422
    with transaction():
        if passwords.outdated(user.password):
            User.update(password=passwords.hash(password)).where(User.id == user.id).execute()
        journal.record("user.signed_in", None, user.actor)
    begin(user)
    return redirect(back)


@bp.post("/sign-out")
def sign_out() -> Any:
    end()
    return redirect(url_for("accounts.sign_in"))


@bp.post("/look")
def look() -> Any:
    """Language and light, for everybody; a person who is signed in keeps her language."""
    language, scheme = request.form.get("language"), request.form.get("scheme")
    if scheme in SCHEMES:
        session["scheme"] = scheme
    if language in LANGUAGES:
        session["language"] = language
        if current_user.is_authenticated:
            with transaction():
                User.update(language=language).where(User.id == current_user.id).execute()
    return redirect(local(request.form.get("back")))


@bp.get("/account")
@signed_in
def account() -> Any:
    return _account(Form({"name": current_user.name, "language": current_user.language}))


@bp.post("/account")
@signed_in
def change_account() -> Any:
    form = Form(request.form)
    name, language = form.line("name"), form.one_of("language", LANGUAGES)
    if form.errors:
        return _account(form), 422
    with transaction():
        User.update(name=name, language=language).where(User.id == current_user.id).execute()
        journal.record("user.changed", None, current_user.actor, user=current_user.id, fields=["name", "language"])
    session["language"] = language
    choose(language)
    flash(_("Saved."))
    return redirect(url_for("accounts.account"))


@bp.post("/account/password")
@signed_in
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
def change_password() -> Any:
    """A new password; it ends this person's sessions in all other browsers."""
    form = Form(request.form)
    password = form.new_password("new_password")
    if not passwords.matches(current_user.password, request.form.get("password", "")[: passwords.LONGEST]):
        form.refuse("password", _("This is not your present password."))
    if form.errors:
        form.values = {"name": current_user.name, "language": current_user.language}
        return _account(form), 422
    with transaction():
        user = User.get_by_id(current_user.id)
        user.password, user.epoch = passwords.hash(password), user.epoch + 1
        user.save()
        tickets.end(user.id)
        journal.record("user.password_changed", None, user.actor, user=user.id)
    begin(user)
    flash(_("Your password is changed. Other browsers have been signed out."))
    return redirect(url_for("accounts.account"))


def _account(form: Form) -> str:
    return render_template("accounts/account.html", form=form)
