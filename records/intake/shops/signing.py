"""The signature both shops use: base64 of HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac


def signature(secret: str, raw: bytes) -> str:
    """What the shop writes into its header."""
    return base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()


def is_signed(secret: str, raw: bytes, claim: str | None) -> bool:
    """Compare in constant time; without a secret nothing counts as signed."""
    if not secret or not claim:
        return False
    return hmac.compare_digest(signature(secret, raw).encode(), claim.encode("utf-8", "replace"))
