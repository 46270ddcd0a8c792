"""Secrets of other systems, sealed before they reach the database; the key stays outside it."""

import base64

from cryptography.fernet import Fernet, InvalidToken

from core import keys


class Unopenable(Exception):
    """Sealed with another installation's key, or damaged."""


def seal(text: str) -> str:
    """The text, encrypted and authenticated (Fernet: AES-128-CBC and HMAC-SHA-256), as ASCII."""
    return _box().encrypt(text.encode()).decode()


def open_(sealed: str) -> str:
    """The text that was sealed; raises Unopenable."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unopenable("This secret was sealed with another key. Please enter it again.") from error


def _box() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.derive("secrets")))
