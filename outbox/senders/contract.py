"""What a type of sender is: what its form asks for, how its messages get out, and how a person tries it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.form import Form
from outbox.channels.contract import Channel
from outbox.models import Sender


@dataclass(frozen=True)
class Outcome:
    """Whether a test was taken, and what to say."""

    good: bool
    words: str


@dataclass(frozen=True)
class Asking:
    """Somebody who tries a sender: their name, and the address or number the test goes to; `host` is the house's name."""

    name: str
    to: str
    host: str


@dataclass(frozen=True)
class Type:
    """One sort of account; its fields stand in `outbox/senders/_<key>.html`.

    `channel`: email or sms. `read` gives the columns a form means and refuses what makes no sense, `typed` is its reverse;
    `secrets` are fields that are only ever written. `start`: what the form of a new one begins with; `choices`: the words
    of its fields that offer some. `open` gives the way out, `test` sends a short message and raises nothing.
    """

    label: str
    about: str
    channel: str
    read: Callable[[Form, Sender], dict[str, Any]]
    typed: Callable[[Sender], dict[str, str]]
    open: Callable[[Sender, str], Channel]
    test: Callable[[Sender, Asking], Outcome]
    start: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
