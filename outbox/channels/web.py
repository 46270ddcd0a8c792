"""Asking other systems over HTTP: where a name leads is looked at first, TLS is verified, no redirect is followed."""

import logging
import ssl
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx2

from outbox.channels import address
from outbox.channels.contract import Mark

LONGEST = 20.0  # seconds for any step, and for the whole answer once it has begun
LARGEST = 256 * 1024  # bytes of an answer that are read
HANDED = "http11.send_request_headers.started"

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells every address, and in some stand keys and numbers


class Unreached(OSError):
    """Nothing of the request was handed over: connection or TLS failed before."""


class Silent(OSError):
    """The request was handed over, at least in part, and no whole answer came."""


@dataclass(frozen=True)
class Reply:
    """An answer, whatever its status; header names in lower case."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def ask(
    method: str, url: str, *, mark: Mark = lambda: None, longest: float = LONGEST, headers: dict[str, str] | None = None,
    **content: Any,
) -> Reply:
    """One request over a connection of its own; `content` is httpx2's data=, json=, content=, params= or auth=.

    `mark` is called when the connection stands, before the first byte of the request; what it raises is passed on.
    Raises OSError: socket.gaierror, address.Forbidden, Unreached, or Silent once the request is on its way.
    """
    try:
        asked = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise Unreached(str(error)) from error
    fault = Unreached(asked.host)
    for where in address.look_up(asked.host, asked.port or (443 if asked.scheme == "https" else 80)):
        try:
            return _ask(method, asked, where, mark, longest, headers or {}, content)
        except Unreached as error:
            fault = error
    raise fault


def _ask(
    method: str, asked: httpx2.URL, where: str, mark: Mark, longest: float, headers: dict[str, str], content: dict[str, Any]
) -> Reply:
    """The request to one IP address; certificate and Host are those of the name."""
    handed = False

    def trace(event: str, _info: Any) -> None:
        nonlocal handed
        if event == HANDED:
            mark()
            handed = True

    headers = {"Host": asked.netloc.decode(), "Accept-Encoding": "identity", **headers}
    extensions, there = {"trace": trace, "sni_hostname": asked.host}, asked.copy_with(host=where)
    try:
        with httpx2.Client(verify=_trust(), trust_env=False, timeout=longest) as client, client.stream(
            method, there, headers=headers, extensions=extensions, **content
        ) as answer:
            return Reply(answer.status_code, _read(answer, time.monotonic() + longest), dict(answer.headers))
    except (httpx2.HTTPError, TimeoutError) as error:
        raise (Silent if handed else Unreached)(f"{type(error).__name__}: {error}") from error


def _read(answer: httpx2.Response, until: float) -> bytes:
    """The body, unless it is too long or comes too slowly."""
    body = b""
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > LARGEST or time.monotonic() > until:
            raise TimeoutError("too much or too slow")
    return body


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
