"""A name server on loopback: it knows the TXT records it is given, and falls silent when told to."""

import socketserver
import threading
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


@dataclass
class NameServer:
    """`records`: name without the last dot → the texts published there."""

    records: dict[str, list[str]] = field(default_factory=dict)
    silent: bool = False

    def __enter__(self) -> "NameServer":
        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), type("Answer", (_Answer,), {"names": self}))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def resolver(self) -> dns.resolver.Resolver:
        """What asks here and nowhere else."""
        asking = dns.resolver.Resolver(configure=False)
        asking.nameservers, asking.port = ["127.0.0.1"], self.port
        return asking


class _Answer(socketserver.BaseRequestHandler):
    names: NameServer

    def handle(self) -> None:
        raw, socket = self.request
        if self.names.silent:
            return
        asked = dns.message.from_wire(raw)
        answer, name = dns.message.make_response(asked), asked.question[0].name
        texts = self.names.records.get(name.to_text(omit_final_dot=True))
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *map(_pieces, texts)))
        socket.sendto(answer.to_wire(), self.client_address)


def _pieces(text: str) -> str:
    """A text as zone files have it: in pieces, because none may be longer than 255 characters."""
    return " ".join(f'"{text[start : start + 250]}"' for start in range(0, len(text), 250))
