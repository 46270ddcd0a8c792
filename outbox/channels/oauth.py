"""Asks an OAuth 2 server for tokens: the first ones for a person's consent, then a new access token whenever one is over."""

import binascii
import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from core import clock
from outbox.channels import web

GOOGLE = {
    "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
    "token_url": "https://oauth2.googleapis.com/token",
    "issuer": "https://accounts.google.com",
}
EARLY = timedelta(minutes=5)  # an access token is renewed so long before it is over
PAUSE = timedelta(seconds=5)  # after a denial nobody asks anew for so long, however many mails wait
OVER = ("invalid_grant",)  # the consent was withdrawn, or has lapsed


class Denied(Exception):
    """No token: `verdict` is sender_consent (a person has to agree anew), sender (our data are wrong) or rest (later)."""

    def __init__(self, verdict: str, code: str = ""):
        super().__init__(verdict, code)
        self.verdict = verdict
        self.code = code


@dataclass(frozen=True)
class Client:
    """We as the OAuth server knows us."""

    token_url: str
    id: str
    secret: str

    def ask(self, longest: float = web.LONGEST, **what: str) -> dict[str, Any]:
        """What the token endpoint answers (RFC 6749, 5.1); raises Denied."""
        data = {**what, "client_id": self.id, "client_secret": self.secret}
        try:
            reply = web.ask("POST", self.token_url, data=data, longest=longest)
        except OSError as error:
            raise Denied("rest", type(error).__name__) from error
        answer = _read(reply.body)
        if reply.status == 200 and answer.get("access_token"):
            return answer
        if reply.status in (408, 429) or reply.status >= 500 or reply.status < 400:
            raise Denied("rest", str(reply.status))
        fault = str(answer.get("error", reply.status))[:60]
        raise Denied("sender_consent" if fault in OVER else "sender", fault)


class Tokens:
    """The access tokens of one consent: one at a time, kept in this process and shared by its connections."""

    def __init__(self, client: Client, refresh_token: str, longest: float = web.LONGEST):
        self.client = client
        self._refresh_token = refresh_token
        self._longest = min(longest, web.LONGEST)
        self._lock = threading.Lock()
        self._token, self._until = "", clock.now()
        self._denied: Denied | None = None

    def access(self) -> str:
        """A token that is good for some minutes at least; raises Denied."""
        with self._lock:
            if not self._token or clock.now() >= self._until - EARLY:
                self._renew()
            return self._token

    def forget(self, token: str) -> None:
        """This one was refused; the next call asks for another, unless somebody has done so already."""
        with self._lock:
            if token == self._token:
                self._token = ""

    def _renew(self) -> None:
        if self._denied and clock.now() < self._until:
            raise Denied(self._denied.verdict, self._denied.code)
        try:
            answer = self._asked()
        except Denied as denied:
            self._token, self._denied, self._until = "", denied, clock.now() + PAUSE
            raise
        seconds = answer.get("expires_in")
        self._token, self._denied = str(answer["access_token"]), None
        self._until = clock.now() + timedelta(seconds=seconds if isinstance(seconds, int) else 0)

    def _asked(self) -> dict[str, Any]:
        if not self._refresh_token:
            raise Denied("sender_consent")
        return self.client.ask(self._longest, grant_type="refresh_token", refresh_token=self._refresh_token)


def claims(token: str) -> Mapping[str, Any]:
    """What an ID token says; it must have come from the token endpoint itself (OpenID Connect Core, 3.1.3.7)."""
    try:
        payload = token.split(".")[1]
        told = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return told if isinstance(told, dict) else {}


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
