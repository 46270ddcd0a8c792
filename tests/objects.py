"""S3-compatible storage on loopback: signed requests only, two names in each list, and faults as they are told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.bucket import Bucket

KEY, SECRET = "the tests", "the tests' own secret"
ENTRY = "<Contents><Key>{}</Key><LastModified>{}</LastModified></Contents>"
LIST = '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{}{}</ListBucketResult>'
LONGEST = 2


class Storage:
    """`kept`: path → content, `made`: path → moment; `fault`: the status that everything is answered with."""

    def __init__(self, address: str):
        self.address, self.kept, self.made = address, dict[str, bytes](), dict[str, datetime]()
        self.fault, self.asked = 0, list[str]()

    @property
    def url(self) -> str:
        return f"s3://pages/house?endpoint={self.address}"

    def answer(self, method: str, target: str, headers: Any, content: bytes) -> tuple[int, bytes]:
        self.asked.append(method)
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        if self.fault or not self._is_signed(method, parts.path, query, headers, content):
            return self.fault or 403, b""
        if query:
            return 200, self._list(query).encode()
        if method == "PUT":
            self.kept[parts.path], self.made[parts.path] = content, datetime.now(UTC)
        if method == "DELETE":
            self.kept.pop(parts.path, None)
            return 204, b""
        return (200, self.kept[parts.path]) if parts.path in self.kept else (404, b"")

    def _is_signed(self, method: str, path: str, query: dict[str, str], headers: Any, content: bytes) -> bool:
        at = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        more = {"content-type": headers["content-type"]} if method == "PUT" else {}
        known = Bucket(self.address, "pages", "house", "us-east-1", KEY, SECRET)
        return bool(known.signed(method, path, query, content, at, more)["authorization"] == headers["authorization"])

    def _list(self, query: dict[str, str]) -> str:
        keys = [path.removeprefix("/pages/") for path in sorted(self.kept)]
        begun = int(query.get("continuation-token", "0"))
        some = keys[begun : begun + LONGEST]
        more = begun + LONGEST < len(keys)
        rows = [ENTRY.format(key, f"{self.made[f'/pages/{key}']:%Y-%m-%dT%H:%M:%S.000Z}") for key in some]
        token = f"<NextContinuationToken>{begun + LONGEST}</NextContinuationToken>" if more else ""
        return LIST.format("".join(rows), token)


@contextmanager
def storage() -> Iterator[Storage]:
    """One that runs; ended it refuses connections."""

    class Far(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: object) -> None: ...

        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, said = far.answer(self.command, self.path, self.headers, content)
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_PUT = do_DELETE = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Far)
    server.daemon_threads = True
    far = Storage(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield far
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
