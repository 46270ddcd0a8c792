"""A mailbox for tests: it speaks as much IMAP on loopback as a reader needs, and fails where it is told to."""

import re
import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Letterbox:
    """`mails` by number; `faults`: command (CONNECT, LOGIN, EXAMINE, SEARCH, FETCH) → a reply after the tag, or DROP."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    faults: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> "Letterbox":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with connection:
                try:
                    self._talk(connection)
                except (OSError, EOFError):
                    pass

    def _talk(self, connection: socket.socket) -> None:
        file = connection.makefile("rb")
        self._answer(connection, "", "CONNECT", "* OK letterbox")
        while line := file.readline().decode().strip():
            tag, command = line.split(maxsplit=1)
            self.asked.append(command)
            verb = command.upper().removeprefix("UID ").split()[0]
            if verb == "LOGIN" and command != 'LOGIN reader "geheim"':
                connection.sendall(f"{tag} NO [AUTHENTICATIONFAILED] wrong\r\n".encode())
                continue
            connection.sendall(getattr(self, f"_on_{verb.lower()}", lambda _command: b"")(command))
            self._answer(connection, f"{tag} ", verb, "OK done")

    def _answer(self, connection: socket.socket, tag: str, verb: str, usual: str) -> None:
        fault = self.faults.get(verb)
        if fault == "DROP":
            raise EOFError
        connection.sendall(f"{tag}{fault or usual}\r\n".encode())

    def _on_capability(self, command: str) -> bytes:
        return b"* CAPABILITY IMAP4rev1\r\n"

    def _on_examine(self, command: str) -> bytes:
        return f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] ok\r\n".encode()

    def _on_search(self, command: str) -> bytes:
        """As servers do: “n:*” names the last mail even when its number is lower than n."""
        since = re.search(r"UID (\d+):\*", command)
        found = [uid for uid in self.mails if since is None or uid >= int(since[1])]
        found = found or list(self.mails)[-1:]
        return f"* SEARCH {' '.join(map(str, found))}\r\n".encode()

    def _on_fetch(self, command: str) -> bytes:
        uid, most = (int(number) for number in re.search(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command).groups())  # type: ignore[union-attr]
        raw = self.mails[uid][:most]
        return f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}\r\n".encode() + raw + b")\r\n"
