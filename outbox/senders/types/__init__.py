"""The types of senders by their key in `Sender.type`: a further one is a module, a template of fields and a line here."""

from outbox.senders.contract import Type
from outbox.senders.types import gmail, mailbox, plain, seven, smtp, twilio

TYPES: dict[str, Type] = {
    "smtp": smtp.TYPE,
    "gmail": gmail.TYPE,
    "seven": seven.TYPE,
    "twilio": twilio.TYPE,
    "http": plain.TYPE,
    "mailbox": mailbox.TYPE,
}
