"""An account at seven.io, which needs a key and nothing more."""

from typing import Any

from accounts.form import Form
from core.i18n import N_
from core.i18n import gettext as _
from outbox.models import Sender
from outbox.senders import senders, sms_trial
from outbox.senders.contract import Type
from outbox.senders.types import sms


def read(form: Form, sender: Sender) -> dict[str, Any]:
    if not form.line("key", 200, needed=False) and not senders.hidden_of(sender).get("key"):
        form.refuse("key", _("Please enter the key; without it seven.io takes no SMS."))
    kept = {name: value for name, value in (sender.settings or {}).items() if name == "url"}
    return sms.columns(form, kept)


TYPE = Type(
    N_("seven.io"), N_("SMS gateway in Germany, with delivery reports."), "sms", read, sms.typed, sms.open_, sms_trial.run,
    start=sms.START, choices=sms.CURRENCIES, secrets=("key",),
)
