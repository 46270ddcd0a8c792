"""What the answers of an SMTP server mean for a message (RFC 5321, and RFC 3463 where the server gives such codes)."""

import re
import smtplib


def verdict(code: int, text: bytes) -> str:
    """What an SMTP answer of 400 or more means for the message."""
    found = re.match(rb"[45]\.(\d{1,3})\.(\d{1,3})", text)
    subject, detail = (int(found[1]), int(found[2])) if found else (0, 0)
    if code < 500:
        return "rest" if code in (421, 432, 454) else "later"
    if (subject, detail) == (4, 5):
        return "rest"  # what Gmail says when the account has sent all it may within a day
    if subject == 1 and detail in (0, 1, 2, 3, 6, 10):
        return "unknown_address"
    return "full" if (subject, detail) == (2, 2) else "refused"


def greeting(error: smtplib.SMTPResponseException) -> str:
    """The same before the first mail: when greeted, at TLS and at sign-in."""
    return "sender" if error.smtp_code >= 500 else verdict(error.smtp_code, b"")


def code(number: int, text: bytes | str) -> str:
    """The answer as it is kept: its numbers without its words, which may hold addresses."""
    enhanced = re.match(r"[245]\.\d{1,3}\.\d{1,3}", text.decode(errors="replace") if isinstance(text, bytes) else text)
    return f"{number} {enhanced[0]}" if enhanced else str(number)
