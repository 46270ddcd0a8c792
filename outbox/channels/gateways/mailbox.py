"""The built-in mailbox for SMS: they are kept in the database and read in the browser; nothing leaves the machine."""

from core import clock
from core.db import database, transaction
from outbox.channels.contract import Letter, Mark, Result
from outbox.models import Mail


class SmsMailbox:
    """The gateway of whoever only tries things out."""

    connections = 1

    def __init__(self, name: str):
        self.name = name

    def connect(self) -> "SmsMailbox":
        database.connect(reuse_if_open=True)
        return self

    def deliver(self, letter: Letter, mark: Mark) -> Result:
        """Keep the SMS; the same one twice is kept once."""
        mark()
        with transaction():
            Mail.insert(
                channel="sms", message_id=letter.message_id, recipient=letter.address, subject=letter.subject,
                content=letter.raw, at=clock.now(),
            ).on_conflict_ignore().execute()
        return Result("sent", "kept")

    def close(self) -> None:
        database.close()
