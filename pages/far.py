"""Files in object storage, where several machines share them; what lies in the pages folder is then a copy of it."""

import http.client
import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from core import bucket, clock
from pages import place

PATIENCE = 5  # seconds for an answer
REST = 10.0  # seconds for which nobody asks again after there was none
OURS = re.compile(r"([0-9a-f]{2}/[0-9a-f]{2}|documents)/[0-9A-Za-z]{24}\.[a-z]{3,4}")
TYPES = {"html": "text/html; charset=utf-8", "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg"}
XML = "{http://s3.amazonaws.com/doc/2006-03-01/}"

log = logging.getLogger("statusbote.pages")
_own = threading.local()
_lock = threading.Lock()
_away_until = 0.0


class Away(OSError):
    """The storage does not answer, or refuses; that is logged once, not for every file."""


def put(name: str, content: bytes) -> None:
    """Keep a file there, whole or not at all; raises Away."""
    if place.bucket():
        _asked("PUT", name, content, more={"content-type": TYPES.get(name.rpartition(".")[2], "application/octet-stream")})


def get(name: str) -> bytes | None:
    """A file; None when it is not there, or there is no such storage. Raises Away."""
    return _asked("GET", name) if place.bucket() else None


def remove(name: str) -> None:
    """Take a file away; one that is gone already is fine. Raises Away."""
    if place.bucket():
        _asked("DELETE", name)


def listed(before: float) -> Iterator[list[str]]:
    """The names of our files that have lain there since before a moment, some hundred at once. Raises Away."""
    begun = place.bucket()
    after = ""
    while begun:
        prefix = f"{begun.prefix}/" if begun.prefix else ""
        query = {"list-type": "2", "prefix": prefix, **({"continuation-token": after} if after else {})}
        found = ElementTree.fromstring(_asked("GET", "", query=query) or b"<none/>")
        contents = found.iter(f"{XML}Contents")
        rows = [[row.findtext(f"{XML}{part}", "") for part in ("Key", "LastModified")] for row in contents]
        old = [key.removeprefix(prefix) for key, at in rows if datetime.fromisoformat(at).timestamp() < before]
        if names := [name for name in old if OURS.fullmatch(name)]:
            yield names
        after = found.findtext(f"{XML}NextContinuationToken", "")
        if not after:
            return


def _asked(
    method: str, name: str, content: bytes = b"", query: Mapping[str, str] = {}, more: Mapping[str, str] = {},
) -> bytes | None:
    """The answer's content; None for a file that is not there."""
    global _away_until
    if time.monotonic() < _away_until:
        raise Away("object storage is away")
    try:
        status, said = _answered(method, name, content, query, more)
    except (OSError, http.client.HTTPException) as error:
        raise _away(type(error).__name__) from error
    if status == 404 and name:
        return None
    if status >= 300:
        raise _away(f"{method} is answered with {status}")
    if _away_until:
        _away_until = 0.0
        log.info("object storage is back")
    return said


def _away(why: str) -> Away:
    global _away_until
    with _lock:
        if not _away_until:
            log.error("object storage cannot be used: %s", why)
        _away_until = time.monotonic() + REST
    return Away(why)


def _answered(
    method: str, name: str, content: bytes, query: Mapping[str, str], more: Mapping[str, str]
) -> tuple[int, bytes]:
    """One request over this thread's connection, or a new one where the far side has closed that meanwhile."""
    there = place.bucket()
    assert there
    path = there.path(name)
    headers = there.signed(method, path, query, content, clock.now(), more)
    target = f"{path}?{bucket.spelled(query)}" if query else path
    known = _known(there.endpoint)
    for line in filter(None, (known, _line(there.endpoint))):
        try:
            line.request(method, target, content if method == "PUT" else None, headers)
            answer = line.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            line.close()
            if line is not known:
                raise
            continue
        _own.line = there.endpoint, line
        return answer.status, said
    raise Away("no connection")


def _known(endpoint: str) -> http.client.HTTPConnection | None:
    """The connection this thread has open there."""
    where, line = getattr(_own, "line", ("", None))
    _own.line = "", None
    if line and where != endpoint:
        line.close()
    return line if where == endpoint else None


def _line(endpoint: str) -> http.client.HTTPConnection:
    parts = urlsplit(endpoint)
    sort = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    return sort(parts.hostname or "", parts.port, timeout=PATIENCE)
