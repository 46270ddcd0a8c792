"""Settings: the senders beside the house's own address, how each fares, its form and its test."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from accounts.form import Form
from accounts.models import User
from core import clock
from core.i18n import gettext as _
from core.i18n import ngettext
from outbox import pulse
from outbox.models import Sender, SenderState
from outbox.senders import gateways, senders
from outbox.senders.contract import Asking, Outcome
from outbox.senders.lines import line
from outbox.senders.types import TYPES
from outbox.senders.types.numbers import whole

bp = Blueprint("senders", __name__, template_folder="templates", url_prefix="/senders")
Answer = str | Response | tuple[str, int]

MOST = 100_000  # messages an hour


@bp.get("")
@admin_only
def index() -> str:
    people = {user.id: user.name for user in User.select()}
    states = {row.sender: row for row in SenderState.select()}
    own = next((pulse.fares(row, clock.now()) for row in states.values() if not pulse.number(row)), None)
    found = Sender.select().order_by(Sender.active.desc(), Sender.label)
    lines = [line(row, people, states.get(senders.channel_name(row))) for row in found]
    address = senders.signature(None, _host())[0][1]
    mailbox = not current_app.config["STATUSBOTE"].smtp_url
    return render_template("outbox/senders/index.html", lines=lines, own=own, address=address, mailbox=mailbox)


@bp.get("/new")
@admin_only
def new() -> str:
    """The form of a new sender; which type it shall be is asked first."""
    key = request.args.get("type", "")
    if key not in TYPES:
        return render_template("outbox/senders/types.html", types=TYPES)
    return _page(Sender(type=key), Form({"quota": "0", **TYPES[key].start}), [])


@bp.post("/new")
@admin_only
def create() -> Answer:
    key = request.form.get("type", "smtp")
    return _save(Sender(type=key if key in TYPES else abort(404)))


@bp.get("/<int:id>")
@admin_only
def edit(id: int) -> str:
    return _stored(_sender(id))


@bp.post("/<int:id>")
@admin_only
def save(id: int) -> Answer:
    return _save(_sender(id))


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
def test(id: int) -> Answer:
    """A real conversation with the other side; when it works, what waited for that goes out."""
    sender, form = _sender(id), Form(request.form)
    sms = TYPES[sender.type].channel == "sms"
    to = form.phone("to", needed=True) if sms else current_user.email
    if form.errors:
        return _stored(sender, Outcome(False, form.errors["to"]), to=request.form.get("to", "")), 422
    outcome = TYPES[sender.type].test(sender, Asking(current_user.name, to, _host()))
    if outcome.good:
        senders.works(sender, current_user.actor)
    return _stored(_sender(id), outcome, to=to)


def _save(sender: Sender) -> Answer:
    form, kind = Form(request.form), TYPES[sender.type]
    chosen = [int(id) for id in request.form.getlist("users") if id.isdecimal()]
    given = {"label": form.line("label", 80), "quota": whole(form, "quota", 0, MOST), **kind.read(form, sender)}
    if form.errors:
        return _page(sender, form, chosen), 422
    given["users"] = sorted({user.id for user in User.select(User.id).where(User.id.in_(chosen))})
    hidden = {name: request.form.get(name, "").strip()[:5000] for name in kind.secrets if name != "password"}
    senders.save(sender, given, current_user.actor, request.form.get("password", "")[:500], hidden)
    if senders.wants_consent(sender):
        flash(_("%(name)s is saved. Now connect it with Google.", name=sender.label))
    else:
        flash(_("%(name)s is saved. The test shows whether it works.", name=sender.label))
    return redirect(url_for("senders.edit", id=sender.id), 303)


def _stored(sender: Sender, outcome: Outcome | None = None, to: str = "") -> str:
    shown = {"label": sender.label, "quota": str(sender.quota), **TYPES[sender.type].typed(sender)}
    return _page(sender, Form(shown), sender.users, outcome, to)


def _page(sender: Sender, form: Form, chosen: list[int], outcome: Outcome | None = None, to: str = "") -> str:
    people = [(user.id, user.name) for user in User.select().where(User.active).order_by(User.name)]
    kind = TYPES[sender.type]
    choices = {name: [(key, _(words)) for key, words in options.items()] for name, options in kind.choices.items()}
    return render_template(
        "outbox/senders/sender.html", sender=sender, kind=kind, form=form, chosen=chosen, people=people, outcome=outcome,
        to=to, choices=choices, hidden=senders.hidden_of(sender), used=senders.users_of(sender) if sender.id else [],
        report=gateways.report_url(sender) if sender.id else "", seen=gateways.is_seen(),
        line=line(sender, dict(people), SenderState.get_or_none(SenderState.sender == senders.channel_name(sender)))
        if sender.id else None,
    )


def _host() -> str:
    return urlsplit(current_app.config["STATUSBOTE"].base_url).hostname or "localhost"


def _sender(id: int) -> Sender:
    return Sender.get_or_none(Sender.id == id) or abort(404)
