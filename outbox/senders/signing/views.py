"""Settings: how a sender's mails are signed (DKIM)."""

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from accounts.access import admin_only
from accounts.form import Form
from core.i18n import N_
from core.i18n import gettext as _
from outbox.channels import dkim
from outbox.models import Sender
from outbox.senders.contract import Outcome
from outbox.senders.signing import key, published

bp = Blueprint("signing", __name__, template_folder="templates", url_prefix="/senders")
Answer = str | Response | tuple[str, int]

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
LONGEST = 8000  # characters of a key
WRONG = {
    "": N_("This is not a private key. It begins with “-----BEGIN PRIVATE KEY-----”."),
    "locked": N_("This key is protected by a passphrase. Please give one without."),
    "other": N_("Please give an RSA or an Ed25519 key; receivers check no others."),
    "short": N_("This RSA key is too short; receivers demand 1024 bits at least."),
    "long": N_("This RSA key is too long; receivers check no more than 4096 bits."),
}


@bp.get("/<int:id>/signature")
@admin_only
def edit(id: int) -> str:
    return _stored(_sender(id))


@bp.post("/<int:id>/signature")
@admin_only
def save(id: int) -> Answer:
    sender, form = _sender(id), Form(request.form)
    known = key.signing(sender)
    domain, selector = _domain(form, sender), _selector(form)
    pem = _key(form, needed=not (known and known.record))
    if form.errors:
        return _page(sender, form), 422
    on = request.form.get("on") == "1"
    key.save(sender, domain, selector, on, pem, current_user.actor)
    flash(_("Saved. Mails are signed for %(domain)s.", domain=domain) if on else _("Saved. Mails are not signed."))
    return redirect(url_for("signing.edit", id=id), 303)


@bp.post("/<int:id>/signature/key")
@admin_only
def make(id: int) -> Response:
    key.make(_sender(id), current_user.actor)
    flash(_("The key is made. Publish the record shown here; mails are signed once it is found."))
    return redirect(url_for("signing.edit", id=id), 303)


@bp.post("/<int:id>/signature/check")
@admin_only
def check(id: int) -> Answer:
    """Look whether receivers find the record; if so, signing begins."""
    sender = _sender(id)
    signing = key.signing(sender)
    if signing is None or not signing.record:
        return redirect(url_for("signing.edit", id=id), 303)
    outcome = published.look_up(signing)
    if outcome.good and not signing.on:
        key.switch_on(sender, current_user.actor)
        words = _("The record is published. From now on mails are signed for %(domain)s.", domain=signing.domain)
        outcome = Outcome(True, words)
    return _stored(_sender(id), outcome)


@bp.post("/<int:id>/signature/delete")
@admin_only
def delete(id: int) -> Response:
    key.delete(_sender(id), current_user.actor)
    flash(_("The key is deleted. Mails are not signed."))
    return redirect(url_for("senders.edit", id=id), 303)


def _domain(form: Form, sender: Sender) -> str:
    """The domain to sign for: the one of the sender's address, or one above it."""
    domain, own = form.line("domain", 253).lower(), key.domain(sender)
    if domain and not (("." + own).endswith("." + domain) and re.fullmatch(rf"{LABEL}(\.{LABEL})+", domain)):
        form.refuse("domain", _("Please give the domain of the sender’s address, %(domain)s.", domain=own))
    return domain


def _selector(form: Form) -> str:
    selector = form.line("selector", 63).lower()
    if selector and not re.fullmatch(rf"{LABEL}(\.{LABEL})*", selector):
        form.refuse("selector", _("Please use letters, digits and hyphens, such as “mail2026”."))
    return selector


def _key(form: Form, needed: bool) -> str:
    """The key given, "" when the one that is kept shall stay."""
    text = request.form.get("key", "").strip()
    form.values.pop("key", None)  # never shown again, not even for correction
    if not text and not needed:
        return ""
    try:
        dkim.read_key(text[:LONGEST])
    except dkim.Unusable as unusable:
        form.refuse("key", _(WRONG[unusable.sort]))
    return text


def _stored(sender: Sender, outcome: Outcome | None = None) -> str:
    known = key.signing(sender)
    usual = {"domain": key.domain(sender), "selector": "", "on": "1"}
    shown = {"domain": known.domain, "selector": known.selector, "on": "1" if known.on else ""} if known else usual
    return _page(sender, Form(shown), outcome)


def _page(sender: Sender, form: Form, outcome: Outcome | None = None) -> str:
    return render_template(
        "outbox/senders/signing/signature.html", sender=sender, form=form, outcome=outcome, signing=key.signing(sender)
    )


def _sender(id: int) -> Sender:
    return Sender.get_or_none(Sender.id == id, Sender.type == "smtp") or abort(404)
