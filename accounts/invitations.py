"""Invitations by admins: sent, sent again, withdrawn; without a mail server the admin hands the link over (B6)."""

from concurrent.futures import TimeoutError as NotYet
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts import errands, tickets
from accounts.access import admin_only
from accounts.errands import Notice
from accounts.form import Form
from accounts.keys import ZONE
from accounts.models import ROLES, Ticket, User
from accounts.views import bp
from core import clock, journal
from core.db import transaction
from core.i18n import LANGUAGES
from core.i18n import gettext as _

PURPOSE = "invitation"
PATIENCE = 10.0  # seconds an admin waits to hear that the mail was taken


@bp.get("/users/new")
@admin_only
def invite() -> Any:
    return _page(Form({"role": "staff", "language": "de"}))


@bp.post("/users/new")
@admin_only
def send_invitation() -> Any:
    form = Form(request.form)
    name, email = form.line("name", needed=False), form.email("email")
    role, language = form.one_of("role", ROLES), form.one_of("language", LANGUAGES)
    if email and not form.errors and User.select().where(User.email == email).exists():
        form.refuse("email", _("Somebody with this address exists already."))
    if form.errors:
        return _page(form), 422
    with transaction():
        user = User.create(
            email=email, name=name, password="", role=role, language=language, active=False, created_at=clock.now()
        )
        journal.record("user.invited", None, current_user.actor, user=user.id)
    return _sent(user)


@bp.post("/users/<int:number>/invitation")
@admin_only
def send_again(number: int) -> Any:
    """A new link; the one before it ends."""
    user = _invited(number)
    with transaction():
        journal.record("user.invited_again", None, current_user.actor, user=user.id)
    return _sent(user)


@bp.post("/users/<int:number>/withdraw")
@admin_only
def withdraw(number: int) -> Any:
    """Nothing of an invitation that was not accepted is kept."""
    user = _invited(number)
    with transaction():
        Ticket.delete().where(Ticket.user == user.id).execute()
        User.delete().where(User.id == user.id, ~User.active, User.password == "").execute()
        journal.record("user.invitation_withdrawn", None, current_user.actor, user=user.id)
    flash(_("The invitation of %(email)s is withdrawn; its link opens nothing any more.", email=user.email))
    return redirect(url_for("accounts.users"))


def _sent(user: User) -> Any:
    """Mail the invitation; where that cannot be done or is not heard of, the admin is shown the link, this once."""
    with transaction():
        token, expires = tickets.issue(user, PURPOSE)
    link = f"{current_app.config['STATUSBOTE'].base_url}/invitation/{token}"
    send = errands.way_out()
    if send is not None and _taken(send, Notice(PURPOSE, user.name, user.email, user.language, link, expires)):
        flash(_("The invitation to %(email)s is on its way.", email=user.email))
        return redirect(url_for("accounts.users"))
    return render_template(
        "accounts/invited.html", person=user, link_to_hand_over=link, expires=expires, zone=ZONE, tried=send is not None
    )


def _taken(send: errands.Send, notice: Notice) -> bool:
    try:
        return errands.start(lambda: send(notice)).result(PATIENCE)
    except NotYet:
        return False


def _invited(number: int) -> User:
    user = User.get_or_none(User.id == number) or abort(404)
    return user if user.invited else abort(409, _("This person has accepted the invitation already."))


def _page(form: Form) -> str:
    return render_template("accounts/invite.html", form=form, able=errands.way_out() is not None)
