"""The built-in mailbox: mails are kept in the database and read in the browser; nothing leaves the machine."""

from core import clock
from core.db import database, transaction
from outbox.channels.contract import Letter, Mark, Result
from outbox.models import Mail


class Mailbox:
    """The channel of a house without a mail server."""

    name = "mailbox"
    connections = 1

    def connect(self) -> "Mailbox":
        database.connect(reuse_if_open=True)
        return self

    def deliver(self, letter: Letter, mark: Mark) -> Result:
        """Keep the mail; the same message twice is kept once."""
        mark()
        with transaction():
            Mail.insert(
                message_id=letter.message_id, recipient=letter.address, subject=letter.subject, content=letter.raw,
                at=clock.now(),
            ).on_conflict_ignore().execute()
        return Result("sent", "250 kept")

    def close(self) -> None:
        database.close()
