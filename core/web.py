"""Web manners every room shares: one connection, one language, strict headers, errors in words."""

import hashlib
import logging
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, abort, make_response, render_template, request, send_file, session, url_for
from flask_htmx import HTMX
from flask_wtf.csrf import CSRFProtect
from markupsafe import Markup
from peewee import InterfaceError, OperationalError
from werkzeug.exceptions import HTTPException

from core import clock, i18n, keys
from core.config import Config
from core.db import database, is_sqlite

CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LARGEST = 256 * 1024  # bytes of one request body
STATIC = Path(__file__).parent.parent / "static"

log = logging.getLogger("statusbote.web")
htmx = HTMX()
csrf = CSRFProtect()
bp = Blueprint("core", __name__, template_folder="templates")


def furnish(app: Flask, config: Config) -> None:
    """Give an app the manners of the house."""
    app.config.update(
        SECRET_KEY=keys.derive("session"),
        SESSION_COOKIE_NAME="__Host-session" if config.https else "session",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=LARGEST,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=True,
        STATUSBOTE=config,
        X_ACCEL=config.x_accel,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=False)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        icon=icon, asset=asset, language=i18n.current, languages=i18n.LANGUAGES, pick=i18n.pick, now=clock.now,
        money=i18n.money, number=i18n.number, date=i18n.date, time=i18n.time, moment=i18n.moment, htmx=htmx,
    )
    htmx.init_app(app)
    csrf.init_app(app)
    app.register_blueprint(bp)
    app.before_request(_arrive)
    app.after_request(_dress)
    app.teardown_appcontext(_leave)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(InterfaceError, _unavailable)
    app.register_error_handler(Exception, _broken)


def icon(name: str, tone: str = "") -> Markup:
    """One sign of the sprite, hidden from screen readers."""
    sign = Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>')
    return sign.format(tone and f" {tone}", asset("icons.svg"), name)


def asset(name: str) -> str:
    """The address of a file of ours (or of htmx), with its content's hash in it."""
    return url_for("core.static_file", digest=_digest(name), name=name)


@bp.get("/static/<digest>/<path:name>")
def static_file(digest: str, name: str) -> Response:
    path = _file(name)
    if path is None or digest != _digest(name):
        abort(404)
    response = send_file(path, conditional=True)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@cache
def _digest(name: str) -> str:
    path = _file(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path else ""


@cache
def _file(name: str) -> Path | None:
    if name == "htmx.js":
        found = distribution("django-js-lib-htmx").locate_file("js_lib_htmx/static/htmx/htmx.min.js")
        return Path(str(found))
    path = (STATIC / name).resolve()
    return path if path.is_file() and path.is_relative_to(STATIC) else None


def wants_fragment() -> bool:
    """True when htmx wants a part of the page; boosted and restored pages want the whole."""
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def _arrive() -> None:
    database.connect(reuse_if_open=True)
    i18n.choose(session.get("language") or _asked())


def _asked() -> str:
    """The language a browser asks for, as near as we come to it."""
    wanted = request.accept_languages
    return wanted.best_match(i18n.LANGUAGES) or i18n.nearest(wanted.best)


def _dress(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("HX-Request")
    return response


def _leave(error: BaseException | None) -> None:
    if not is_sqlite() and not database.is_closed():
        database.close()


def _refused(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    own = error.code in (409, 422) and error.description != type(error).description
    return _sorry(error.code, error.description or "" if own else "")


def _unavailable(error: Exception) -> Response:
    log.error("database unavailable at %s: %s", request.endpoint, type(error).__name__)
    return _sorry(503)


def _broken(error: Exception) -> Response:
    log.exception("unexpected at %s", request.endpoint)
    return _sorry(500)


def _sorry(code: int, reason: str = "") -> Response:
    """What went wrong as a page; for htmx as a toast, which leaves the page as it was."""
    response = make_response(render_template("error.html", code=code, reason=reason, fragment=wants_fragment()), code)
    if wants_fragment():
        response.headers.update({"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"})
    return response
