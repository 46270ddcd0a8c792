"""What an SMS gateway is: how it is asked, what its answer means, and what its report about a delivery means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from outbox.channels.contract import Result
from outbox.channels.web import Reply


@dataclass(frozen=True)
class Sms:
    """One SMS: to whom (E.164), what, and the name or number it comes from; `report` is where its report may be sent."""

    id: str
    to: str
    text: str
    sender: str
    report: str = ""


@dataclass(frozen=True)
class Request:
    """What is sent to the gateway; `content` as `outbox.channels.web.ask` takes it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A gateway's call of ours: its form or JSON as plain fields, its signature, the address it called and the id in it."""

    fields: Mapping[str, str]
    url: str = ""
    id: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Told:
    """What a report says: of which SMS, by our id or by theirs, and how it stands.

    `verdict`: delivered, or as in `outbox.afterwards.report.Report`; "" while nothing is final.
    """

    id: str
    remote_id: str
    verdict: str
    code: str


class Gateway(Protocol):
    """One provider, with the account of one sender."""

    def request(self, sms: Sms) -> Request: ...

    def result(self, reply: Reply) -> Result: ...

    def told(self, call: Call) -> Told | None: ...
