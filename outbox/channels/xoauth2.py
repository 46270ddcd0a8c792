"""Signing in at a mail server with an access token (XOAUTH2, as Google and Microsoft document it)."""

import json
import smtplib
from base64 import b64decode, b64encode

STALE = ("400", "401")  # the token is over or unknown


class TokenRefused(smtplib.SMTPAuthenticationError):
    """The server knows what a token is and does not take this one."""


def sign_in(smtp: smtplib.SMTP, address: str, token: str) -> None:
    """Show the token; raises TokenRefused, or what smtplib raises for a sign-in."""
    if "XOAUTH2" not in smtp.esmtp_features.get("auth", "").upper().split():
        raise smtplib.SMTPNotSupportedError("XOAUTH2")
    shown = b64encode(f"user={address}\1auth=Bearer {token}\1\1".encode()).decode()
    code, text = smtp.docmd("AUTH", f"XOAUTH2 {shown}")
    status = ""
    if code == 334:  # the error comes as a challenge; after an empty answer the server says no
        status = _status(text)
        code, text = smtp.docmd("")
    if code != 235:
        raise (TokenRefused if status in STALE else smtplib.SMTPAuthenticationError)(code, text)


def _status(challenge: bytes) -> str:
    try:
        told = json.loads(b64decode(challenge))
    except ValueError:
        return ""
    return str(told.get("status", "")) if isinstance(told, dict) else ""
