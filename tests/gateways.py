"""An SMS gateway on loopback that answers as it is told, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

DROP, DROP_AFTER, HANG = "drop", "drop after", "hang"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: str

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body, keep_blank_values=True).items()}


@dataclass
class Far:
    """`answer`: status and JSON (or text), or one of the faults."""

    port: int = 0
    answer: Any = (200, {})
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def far_side() -> Iterator[Far]:
    far = Far()

    class Gateway(BaseHTTPRequestHandler):
        def _any(self) -> None:
            if far.answer == DROP:
                return self.connection.close()
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            far.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            if far.answer == DROP_AFTER:
                return self.connection.close()
            if far.answer == HANG:
                time.sleep(1.5)
                return self.connection.close()
            status, said = far.answer
            raw = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET = do_PUT = _any

        def log_message(self, *said: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Gateway) as server:
        far.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield far
        server.shutdown()


def taken_by_seven(id: str = "77233991023") -> tuple[int, dict[str, Any]]:
    one = {"id": id, "parts": 1, "price": 0.075, "success": True, "error": None, "error_text": None}
    return 200, {"success": "100", "total_price": 0.075, "balance": 12.5, "messages": [one]}


def refused_by_seven(code: int) -> tuple[int, dict[str, Any]]:
    return 200, {"success": str(code), "total_price": 0, "balance": 0, "messages": []}


def taken_by_twilio(sid: str = "SM" + "0" * 32) -> tuple[int, dict[str, Any]]:
    return 201, {"sid": sid, "status": "queued", "num_segments": "1", "error_code": None, "price": None}


def refused_by_twilio(status: int, code: int) -> tuple[int, dict[str, Any]]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": "no", "more_info": more, "status": status}
