"""What gateways' answers have in common: JSON or not, and what an HTTP status alone means for an SMS."""

import json
import re
from typing import Any

from outbox.channels.contract import Result
from outbox.channels.web import Reply


def said(reply: Reply) -> Any:
    """The answer as JSON; its text when it is none."""
    text = reply.body.decode("utf-8", "replace").strip()
    try:
        return json.loads(text)
    except ValueError:
        return text


def by_status(status: int) -> Result:
    """Only some answers say that nothing was taken; after the others nobody knows."""
    if status in (401, 403, 404, 405) or 300 <= status < 400:
        verdict = "sender"
    elif status == 402:
        verdict = "credit"
    elif status in (429, 503):
        verdict = "rest"
    else:
        verdict = "silent" if status >= 500 else "refused"
    return Result(verdict, f"HTTP {status}")


def short(value: Any) -> str:
    """An id or a code as one may keep it: no blanks, no more than 64 characters."""
    return re.sub(r"[^0-9A-Za-z_.:-]", "", str(value))[:64]
