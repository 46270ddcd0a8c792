"""Settings: the senders beside the house's own address, how each fares, its form and its test."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from accounts.form import Form
from accounts.models import User
from core import clock
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from outbox import pulse
from outbox.models import Sender, SenderState
from outbox.senders import quota, senders, trial

bp = Blueprint("senders", __name__, template_folder="templates", url_prefix="/senders")
Answer = str | Response | tuple[str, int]

TLS = {
    "starttls": N_("STARTTLS (port 587)"),
    "tls": N_("TLS from the start (port 465)"),
    "none": N_("none (only in your own network)"),
}
FIELDS = ("label", "host", "port", "tls", "login", "from_name", "from_address", "reply_to", "quota")
MOST = 100_000  # mails an hour


@dataclass(frozen=True)
class Line:
    """A sender in the list: who may use it, how it stands in words with a tone, what it has sent within the hour."""

    sender: Sender
    who: str
    how: str
    tone: str
    sent: int


@bp.get("")
@admin_only
def index() -> str:
    people = {user.id: user.name for user in User.select()}
    states = {row.sender: row for row in SenderState.select()}
    own = next((pulse.fares(row, clock.now()) for row in states.values() if not pulse.number(row)), None)
    found = Sender.select().order_by(Sender.active.desc(), Sender.label)
    lines = [_line(row, people, states.get(senders.channel_name(row))) for row in found]
    address = senders.signature(None, _host())[0][1]
    mailbox = not current_app.config["STATUSBOTE"].smtp_url
    return render_template("outbox/senders/index.html", lines=lines, own=own, address=address, mailbox=mailbox)


@bp.get("/new")
@admin_only
def new() -> str:
    return _page(None, Form({"port": "587", "tls": "starttls", "quota": "0"}), [])


@bp.post("/new")
@admin_only
def create() -> Answer:
    return _save(Sender(), None)


@bp.get("/<int:id>")
@admin_only
def edit(id: int) -> str:
    return _stored(_sender(id))


@bp.post("/<int:id>")
@admin_only
def save(id: int) -> Answer:
    sender = _sender(id)
    return _save(sender, sender)


@bp.post("/<int:id>/switch")
@admin_only
def switch(id: int) -> Response:
    sender, on = _sender(id), request.form.get("on") == "1"
    freed = senders.switch(sender, on, current_user.actor)
    if freed:
        flash(ngettext(
            "%(name)s is switched on, and %(n)s held message goes out.",
            "%(name)s is switched on, and %(n)s held messages go out.", freed, name=sender.label,
        ))
    elif on:
        flash(_("%(name)s is switched on.", name=sender.label))
    else:
        flash(_("%(name)s is switched off. Its messages are held when they are due.", name=sender.label))
    return redirect(url_for("senders.edit", id=id), 303)


@bp.post("/<int:id>/delete")
@admin_only
def delete(id: int) -> Response:
    sender = _sender(id)
    try:
        senders.delete(sender, current_user.actor)
    except senders.InUse as use:
        flash(_("%(name)s is still used by: %(rules)s.", name=sender.label, rules=", ".join(use.names)), "error")
        return redirect(url_for("senders.edit", id=id), 303)
    flash(_("%(name)s is deleted.", name=sender.label))
    return redirect(url_for("senders.index"), 303)


@bp.post("/<int:id>/test")
@admin_only
def test(id: int) -> str:
    """A real conversation with the server; when it works, what waited for that goes out."""
    sender = _sender(id)
    outcome = trial.run(sender, (current_user.name, current_user.email), _host())
    if outcome.good:
        senders.works(sender, current_user.actor)
    return _stored(_sender(id), outcome)


def _save(sender: Sender, stored: Sender | None) -> Answer:
    form, chosen = Form(request.form), [int(id) for id in request.form.getlist("users") if id.isdecimal()]
    given = _read(form)
    if form.errors:
        return _page(stored, form, chosen), 422
    given["users"] = sorted({user.id for user in User.select(User.id).where(User.id.in_(chosen))})
    senders.save(sender, given, current_user.actor, request.form.get("password", "")[:500])
    flash(_("%(name)s is saved. The test shows whether it works.", name=sender.label))
    return redirect(url_for("senders.edit", id=sender.id), 303)


def _read(form: Form) -> dict[str, Any]:
    host = form.line("host", 253)
    if host and not re.fullmatch(r"[A-Za-z0-9_.:-]+", host):
        form.refuse("host", _("This is not the name of a server, such as mail.example.org."))
    return {
        "label": form.line("label", 80),
        "host": host,
        "port": _number(form, "port", 1, 65535),
        "tls": form.one_of("tls", TLS),
        "login": form.line("login", 254, needed=False),
        "from_name": form.line("from_name", needed=False),
        "from_address": form.email("from_address"),
        "reply_to": form.email("reply_to", needed=False),
        "quota": _number(form, "quota", 0, MOST),
    }


def _number(form: Form, name: str, least: int, most: int) -> int:
    text = form.line(name, 8)
    if text.isascii() and text.isdecimal() and least <= int(text) <= most:
        return int(text)
    form.refuse(name, _("Please give a number from %(least)s to %(most)s.", least=least, most=most))
    return least


def _line(sender: Sender, people: dict[int, str], state: SenderState | None) -> Line:
    who = ", ".join(people[id] for id in sender.users if id in people) or _("everybody")
    sent = quota.sent(sender)
    if not sender.active:
        return Line(sender, who, _("switched off"), "", sent)
    if state:
        sign = pulse.fares(state, clock.now())
        return Line(sender, who, sign[0], sign[1], sent)
    if sender.quota and sent >= sender.quota:
        return Line(sender, who, _("has sent all it may within the hour"), "wait", sent)
    return Line(sender, who, _("ready"), "good", sent)


def _stored(sender: Sender, outcome: trial.Outcome | None = None) -> str:
    return _page(sender, Form({name: str(getattr(sender, name)) for name in FIELDS}), sender.users, outcome)


def _page(sender: Sender | None, form: Form, chosen: list[int], outcome: trial.Outcome | None = None) -> str:
    people = [(user.id, user.name) for user in User.select().where(User.active).order_by(User.name)]
    return render_template(
        "outbox/senders/sender.html", sender=sender, form=form, chosen=chosen, people=people, outcome=outcome,
        encryptions=[(key, _(words)) for key, words in TLS.items()], used=senders.users_of(sender) if sender else [],
        line=_line(sender, dict(people), SenderState.get_or_none(SenderState.sender == senders.channel_name(sender)))
        if sender else None,
    )


def _host() -> str:
    return urlsplit(current_app.config["STATUSBOTE"].base_url).hostname or "localhost"


def _sender(id: int) -> Sender:
    return Sender.get_or_none(Sender.id == id) or abort(404)
