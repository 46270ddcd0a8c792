"""A Gmail or Google Workspace account, with the consent of its owner and without a password."""

from typing import Any

from accounts.form import Form
from core.i18n import N_
from core.i18n import gettext as _
from outbox.channels.contract import Channel
from outbox.channels.smtp import Smtp
from outbox.models import Sender
from outbox.senders import reach, senders, trial
from outbox.senders.contract import Asking, Outcome, Type

SERVER = {"host": "smtp.gmail.com", "port": 587, "tls": "starttls"}
TAIL = ".apps.googleusercontent.com"


def read(form: Form, sender: Sender) -> dict[str, Any]:
    """Server and address do not come from the form: the one is Google's, the other is what Google confirms."""
    client_id = form.line("client_id", 200)
    if client_id and not client_id.endswith(TAIL):
        form.refuse("client_id", _("A client ID from Google ends with %(tail)s.", tail=TAIL))
    secret = form.line("client_secret", 200, needed=not senders.hidden_of(sender).get("client_secret"))
    if secret.startswith("{"):
        form.refuse("client_secret", _("This is the whole file from Google; please enter only the secret."))
    settings = {**(sender.settings or {}), "client_id": client_id}
    if client_id != (sender.settings or {}).get("client_id"):
        settings["agreed_at"] = ""  # a consent is given to one client
    return {
        **({} if sender.id else SERVER),
        "settings": settings,
        "from_name": form.line("from_name", needed=False),
        "from_address": sender.from_address or "",
        "reply_to": form.email("reply_to", needed=False),
    }


def typed(sender: Sender) -> dict[str, str]:
    return {"client_id": sender.settings.get("client_id", ""), "from_name": sender.from_name, "reply_to": sender.reply_to}


def open_(sender: Sender, host: str) -> Channel:
    return Smtp(reach.account(sender), host)


def test(sender: Sender, asking: Asking) -> Outcome:
    if senders.wants_consent(sender):
        return Outcome(False, _("Please connect the account with Google first."))
    return trial.run(sender, (asking.name, asking.to), asking.host)


TYPE = Type(
    N_("Gmail"), N_("A Google account, private or of Google Workspace; its owner agrees, no password is kept."), "email",
    read, typed, open_, test, secrets=("client_secret",),
)
