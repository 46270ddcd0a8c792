"""The secret of this installation, kept outside the database, and the keys derived from it."""

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from core.config import ConfigError

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_secret = b""


def open_secret(given: str | None, folder: Path) -> None:
    """Take the configured secret, or the one in `folder`/secret.key, made with mode 0600 on the first start."""
    global _secret
    _secret = given.encode() if given else _stored(folder / "secret.key")
    derive.cache_clear()


@cache
def derive(purpose: str) -> bytes:
    """32 bytes that belong to one purpose and tell nothing about any other (HMAC-SHA-256)."""
    return hmac.digest(_secret, purpose.encode(), "sha256")


def base62(number: int, length: int) -> str:
    """The last `length` base-62 digits of a number."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "".join(digits)


def random62(length: int) -> str:
    """`length` random base-62 characters (5.95 bits each)."""
    return base62(secrets.randbelow(62**length), length)


def fingerprint(text: str) -> str:
    """The SHA-256 of a token, in hex: what the database keeps instead of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _stored(path: Path) -> bytes:
    if not path.exists():
        _make(path)
    secret = path.read_bytes().strip()
    if len(secret) < 32:
        raise ConfigError(
            f"{path} holds no secret: bring it back from a backup, or remove it to get a new one and end all links."
        )
    return secret


def _make(path: Path) -> None:
    """Write a new secret, whole or not at all; where another process was quicker, its secret stays."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # made with mode 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(32).encode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
