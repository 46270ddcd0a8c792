"""What a channel is: it takes a finished letter, asks for the mark at the last moment, and says what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Mark = Callable[[], None]  # commits “the data phase begins”; raises outbox.states.Gone when we may not send


@dataclass(frozen=True)
class Letter:
    """A composed message: `raw` is the whole mail (CRLF, not dot-stuffed), sender and address the envelope.

    Of an SMS `raw` is the text, `address` the number, and `subject` the text as it may be kept.
    """

    message_id: str
    sender: str
    address: str
    subject: str
    raw: bytes


@dataclass(frozen=True)
class Result:
    """What became of a letter: a verdict of `outbox.policy` and the server's answer, without addresses.

    `remote_id`: what a gateway calls it from now on.
    """

    verdict: str
    code: str = ""
    remote_id: str = ""


class Connection(Protocol):
    """One way out, used by one thread."""

    def deliver(self, letter: Letter, mark: Mark) -> Result: ...

    def close(self) -> None: ...


class Channel(Protocol):
    """`name` identifies the sender for rests and breakers; `connections` may be open at once."""

    name: str
    connections: int

    def connect(self) -> Connection: ...
