"""Passwords: hashed with argon2id, compared in the same time whether or not the person exists."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 10, 200

hasher = PasswordHasher()  # argon2id with the costs of RFC 9106, section 4


def hash(password: str) -> str:
    return hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether that password was hashed; without a hash it takes as long to say no."""
    try:
        return hasher.verify(stored or _nobody(), password) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """True when the hash was made at lower costs than today's."""
    return hasher.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    return hasher.hash("nobody has this password")
