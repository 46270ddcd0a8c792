"""Settings: the mailbox that mails come back to, its test, and the address for a mail service."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from accounts.form import Form
from core import settings
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from outbox.afterwards import account, imap
from records.zones import zone_of

bp = Blueprint("bounces", __name__, template_folder="templates", url_prefix="/outbox/bounces")

TLS = {
    "tls": N_("TLS from the start (port 993)"),
    "starttls": N_("STARTTLS (port 143)"),
    "none": N_("none (only in your own network)"),
}
EMPTY = {"on": True, "host": "", "port": "993", "tls": "tls", "user": "", "folder": "INBOX"}


@dataclass(frozen=True)
class Outcome:
    """Whether the mailbox could be opened, and what to say."""

    good: bool
    words: str


@bp.get("")
@admin_only
def index() -> str:
    return _page(_stored())


@bp.post("")
@admin_only
def save() -> Response | tuple[str, int]:
    form, password = Form(request.form), request.form.get("password", "")[:500]
    given = _read(form)
    if not (password or account.mailbox().get("password")):
        form.refuse("password", _("Please fill this in."))
    if form.errors:
        return _page(form), 422
    account.save(given, password, current_user.actor)
    flash(_("The mailbox is saved. The test shows whether it can be read."))
    return redirect(url_for("bounces.index"), 303)


@bp.post("/test")
@admin_only
def test() -> str:
    """A real conversation with the server."""
    if not account.mailbox():
        return _page(_stored(), Outcome(False, _("Please save a mailbox first.")))
    mails, fault = imap.trial()
    if fault:
        return _page(_stored(), Outcome(False, _told(fault)))
    return _page(_stored(), Outcome(True, ngettext(
        "The mailbox can be read; %(n)s mail is in it.", "The mailbox can be read; %(n)s mails are in it.", mails,
    )))


@bp.post("/address")
@admin_only
def make_address() -> str | Response:
    """A new address for the mail service, shown this once; or, with `end`, none any more."""
    if request.form.get("end") == "1":
        account.forget_token(current_user.actor)
        flash(_("The address is good no more."))
        return redirect(url_for("bounces.index"), 303)
    made = f"{current_app.config['STATUSBOTE'].base_url}/hooks/bounces/{account.make_token(current_user.actor)}"
    return _page(_stored(), made=made)


def _read(form: Form) -> dict[str, Any]:
    host, folder, port = form.line("host", 253), form.line("folder", 200), form.line("port", 5)
    if host and not re.fullmatch(r"[A-Za-z0-9_.:-]+", host):
        form.refuse("host", _("This is not the name of a server, such as mail.example.org."))
    if not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        form.refuse("port", _("Please give a number from %(least)s to %(most)s.", least=1, most=65535))
    if not folder.isascii():
        form.refuse("folder", _("Please choose a folder whose name has no special letters."))
    return {
        "on": form.values.get("on") == "1", "host": host, "port": int(port) if "port" not in form.errors else 0,
        "tls": form.one_of("tls", TLS), "user": form.line("user", 254), "folder": folder,
    }


def _stored() -> Form:
    given = {**EMPTY, **account.mailbox()}
    return Form({name: ("1" if given["on"] else "") if name == "on" else str(given[name]) for name in EMPTY})


def _told(fault: str) -> str:
    return _(imap.FAULTS[fault]) % {name: account.mailbox().get(name, "") for name in ("host", "port", "folder")}


def _page(form: Form, outcome: Outcome | None = None, made: str = "") -> str:
    progress = account.progress()
    return render_template(
        "outbox/afterwards/bounces.html", form=form, outcome=outcome, made=made, zone=zone_of(None),
        known=bool(account.mailbox()), on=account.mailbox().get("on"), token=_moment(account.token_made()),
        encryptions=[(key, _(words)) for key, words in TLS.items()], found=progress.get("found", 0),
        fault=_told(progress["fault"]) if progress.get("fault") else "", at=_moment(progress.get("at", "")),
        back=settings.get("company").get("mail_from", ""),
    )


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
