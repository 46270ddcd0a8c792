"""Google on loopback: it asks for consent, gives tokens and takes mails for them; it fails where it is told to."""

import json
import threading
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from core import clock
from tests.running import free_port

CLIENT = {"client_id": "4711.apps.googleusercontent.com", "client_secret": "GOCSPX-geheim"}


@dataclass
class Google:
    """`token_fault`: status and error of the token endpoint instead of a token; `claims`: what the ID token says otherwise;
    `scope`: what was ticked; `offline`: whether the consent lasts; `agrees`: whether somebody does; `back`: where the house
    stands in fact, if not where it says.
    """

    email: str = "werkstatt@gmail.example"
    token_fault: tuple[int, str] | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    scope: str = "https://mail.google.com/ openid email"
    offline: bool = True
    agrees: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    mails: list[tuple[str, str, bytes]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    lifetime: int = 3599
    back: str = ""

    def __enter__(self) -> "Google":
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"google": self}))
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        self.port = free_port()
        self._smtp = Controller(_Post(self), hostname="127.0.0.1", port=self.port, auth_require_tls=False)
        self._smtp.start()
        self._codes: dict[str, dict[str, str]] = {}
        return self

    def __exit__(self, *_: object) -> None:
        self._smtp.stop()
        self._http.shutdown()
        self._http.server_close()

    @property
    def settings(self) -> dict[str, str]:
        """What a sender has to know to come here and not to Google."""
        return {"authorize_url": f"{self.url}/authorize", "token_url": f"{self.url}/token", "issuer": self.url}

    @property
    def refreshed(self) -> int:
        """How often an access token was asked for with the lasting one."""
        return sum(form["grant_type"] == "refresh_token" for form in self.asked)

    def consent(self, url: str) -> str:
        """The address a browser is sent back to after somebody was asked."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if not self.agrees:
            return f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        code = f"4/{len(self._codes)}"
        self._codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'state': query['state'], 'code': code, 'scope': self.scope})}"

    def token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint's answer (developers.google.com/identity/protocols/oauth2/web-server)."""
        self.asked.append(form)
        if self.token_fault:
            return self.token_fault[0], {"error": self.token_fault[1], "error_description": "as told"}
        if (form["client_id"], form["client_secret"]) != tuple(CLIENT.values()):
            return 401, {"error": "invalid_client"}
        answer: dict[str, Any] = {"expires_in": self.lifetime, "token_type": "Bearer", "scope": self.scope}
        if form["grant_type"] == "authorization_code":
            question = self._codes.pop(form["code"], None)
            if question is None or not _fits(question, form):
                return 400, {"error": "invalid_grant"}
            answer["id_token"] = self._id_token(question)
            answer |= {"refresh_token": "1//lasting"} if self.offline else {}
        elif form["refresh_token"] != "1//lasting":
            return 400, {"error": "invalid_grant"}
        answer["access_token"] = f"ya29.{len(self.asked)}"
        self.good = {answer["access_token"]}
        return 200, answer

    def _id_token(self, question: dict[str, str]) -> str:
        told = {
            "iss": self.url, "aud": question["client_id"], "nonce": question["nonce"], "email": self.email,
            "email_verified": True, "exp": int(clock.now().timestamp()) + 3600, **self.claims,
        }
        return f"e30.{urlsafe_b64encode(json.dumps(told).encode()).rstrip(b'=').decode()}.c2ln"


def _fits(question: dict[str, str], form: dict[str, str]) -> bool:
    challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    return (question["redirect_uri"], question["code_challenge"]) == (form["redirect_uri"], challenge)


class _Door(BaseHTTPRequestHandler):
    google: Google

    def do_GET(self) -> None:
        self.send_response(302)
        told = self.google.consent(self.path)
        self.send_header("Location", f"{self.google.back}{told[told.index('/senders/') :]}" if self.google.back else told)
        self.end_headers()

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        status, answer = self.google.token({name: values[0] for name, values in form.items()})
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        pass


class _Post:
    """Gmail's mail server: XOAUTH2, and the error as a challenge that wants an empty answer."""

    def __init__(self, google: Google):
        self.google = google

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        said = b64decode(args[1]).decode()
        parts = dict(part.split("=", 1) for part in said.split("\1") if part)
        token = parts["auth"].removeprefix("Bearer ")
        if parts["user"] == self.google.email and token in self.google.good:
            return AuthResult(success=True)
        told = {"status": "401", "schemes": "Bearer", "scope": "https://mail.google.com/"}
        answer = await server.challenge_auth(json.dumps(told))
        assert answer == b""
        await server.push("535 5.7.8 Username and Password not accepted")
        return AuthResult(success=False, handled=True)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.google.mails.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.original_content))
        return "250 2.0.0 OK"
