"""Trying a sender: a real conversation with its server and a short mail, and in plain words what came of it."""

import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from core import clock, keys, secrets
from core.i18n import gettext as _
from outbox.channels import dkim
from outbox.channels.address import Forbidden
from outbox.channels.contract import Letter, Result
from outbox.channels.oauth import Denied
from outbox.channels.smtp import Smtp
from outbox.models import Sender
from outbox.senders import consent, reach, senders
from outbox.senders.contract import Outcome

PATIENCE = 10.0  # seconds; somebody is waiting


def run(sender: Sender, to: senders.Mailbox, host: str) -> Outcome:
    """Send a test mail to a person; nothing is raised."""
    letter, account = _letter(sender, to, host), reach.account(sender, PATIENCE)
    if account.sign is dkim.refuse:
        return Outcome(False, _("The key of its signature (DKIM) was kept with another key. Please enter it again."))
    connection = Smtp(account, host).connect()
    try:
        if sender.password:
            secrets.open_(sender.password)
        connection.open()
        return _told(connection.deliver(letter, lambda: None), sender, to[1])
    except Denied as denied:
        return Outcome(False, consent.heard(sender, denied))
    except (OSError, smtplib.SMTPException, secrets.Unopenable) as fault:
        return Outcome(False, _fault(fault, sender))
    finally:
        connection.close()


def _letter(sender: Sender, to: senders.Mailbox, host: str) -> Letter:
    (name, address), reply_to = senders.signature(sender, host)
    message, id = EmailMessage(policy=SMTP), f"<{keys.random62(22)}@{host}>"
    message["From"], message["To"] = Address(name, addr_spec=address), Address(to[0], addr_spec=to[1])
    if reply_to:
        message["Reply-To"] = reply_to[1]
    message["Subject"] = subject = _("Test message from %(name)s", name=sender.label)
    message["Date"], message["Message-ID"] = format_datetime(clock.now()), id
    message["Auto-Submitted"] = "auto-generated"
    text = _("The sender “%(name)s” works: this mail has gone out through it.", name=sender.label)
    message.set_content(f"{text}\n", cte="quoted-printable")
    return Letter(id, address, to[1], subject, message.as_bytes())


def _told(result: Result, sender: Sender, to: str) -> Outcome:
    """The answers of the server once it had let us in."""
    said = {"address": sender.from_address, "to": to, "code": result.code}
    if result.verdict == "sent":
        return Outcome(True, _("The server has taken a test mail to %(to)s. Please look whether it arrives.") % said)
    if result.verdict == "sender":
        return Outcome(False, _("The server does not let this account send as %(address)s (%(code)s).") % said)
    if result.verdict in ("cut", "silent"):
        return Outcome(False, _("The server let us in and then broke off the conversation."))
    return Outcome(False, _("The server let us in, but did not take the test mail to %(to)s (%(code)s).") % said)


def _fault(fault: Exception, sender: Sender) -> str:
    """What goes wrong before a mail can be handed in, in words that say what to change."""
    said = {"host": sender.host, "port": sender.port, "why": "", "code": ""}
    match fault:
        case secrets.Unopenable():
            words = _("The password was kept with another key. Please enter it again.")
        case Forbidden():
            words = _("%(host)s leads to an address that is never a mail server.")
        case socket.gaierror():
            words = _("There is no server named %(host)s. Please check the name.")
        case ConnectionRefusedError():
            words = _("%(host)s does not listen on port %(port)s. Please check port and encryption.")
        case TimeoutError():
            words = _("%(host)s does not answer on port %(port)s. Please check port and encryption.")
        case ssl.SSLCertVerificationError():
            said["why"] = fault.verify_message
            words = _("The certificate of %(host)s is not trusted: %(why)s.")
        case ssl.SSLError():
            words = _("%(host)s does not speak TLS on port %(port)s as expected. Please try the other encryption.")
        case smtplib.SMTPNotSupportedError():
            words = _unsupported(fault)
        case smtplib.SMTPAuthenticationError():
            said["code"] = str(fault.smtp_code)
            words = _("User name or password is wrong, says %(host)s (%(code)s).")
        case smtplib.SMTPResponseException():
            said["code"] = str(fault.smtp_code)
            words = _("%(host)s turns us away (%(code)s).")
        case _:
            words = _("%(host)s broke off the conversation. Please check port and encryption.")
    return words % said


def _unsupported(fault: smtplib.SMTPNotSupportedError) -> str:
    if "STARTTLS" in str(fault):
        return _("%(host)s does not offer STARTTLS on port %(port)s. Please try the other encryption.")
    return _("%(host)s offers no sign-in on port %(port)s. Please check port and encryption.")
