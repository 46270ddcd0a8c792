"""Reads the mailbox that mails come back to, over IMAP; nothing in it is changed (RFC 3501)."""

import imaplib
import logging
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from core import clock, secrets
from core.db import database
from core.i18n import N_
from outbox.afterwards import account, bounces, report
from outbox.channels.address import Forbidden, connect

PACE = timedelta(minutes=3)
PATIENCE = 15.0  # seconds for each answer
BEFORE = timedelta(days=7)  # how far back the first reading goes
MOST = 100  # mails of one reading
FAULTS = {
    "key": N_("The password was kept with another key. Please enter it again."),
    "forbidden": N_("%(host)s leads to an address that is never a mail server."),
    "name": N_("There is no server named %(host)s. Please check the name."),
    "refused": N_("%(host)s does not listen on port %(port)s. Please check port and encryption."),
    "silent": N_("%(host)s does not answer on port %(port)s. Please check port and encryption."),
    "certificate": N_("The certificate of %(host)s is not trusted."),
    "tls": N_("%(host)s does not speak TLS on port %(port)s as expected. Please try the other encryption."),
    "login": N_("User name or password is wrong, says %(host)s."),
    "folder": N_("There is no folder “%(folder)s” in this mailbox."),
    "broken": N_("%(host)s broke off the conversation. Please check port and encryption."),
}
TOLD = (
    (secrets.Unopenable, "key"), (Forbidden, "forbidden"), (socket.gaierror, "name"), (ConnectionRefusedError, "refused"),
    (TimeoutError, "silent"), (ssl.SSLCertVerificationError, "certificate"), (ssl.SSLError, "tls"),
)

log = logging.getLogger("statusbote.bounces")
_busy = threading.Lock()


class Refused(Exception):
    """The server said no; `args[0]` is a key of FAULTS."""


class Imap(imaplib.IMAP4):
    """A conversation that begins with a look at where the name leads, in TLS from the start where that is wanted."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None):
        self._tls_first = tls
        super().__init__(host, port, timeout=PATIENCE)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = connect(self.host, self.port, timeout or PATIENCE)
        return self._tls_first.wrap_socket(plain, server_hostname=self.host) if self._tls_first else plain


def sweep() -> None:
    """Every few minutes, in a thread of its own: a silent mail server must not hold up anything else."""
    known = account.progress().get("at", "")
    due = not known or clock.now() - datetime.fromisoformat(known) >= PACE
    if account.mailbox().get("on") and due and _busy.acquire(blocking=False):
        threading.Thread(target=_aside, name="bounces", daemon=True).start()


def _aside() -> None:
    try:
        with database.connection_context():
            read()
    except Exception as error:  # the database is away; the next sweep begins anew
        log.error("the mailbox could not be read: %s", type(error).__name__)
    finally:
        _busy.release()


def read() -> int:
    """Hear what has come since last time, and remember how far; how many reports were about mails of ours."""
    box, before = account.mailbox(), account.progress()
    heard, now = 0, {name: before.get(name) for name in ("validity", "uid")}
    try:
        with _folder(box) as (imap, validity, _mails):
            since = before.get("uid") if before.get("validity") == validity else None
            now = {"validity": validity, "uid": since}
            for uid in _new(imap, since):
                found = _understood(_mail(imap, uid))
                heard += bounces.hear(found) if found else 0
                now["uid"] = uid
        fault = ""
    except (OSError, imaplib.IMAP4.error, Refused, secrets.Unopenable) as error:
        fault = fault_of(error)
        log.warning("the mailbox could not be read: %s", fault)
    account.keep({**now, "fault": fault, "found": before.get("found", 0) + heard})
    return heard


def _understood(raw: bytes) -> report.Report | None:
    """A mail that breaks its reader must not be met again and again."""
    try:
        return report.of_mail(raw)
    except Exception:
        log.exception("a mail that came back could not be read")
        return None


def trial() -> tuple[int, str]:
    """Sign in and open the folder: how many mails are in it, and a key of FAULTS when that did not work."""
    try:
        with _folder(account.mailbox()) as (_imap, _validity, mails):
            return mails, ""
    except (OSError, imaplib.IMAP4.error, Refused, secrets.Unopenable) as error:
        return 0, fault_of(error)


def fault_of(error: Exception) -> str:
    """A key of FAULTS."""
    if isinstance(error, Refused):
        return str(error.args[0])
    return next((key for sort, key in TOLD if isinstance(error, sort)), "broken")


@contextmanager
def _folder(box: dict[str, Any]) -> Iterator[tuple[imaplib.IMAP4, str, int]]:
    """The opened folder, what its numbers are valid for, and how many mails are in it; it is opened to be read only."""
    password, context = secrets.open_(box["password"]), ssl.create_default_context()
    imap = Imap(box["host"], box["port"], context if box["tls"] == "tls" else None)
    try:
        if box["tls"] == "starttls":
            with _or("tls"):
                imap.starttls(context)
        with _or("login"):
            _sign_in(imap, box["user"], password)
        folder = re.sub(r'(["\\])', r"\\\1", box["folder"])
        with _or("folder"):
            answer, counted = imap.select(f'"{folder}"', readonly=True)
            if answer != "OK":
                raise Refused("folder")
        validity = imap.response("UIDVALIDITY")[1]
        yield imap, (validity[0] or b"").decode() if validity else "", int(counted[-1] or 0)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            imap.logout()


def _sign_in(imap: imaplib.IMAP4, user: str, password: str) -> None:
    if "AUTH=PLAIN" in imap.capabilities:
        imap.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{password}".encode())
    else:
        imap.login(user, password)


@contextmanager
def _or(key: str) -> Iterator[None]:
    """What the server refuses here is told by that key; a connection that breaks is something else."""
    try:
        yield
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        if isinstance(error, imaplib.IMAP4.abort) and key != "tls":
            raise
        raise Refused(key) from error


def _new(imap: imaplib.IMAP4, since: int | None) -> list[int]:
    """The numbers of the mails after `since`, or of the last days, the oldest first."""
    days = clock.now() - BEFORE
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    asked = f"UID {since + 1}:*" if since is not None else f"SINCE {days.day}-{months[days.month - 1]}-{days.year}"
    numbers = sorted(int(uid) for line in imap.uid("SEARCH", asked)[1] if line for uid in line.split())
    return [uid for uid in numbers if uid > (since or 0)][:MOST]


def _mail(imap: imaplib.IMAP4, uid: int) -> bytes:
    """The beginning of a mail, unread as it was."""
    answer = imap.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{report.LARGEST}>)")[1]
    return next((bytes(part[1]) for part in answer if isinstance(part, tuple)), b"")
