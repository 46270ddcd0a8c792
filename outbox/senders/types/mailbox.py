"""The built-in mailbox for SMS, to try things out: nothing leaves the machine."""

from typing import Any

from accounts.form import Form
from core.i18n import N_
from outbox.models import Sender
from outbox.senders import sms_trial
from outbox.senders.contract import Type
from outbox.senders.types import sms


def read(form: Form, sender: Sender) -> dict[str, Any]:
    return sms.columns(form, {})


TYPE = Type(
    N_("Built-in mailbox"), N_("To try things out: SMS are kept here to read, and nothing leaves this machine."), "sms",
    read, sms.typed, sms.open_, sms_trial.run, start=sms.START, choices=sms.CURRENCIES,
)
