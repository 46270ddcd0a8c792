"""Who may see a page: the session behind a request, and the decorators that views wear."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user

from accounts.models import User
from core import web

View = Callable[..., Any]
STAYING = ("language", "scheme")

login = LoginManager()
login.session_protection = None  # the epoch ends sessions; addresses and browsers change under honest people


def furnish(app: Flask) -> None:
    """Give an app its doors."""
    login.init_app(app)


@login.user_loader
def _user(remembered: str) -> User | None:
    """The active person of a session, unless all her sessions were ended since."""
    number, _, epoch = remembered.partition(".")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    return User.get_or_none(User.id == int(number), User.epoch == int(epoch), User.active)


def signed_in(view: View) -> View:
    """For everybody who works here."""
    return _guarded(view, "staff")


def admin_only(view: View) -> View:
    """For admins."""
    return _guarded(view, "admin")


def begin(user: User) -> None:
    """Start a session; nothing of the one before it stays but language and light."""
    kept = {key: session[key] for key in STAYING if key in session}
    session.clear()
    session.update(kept, language=user.language)
    login_user(user)


def end() -> None:
    """End this browser's session."""
    kept = {key: session[key] for key in STAYING if key in session}
    session.clear()
    session.update(kept)


def nobody_yet() -> bool:
    """True until the first admin is made."""
    return not User.select().exists()


def local(path: str | None) -> str:
    """A path of this house to go back to; anything else is the front door."""
    if not path or not path.startswith("/") or path[1:2] in ("/", "\\") or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path.removesuffix("?")


def _guarded(view: View, role: str) -> View:
    @wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return _to_the_door()
        if role == "admin" and not current_user.is_admin:
            abort(403)
        return view(*args, **kwargs)

    checked.role = role  # type: ignore[attr-defined]
    return checked


def _to_the_door() -> Any:
    """On to sign-in, or to the first start; htmx is sent there as a whole page."""
    if nobody_yet():
        door = url_for("accounts.setup")
    else:
        back = local(request.full_path) if request.method == "GET" and not web.htmx else "/"
        door = url_for("accounts.sign_in", back=None if back == "/" else back)
    return Response(status=401, headers={"HX-Redirect": door}) if web.htmx else redirect(door)
