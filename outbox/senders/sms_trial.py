"""Trying an SMS gateway, or a text: a real SMS to whoever asks, and in plain words what came of it."""

from core import keys, secrets
from core.i18n import gettext as _
from emails import sms
from outbox.channels.contract import Letter, Result
from outbox.models import Sender
from outbox.senders import gateways
from outbox.senders.contract import Asking, Outcome
from outbox.states import said

PATIENCE = 10.0  # seconds; somebody is waiting


def run(sender: Sender, asking: Asking) -> Outcome:
    """Send a test; nothing is raised."""
    return send(sender, asking, sms.plain(_("Test: the SMS gateway “%(name)s” works.", name=sender.label)))


def send(sender: Sender, asking: Asking, text: str) -> Outcome:
    """Send a text; nothing is raised. The connection of a gateway ends with its answer, so there is none to close."""
    if not gateways.reaches(sender, asking.to):
        return Outcome(False, _("This gateway may not write to the country of that number; see below."))
    if sender.secrets:
        try:
            secrets.open_(sender.secrets)
        except secrets.Unopenable:
            return Outcome(False, _("What you entered as a secret was kept with another key. Please enter it again."))
    letter = Letter(keys.random62(22), sender.from_address, asking.to, text, text.encode())
    return _told(gateways.open_(sender, PATIENCE).connect().deliver(letter, lambda: None), sender, asking)


def _told(result: Result, sender: Sender, asking: Asking) -> Outcome:
    code = f" ({result.code})" if result.code else ""
    if result.verdict == "sent" and sender.type == gateways.MAILBOX:
        return Outcome(True, _("The SMS is in the built-in mailbox."))
    if result.verdict == "sent":
        return Outcome(True, _("The gateway has taken an SMS to %(to)s. Please look whether it arrives.", to=asking.to))
    words = {
        "cut": _("The gateway does not answer at its address. Please check it, or try again in a moment."),
        "silent": _("The gateway was asked and gave no clear answer. Please look whether the SMS arrives."),
        "sender": _("The gateway refuses the account. Please check the access data and the sender’s name."),
        "opted_out": _("The owner of this number wants no SMS from you, says the gateway."),
    }
    if result.code == "TLS":
        return Outcome(False, _("The certificate of the gateway is not trusted."))
    if result.code == "address":
        return Outcome(False, _("The name of the gateway leads to an address that is never called."))
    return Outcome(False, (words.get(result.verdict) or said(result.verdict, "sms")) + code)
