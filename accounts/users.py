"""The people who sign in: changed and deactivated by admins; one admin always stays."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts import passwords, tickets
from accounts.access import admin_only
from accounts.form import Form
from accounts.models import ROLES, User
from accounts.views import bp
from core import clock, journal
from core.db import transaction
from core.i18n import LANGUAGES
from core.i18n import gettext as _


class LastAdmin(ValueError):
    """The change would leave the house without an admin."""


def make(email: str, name: str, role: str, language: str, password: str, actor: str) -> User:
    """A new person; the address is kept in lower case. Raises ValueError when it is taken."""
    email, hashed = email.strip().lower(), passwords.hash(password)
    with transaction():
        if User.select().where(User.email == email).exists():
            raise ValueError(email)
        user = User.create(email=email, name=name, password=hashed, role=role, language=language, created_at=clock.now())
        journal.record("user.created", None, actor, user=user.id)
    return user


def change(user: User, actor: str, **new: Any) -> None:
    """Write what differs; raises LastAdmin. A deactivated person's sessions end, and with a new address her links."""
    fields = [name for name, value in new.items() if getattr(user, name) != value]
    if not fields:
        return
    with transaction():
        if user.is_admin and user.active and (new.get("role", "admin") != "admin" or not new.get("active", True)):
            _keep_one_admin_besides(user)
        ends = {"epoch": User.epoch + 1} if {"password", "active"} & set(fields) else {}
        User.update(**{name: new[name] for name in fields}, **ends).where(User.id == user.id).execute()
        if {"password", "active", "email"} & set(fields):
            tickets.end(user.id)
        journal.record("user.changed", None, actor, user=user.id, fields=fields)


def _keep_one_admin_besides(user: User) -> None:
    """All admins are locked by a write that changes nothing, so that two cannot remove each other at once."""
    User.update(role="admin").where(User.role == "admin", User.active).execute()
    if not User.select().where(User.role == "admin", User.active, User.id != user.id).exists():
        raise LastAdmin(user.id)


@bp.get("/users")
@admin_only
def users() -> Any:
    everyone = User.select().order_by(User.active.desc(), User.name, User.email)
    return render_template("accounts/users.html", users=list(everyone), invitations=tickets.ends())


@bp.get("/users/<int:number>")
@admin_only
def user(number: int) -> Any:
    person = _found(number)
    return _page(Form({name: getattr(person, name) for name in ("name", "email", "role", "language")}), person)


@bp.post("/users/<int:number>")
@admin_only
def change_user(number: int) -> Any:
    person, form = _found(number), Form(request.form)
    name, email, role, language = _person(form, named=not person.invited)
    if email and User.select().where(User.email == email, User.id != person.id).exists():
        form.refuse("email", _("Somebody with this address exists already."))
    if not form.errors:
        try:
            change(person, current_user.actor, name=name, email=email, role=role, language=language)
        except LastAdmin:
            form.refuse("role", _("This is the last admin. Make somebody else an admin first."))
    if form.errors:
        return _page(form, person), 422
    flash(_("Saved."))
    return redirect(url_for("accounts.users"))


@bp.post("/users/<int:number>/password")
@admin_only
def give_password(number: int) -> Any:
    """A new password for somebody who has lost hers; it ends all her sessions."""
    person, form = _joined(number), Form(request.form)
    password = form.new_password("new_password")
    if form.errors:
        form.values = {name: getattr(person, name) for name in ("name", "email", "role", "language")}
        return _page(form, person), 422
    change(person, current_user.actor, password=passwords.hash(password))
    flash(_("%(name)s has a new password.", name=person.name))
    return redirect(url_for("accounts.users"))


@bp.post("/users/<int:number>/active")
@admin_only
def activate(number: int) -> Any:
    person, active = _joined(number), request.form.get("on") == "1"
    try:
        change(person, current_user.actor, active=active)
    except LastAdmin:
        flash(_("This is the last admin. Make somebody else an admin first."), "error")
    else:
        flash(_("%(name)s can sign in again.", name=person.name) if active
              else _("%(name)s is deactivated and signed out everywhere.", name=person.name))
    return redirect(url_for("accounts.users"))


def _person(form: Form, named: bool) -> tuple[str, str, str, str]:
    role, language = form.one_of("role", ROLES), form.one_of("language", LANGUAGES)
    return form.line("name", needed=named), form.email("email"), role, language


def _found(number: int) -> User:
    return User.get_or_none(User.id == number) or abort(404)


def _joined(number: int) -> User:
    """Somebody who is not only invited: an invitation alone makes a password and lets somebody in."""
    person = _found(number)
    return abort(409, _("This person has not accepted the invitation yet.")) if person.invited else person


def _page(form: Form, person: User) -> str:
    return render_template("accounts/user.html", form=form, person=person)
