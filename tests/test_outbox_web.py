"""Other systems are asked over HTTP with care: where, how long, and what is known when no answer comes."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from outbox.channels import address, web
from tests.test_outbox_smtp import self_signed


class Stranger(BaseHTTPRequestHandler):
    """Answers by path: what was asked, a redirect, no answer, half an answer, too much of one."""

    def do_POST(self) -> None:
        if self.path == "/drop":
            return self.connection.close()
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            return self.end_headers()
        told = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b"x" * (web.LARGEST + 1) if self.path == "/long" else self.headers["Host"].encode() + b" " + told
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + (9 if self.path == "/half" else 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_what_was_asked_is_answered_and_marked_before(stranger: ThreadingHTTPServer) -> None:
    marks: list[int] = []
    url = f"http://localhost:{stranger.server_port}/ok"
    reply = web.ask("POST", url, mark=lambda: marks.append(1), data={"to": "Ada & Ben"}, longest=2)
    said = f"localhost:{stranger.server_port} to=Ada+%26+Ben"
    assert (reply.status, reply.body.decode(), marks) == (200, said, [1])


def test_a_redirect_is_an_answer_and_nothing_to_follow(stranger: ThreadingHTTPServer) -> None:
    assert web.ask("POST", f"http://127.0.0.1:{stranger.server_port}/away", longest=2).status == 302


@pytest.mark.parametrize("path", ["drop", "half", "long"])
def test_without_a_whole_answer_nobody_knows(stranger: ThreadingHTTPServer, path: str) -> None:
    with pytest.raises(web.Silent):
        web.ask("POST", f"http://127.0.0.1:{stranger.server_port}/{path}", longest=2)


def test_nothing_of_an_address_gets_into_the_log(stranger: ThreadingHTTPServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO"):
        web.ask("POST", f"http://127.0.0.1:{stranger.server_port}/ok?to=%2B4915112345678", longest=2)
    assert "49151" not in caplog.text


def test_where_nobody_listens_nothing_was_handed_over() -> None:
    with pytest.raises(web.Unreached):
        web.ask("POST", "http://127.0.0.1:1/", longest=2)


def test_what_the_mark_forbids_is_not_sent(stranger: ThreadingHTTPServer) -> None:
    def refuse() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        web.ask("POST", f"http://127.0.0.1:{stranger.server_port}/ok", mark=refuse, longest=2)


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest", "http://[fd00:ec2::254]/", "http://[::ffff:169.254.169.254]/"])
def test_some_places_are_never_asked(url: str) -> None:
    with pytest.raises(address.Forbidden):
        web.ask("GET", url, longest=2)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[ThreadingHTTPServer]:
    """The same behind TLS, with a certificate for localhost that stands in server.pem."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        server.socket = self_signed(tmp_path, "localhost").wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_said(closed: ThreadingHTTPServer) -> None:
    marks: list[int] = []
    with pytest.raises(web.Unreached):
        web.ask("POST", f"https://localhost:{closed.server_port}/ok", mark=lambda: marks.append(1), longest=2)
    assert marks == []


def test_a_certificate_is_good_for_the_name_that_was_asked_only(
    closed: ThreadingHTTPServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_trust", lambda: ssl.create_default_context(cafile=tmp_path / "server.pem"))
    assert web.ask("POST", f"https://localhost:{closed.server_port}/ok", longest=2).status == 200
    with pytest.raises(web.Unreached):
        web.ask("POST", f"https://127.0.0.1:{closed.server_port}/ok", longest=2)
