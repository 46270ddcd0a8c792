"""A mail server for tests: it speaks SMTP on loopback, keeps what it accepts, and fails where it is told to."""

import re
import socket
import ssl
import threading
from dataclasses import dataclass, field

HANG, DROP = "hang", "drop"


@dataclass
class PostOffice:
    """`faults`: verb (CONNECT, EHLO, MAIL, RCPT, DATA, BODY, DOT) → a reply, HANG or DROP.

    DOT “after” keeps the mail and drops the connection without an answer.
    """

    pipelining: bool = True
    tls: ssl.SSLContext | None = None
    auth: str = ""
    faults: dict[str, str] = field(default_factory=dict)
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> "PostOffice":
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._open = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._sockets:
            connection.close()

    def _accept(self) -> None:
        while self._open:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            self._sockets.append(connection)
            with self._lock:
                self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            _Conversation(self, connection).hold()
        except (OSError, EOFError, ValueError, IndexError):  # ValueError: somebody begins with TLS
            pass
        finally:
            connection.close()


class _Conversation:
    def __init__(self, office: PostOffice, connection: socket.socket):
        self.office = office
        self.connection = connection
        self.file = connection.makefile("rb")
        self.recipient = ""

    def hold(self) -> None:
        self.say("CONNECT", "220 post office")
        while line := self.file.readline():
            verb = line.split()[0].upper().decode()
            if verb == "QUIT":
                return self.write("221 bye")
            getattr(self, f"on_{verb.lower()}", self.on_other)(line.decode().strip())

    def say(self, verb: str, usual: str) -> bool:
        """Answer as usual, or with the fault; True when all went as usual."""
        fault = self.office.faults.get(verb)
        if fault == DROP:
            raise EOFError
        if fault == HANG:
            self.file.read()
            raise EOFError
        self.write(fault or usual)
        return fault is None

    def write(self, text: str) -> None:
        self.connection.sendall(f"{text}\r\n".encode())

    def on_ehlo(self, line: str) -> None:
        offers = {"PIPELINING": self.office.pipelining, "STARTTLS": self.office.tls, "AUTH PLAIN": self.office.auth}
        extras = [name for name, offered in offers.items() if offered]
        self.say("EHLO", "\r\n".join([f"250-{extra}" for extra in ("post", *extras)] + ["250 ENHANCEDSTATUSCODES"]))

    def on_starttls(self, line: str) -> None:
        self.write("220 go on")
        assert self.office.tls
        self.connection = self.office.tls.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile("rb")

    def on_auth(self, line: str) -> None:
        self.write("235 welcome" if line.split()[-1] == self.office.auth else "535 5.7.8 wrong")

    def on_mail(self, line: str) -> None:
        self.say("MAIL", "250 2.1.0 ok")

    def on_rcpt(self, line: str) -> None:
        ok = self.say("RCPT", "250 2.1.5 ok")
        self.recipient = re.findall("<(.*)>", line)[0] if ok else ""

    def on_data(self, line: str) -> None:
        if not self.recipient:
            return self.write("503 5.5.1 no recipient")
        if not self.say("DATA", "354 go"):
            return
        if self.office.faults.get("BODY") == DROP:
            self.file.readline()
            raise EOFError
        lines = []
        while (text := self.file.readline()) != b".\r\n":
            if not text:
                raise EOFError
            lines.append(text.removeprefix(b"."))
        if "DOT" not in self.office.faults or self.office.faults["DOT"] == "after":
            self.office.mails.append((self.recipient, b"".join(lines)))
        if self.office.faults.get("DOT") == "after":
            raise EOFError
        self.say("DOT", "250 2.0.0 kept")

    def on_rset(self, line: str) -> None:
        self.recipient = ""
        self.write("250 2.0.0 ok")

    def on_other(self, line: str) -> None:
        self.write("502 5.5.2 unknown")
