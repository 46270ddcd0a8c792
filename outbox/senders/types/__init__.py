"""The types of senders by their key in `Sender.type`: a further one is a module, a template of fields and a line here."""

from outbox.senders.contract import Type
from outbox.senders.types import gmail, smtp

TYPES: dict[str, Type] = {
    "smtp": smtp.TYPE,
    "gmail": gmail.TYPE,
}
