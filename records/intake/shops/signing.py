"""The signature both shops use: base64 of HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac


def is_signed(secret: str, raw: bytes, claim: str | None) -> bool:
    """Compare in constant time; without a secret nothing counts as signed."""
    if not secret or not claim:
        return False
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest), claim.encode("utf-8", "replace"))
