"""The buttons “Send a test to me” of the template editor: they take its form as it stands and answer what became of it."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request
from flask_login import current_user

from accounts.access import admin_only
from accounts.form import Form
from core import journal
from core.db import transaction
from core.i18n import gettext as _
from core.keys import fingerprint
from core.web import wants_fragment
from emails import drafts, preview, views
from emails.compose import Composed
from emails.drafts import Draft
from emails.headers import Refused
from emails.models import Template
from outbox import oneself, states, valve
from outbox.channels import open_channel
from outbox.channels.contract import Result
from outbox.models import Suppression
from outbox.senders import gateways, senders, sms_trial
from outbox.senders.contract import Asking
from outbox.states import REASONS

bp = Blueprint("oneself", __name__, template_folder="templates", url_prefix="/outbox")


@bp.post("/oneself")
@admin_only
def send() -> Any:
    """Send the text of the open tab, with the chosen record, to whoever asks; 422 with the reason when it did not go out."""
    draft, language = drafts.read(request.form), drafts.language(request.form)
    shown = preview.shown(draft, language, request.form)
    if shown["mail"] is None:
        said, code = _("The test was not sent. %(why)s", why=shown["troubles"][0].sentence), 422
    elif valve.stopped():
        said, code = _("The test was not sent: all sending is stopped."), 422
    else:
        said, code = _sent(shown["mail"])
    return _answer(draft, said, code)


@bp.post("/oneself/sms")
@admin_only
def send_sms() -> Any:
    """Send the SMS of the open tab, with the chosen record, to the number that was typed; 422 when it did not go out."""
    draft, language, form = drafts.read(request.form), drafts.language(request.form), Form(request.form)
    shown, number = preview.shown(draft, language, request.form), form.phone("number")
    bubble = shown["bubbles"].get(language)
    if not bubble or not bubble.text:
        why = shown["troubles"][0].sentence if shown["troubles"] else _("There is no SMS in this language.")
        said, code = _("The test was not sent. %(why)s", why=why), 422
    elif valve.stopped():
        said, code = _("The test was not sent: all sending is stopped."), 422
    elif not number:
        why = form.errors.get("number") or _("Please type in your mobile number.")
        said, code = _("The test was not sent. %(why)s", why=why), 422
    else:
        said, code = _texted(number, bubble.text)
    return _answer(draft, said, code)


def _texted(number: str, text: str) -> tuple[str, int]:
    """Through the first gateway that may write to that number."""
    usable = senders.usable(current_user.id, "sms")
    sender = next((one for one in usable if gateways.reaches(one, number)), None)
    if not usable:
        return _("The test was not sent: there is no SMS gateway that you may use."), 422
    blocked = Suppression.select().where(Suppression.fingerprint == fingerprint(number)).exists()
    if sender is None or blocked:
        return _("The test was not sent. %(why)s", why=states.said("suppressed" if blocked else "country", "sms")), 422
    host = current_app.config["STATUSBOTE"].domain
    outcome = sms_trial.send(sender, Asking(current_user.name, number, host), text)
    with transaction():
        journal.record("message.tried", None, current_user.actor, reason="sent" if outcome.good else "failed")
    if not outcome.good:
        return _("The test was not sent. %(why)s", why=outcome.words), 422
    return " ".join((outcome.words, _("Its link leads nowhere."))), 200


def _sent(composed: Composed) -> tuple[str, int]:
    config = current_app.config["STATUSBOTE"]
    try:
        to = (current_user.name, current_user.email)
        result = oneself.send(open_channel(config.smtp_url, config.domain), config.domain, composed, to)
    except Refused:
        result = Result("unknown_address")
    with transaction():
        journal.record("message.tried", None, current_user.actor, reason=result.verdict)
    if result.verdict == "silent":
        return _(REASONS[result.verdict]), 422
    if result.verdict != "sent":
        why = _(REASONS.get(result.verdict, result.verdict))
        return _("The test was not sent. %(why)s", why=f"{why} ({result.code})" if result.code else why), 422
    if not config.smtp_url:
        return _("The test is in the built-in mailbox. Its link leads nowhere."), 200
    return _("The test is on its way to %(address)s. Its link leads nowhere.", address=current_user.email), 200


def _answer(draft: Draft, said: str, code: int) -> Any:
    """A toast for htmx; else the editor with what was typed."""
    if wants_fragment():
        return render_template("outbox/_tried.html", said=said, tone="" if code == 200 else "stop"), code
    flash(said, "message" if code == 200 else "error")
    number = request.form.get("template", "")
    template = Template.get_or_none(Template.id == int(number)) if number.isdecimal() and len(number) < 10 else None
    return views.editor(draft, template), code
