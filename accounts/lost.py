"""A lost password: a link by mail, asked for by anybody with the same answer for all, and the page where it leads (B1)."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from accounts import access, errands, limits, passwords, tickets
from accounts.access import nobody_yet
from accounts.errands import Notice, Send
from accounts.form import Form
from accounts.models import User
from accounts.views import bp
from core import journal
from core.db import transaction
from core.i18n import gettext as _

PURPOSE = "password"


@bp.get("/password")
def lost() -> Any:
    if nobody_yet():
        return redirect(url_for("accounts.setup"))
    return _page(Form({}), asked=request.args.get("asked") == "1")


@bp.post("/password")
@limits.limiter.limit(limits.ASKED_PER_NETWORK)
@limits.limiter.limit(limits.ASKED_PER_ADDRESS, key_func=limits.address_tried)
def ask_for_link() -> Any:
    """Nothing is looked up before the answer has left: it is the same, and as quick, for everybody."""
    form, send = Form(request.form), errands.way_out()
    address = form.email("email")
    if form.errors or send is None:
        return _page(form), 422
    base_url = current_app.config["STATUSBOTE"].base_url
    errands.start(lambda: bring(send, address, base_url))
    return redirect(url_for("accounts.lost", asked=1))


def bring(send: Send, address: str, base_url: str) -> bool:
    """Send a link to the active person of that address; False when there is none or the mail was not taken."""
    user = User.get_or_none(User.email == address, User.active)
    if user is None:
        return False
    with transaction():
        token, expires = tickets.issue(user, PURPOSE)
        journal.record("user.password_asked", None, "stranger", user=user.id)
    return send(Notice("password_reset", user.name, user.email, user.language, f"{base_url}/password/{token}", expires))


@bp.get("/password/<token>")
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
def choose_password(token: str) -> Any:
    user = tickets.find(token, PURPOSE)
    return _choose(user, Form({})) if user else _over()


@bp.post("/password/<token>")
@limits.limiter.limit(limits.PER_NETWORK, deduct_when=limits.refused)
def set_password(token: str) -> Any:
    user, form = tickets.find(token, PURPOSE), Form(request.form)
    if user is None:
        return _over()
    password = form.new_password_twice("new_password")
    if form.errors:
        return _choose(user, form), 422
    if not _set(user, token, passwords.hash(password)):
        return _over()
    access.begin(User.get_by_id(user.id))
    flash(_("Your password is changed. Other browsers have been signed out."))
    return redirect("/")


def _set(user: User, token: str, hashed: str) -> bool:
    """Use the link up for that password; False when somebody was quicker, or the person was deactivated meanwhile."""
    with transaction():
        new = {"password": hashed, "epoch": User.epoch + 1}
        if not tickets.use(token, PURPOSE) or not User.update(**new).where(User.id == user.id, User.active).execute():
            return False
        journal.record("user.password_reset", None, user.actor, user=user.id)
    return True


def _page(form: Form, asked: bool = False) -> str:
    return render_template("accounts/lost.html", form=form, asked=asked, able=errands.way_out() is not None)


def _choose(user: User, form: Form) -> str:
    return render_template("accounts/choose_password.html", form=form, email=user.email)


def _over() -> Any:
    """The link is used up, too old or none of ours; after a double click its owner is signed in already."""
    if request.method == "POST" and current_user.is_authenticated:
        return redirect("/")
    return render_template("accounts/link_over.html", invitation=False), 410
