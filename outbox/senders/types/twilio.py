"""An account at Twilio: its SID, its token, and a number or messaging service to send from."""

import re
from typing import Any

from accounts.form import Form
from core.i18n import N_
from core.i18n import gettext as _
from outbox.models import Sender
from outbox.senders import senders, sms_trial
from outbox.senders.contract import Type
from outbox.senders.types import sms


def read(form: Form, sender: Sender) -> dict[str, Any]:
    sid = form.line("sid", 34)
    if sid and not re.fullmatch(r"AC[0-9a-fA-F]{32}", sid):
        form.refuse("sid", _("An account SID is AC and 32 digits and letters; Twilio’s console shows it."))
    if not form.line("token", 200, needed=False) and not senders.hidden_of(sender).get("token"):
        form.refuse("token", _("Please enter the auth token; Twilio’s console shows it."))
    kept = {name: value for name, value in (sender.settings or {}).items() if name == "url"}
    return sms.columns(form, {**kept, "sid": sid})


def typed(sender: Sender) -> dict[str, str]:
    return {**sms.typed(sender), "sid": sender.settings.get("sid", "")}


TYPE = Type(
    N_("Twilio"), N_("SMS gateway in many countries, with signed delivery reports."), "sms", read, typed, sms.open_,
    sms_trial.run, start={**sms.START, "currency": "USD"}, choices=sms.CURRENCIES, secrets=("token",),
)
