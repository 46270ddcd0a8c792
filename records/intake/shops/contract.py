"""What a shop must be able to do, and what we have heard when it has spoken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.datastructures import Headers


@dataclass(frozen=True)
class Heard:
    """What a shop says is true of one record now.

    `status` is the shop's own word, or None when the message says nothing about it;
    `state` has the form of a PUT body of our HTTP API without its status.
    """

    collection: str
    number: str
    status: str | None
    state: dict[str, Any]


class Shop(Protocol):
    """One brand of web shop whose webhooks we understand."""

    key: str
    title: str
    #: The shop's status words and what they mean to us, until a source says otherwise.
    statuses: Mapping[str, str]
    #: Closer ones, for a kind of record that has them, as that of the web shop's pack does.
    closer: Mapping[str, str]

    def is_ping(self, headers: Headers, raw: bytes) -> bool:
        """Whether this only asks if anybody is there; such a message carries nothing to believe."""
        ...

    def verify(self, secret: str, headers: Headers, raw: bytes) -> bool:
        """Whether these exact bytes were signed with the secret; malformed signatures are False."""
        ...

    def delivery(self, headers: Headers) -> str | None:
        """What tells this delivery from every other one, the same again when it is repeated."""
        ...

    def translate(self, headers: Headers, payload: dict[str, Any]) -> Heard | None:
        """What was said, or None for what does not concern us.

        Raises `records.contacts.Refused`, which names the field, when it makes no sense.
        """
        ...
