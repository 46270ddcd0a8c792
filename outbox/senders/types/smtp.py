"""An account at a mail server of any provider."""

import re
from typing import Any

from accounts.form import Form
from core.i18n import N_
from core.i18n import gettext as _
from outbox.channels.contract import Channel
from outbox.channels.smtp import Smtp
from outbox.models import Sender
from outbox.senders import reach, trial
from outbox.senders.contract import Asking, Outcome, Type
from outbox.senders.types.numbers import whole

TLS = {
    "starttls": N_("STARTTLS (port 587)"),
    "tls": N_("TLS from the start (port 465)"),
    "none": N_("none (only in your own network)"),
}
FIELDS = ("host", "port", "tls", "login", "from_name", "from_address", "reply_to")


def read(form: Form, sender: Sender) -> dict[str, Any]:
    host = form.line("host", 253)
    if host and not re.fullmatch(r"[A-Za-z0-9_.:-]+", host):
        form.refuse("host", _("This is not the name of a server, such as mail.example.org."))
    return {
        "host": host,
        "port": whole(form, "port", 1, 65535),
        "tls": form.one_of("tls", TLS),
        "login": form.line("login", 254, needed=False),
        "from_name": form.line("from_name", needed=False),
        "from_address": form.email("from_address"),
        "reply_to": form.email("reply_to", needed=False),
    }


def typed(sender: Sender) -> dict[str, str]:
    return {name: str(getattr(sender, name)) for name in FIELDS}


def open_(sender: Sender, host: str) -> Channel:
    return Smtp(reach.account(sender), host)


def test(sender: Sender, asking: Asking) -> Outcome:
    return trial.run(sender, (asking.name, asking.to), asking.host)


TYPE = Type(
    N_("Mail server (SMTP)"), N_("Any mailbox of your own provider."), "email", read, typed, open_, test,
    start={"port": "587", "tls": "starttls"}, choices={"tls": TLS}, secrets=("password",),
)
