"""How mails come back to us: the mailbox that is read, and the address that a mail service calls. Both set by an admin."""

import hmac
from typing import Any

from core import clock, journal, keys, secrets, settings
from core.db import transaction

MAILBOX, READ, TOKEN = "bounces", "bounces_read", "bounces_token"
WHERE = ("host", "port", "tls", "user", "folder")


def mailbox() -> dict[str, Any]:
    """`on`, `host`, `port`, `tls` (tls, starttls or none), `user`, `folder`, and the sealed `password`; or nothing."""
    return settings.get(MAILBOX)


def save(given: dict[str, Any], password: str, actor: str) -> None:
    """Keep it; an empty password leaves the one there is. Another mailbox is read from its beginning."""
    old = mailbox()
    sealed = secrets.seal(password) if password else old.get("password", "")
    new = {**given, "password": sealed}
    fields = [name for name in new if new[name] != old.get(name)]
    with transaction():
        settings.put(MAILBOX, new)
        if set(fields) & set(WHERE):
            settings.drop(READ)
        journal.record("bounces.changed", None, actor, fields=fields)


def progress() -> dict[str, Any]:
    """How far it is read: `validity` and `uid` (RFC 3501), `at`, how many reports were `found`, and the last `fault`."""
    return settings.get(READ)


def keep(progress: dict[str, Any]) -> None:
    settings.put(READ, {**progress, "at": clock.now().isoformat()})


def make_token(actor: str) -> str:
    """A new address for a mail service to call; the one before is good no more. Only its fingerprint is kept."""
    token = keys.random62(32)
    with transaction():
        settings.put(TOKEN, {"fingerprint": keys.fingerprint(token), "at": clock.now().isoformat()})
        journal.record("bounces.token_made", None, actor)
    return token


def forget_token(actor: str) -> None:
    with transaction():
        settings.drop(TOKEN)
        journal.record("bounces.token_forgotten", None, actor)


def token_made() -> str:
    """When it was made, or nothing."""
    return str(settings.get(TOKEN).get("at", ""))


def opens(token: str) -> bool:
    """Whether this is the token, in constant time."""
    known = settings.get(TOKEN).get("fingerprint", "")
    return bool(known) and hmac.compare_digest(keys.fingerprint(token), known)
