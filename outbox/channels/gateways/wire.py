"""The way out through a gateway: one request for each SMS, marked right before its first byte leaves."""

import socket
import ssl

from outbox.channels import address, web
from outbox.channels.contract import Letter, Mark, Result
from outbox.channels.gateways.contract import Gateway, Sms
from outbox.states import Gone

CONNECTIONS = 2


class Wire:
    """A gateway as a channel; every request has a connection of its own, so none can break while it is kept."""

    connections = CONNECTIONS

    def __init__(self, name: str, gateway: Gateway, report: str = "", longest: float = web.LONGEST):
        self.name = name
        self.gateway = gateway
        self.report = report
        self.longest = longest

    def connect(self) -> "Wire":
        return self

    def close(self) -> None:
        """Nothing is kept open."""

    def deliver(self, letter: Letter, mark: Mark) -> Result:
        """Once the request is on its way, no answer means that nobody knows."""
        id, report = letter.message_id, f"{self.report}?id={letter.message_id}" if self.report else ""
        asked = self.gateway.request(Sms(id, letter.address, letter.raw.decode(), letter.sender, report))
        try:
            reply = web.ask(
                asked.method, asked.url, mark=mark, longest=self.longest, headers=asked.headers, **asked.content
            )
        except Gone:
            return Result("gone")
        except address.Forbidden:
            return Result("sender", "address")
        except socket.gaierror:
            return Result("cut", "DNS")
        except web.Silent:
            return Result("silent")
        except OSError as error:
            return Result("sender", "TLS") if is_tls(error) else Result("cut")
        return self.gateway.result(reply)


def is_tls(error: BaseException | None) -> bool:
    """Whether TLS is what failed, as far down as anybody knows."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
