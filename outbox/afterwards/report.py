"""What a mail server says about a mail of ours that it could not hand over: which one, for good or for now (RFC 3464)."""

import email
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message as Mail
from typing import Any

from flufl.bounce import all_failures

NAMED = re.compile(
    r"^[>\s]{0,20}(?:message-id|in-reply-to|references)[ \t]*:((?:.*\n[ \t])*.*)$", re.IGNORECASE | re.MULTILINE
)
IDS = re.compile(r"<[^<>\s]{3,250}>")
STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
MOST = 50  # Message-IDs of one mail that are looked up
LARGEST = 256 * 1024  # bytes read of one mail

log = logging.getLogger("statusbote.bounces")


@dataclass(frozen=True)
class Report:
    """`verdict`: gone (nobody is there), full, given_up, refused (all three mean that it is lost), or later."""

    message_ids: tuple[str, ...]
    verdict: str
    code: str = ""


def of_mail(raw: bytes) -> Report | None:
    """What a mail reports; None when it is no report, such as an automatic answer."""
    mail = email.message_from_bytes(raw[:LARGEST])
    said = _by_the_standard(mail) or _by_experience(mail)
    return Report(tuple(_ids(mail, raw[:LARGEST])), *said) if said else None


def of_json(said: Mapping[str, Any]) -> Report:
    """`message_id`, `type` (permanent or temporary), perhaps `status` as in RFC 3463; raises ValueError with the field."""
    if not isinstance(said.get("message_id"), str):
        raise ValueError("message_id")
    if said.get("type") not in ("permanent", "temporary"):
        raise ValueError("type")
    status = said.get("status") or ""
    if not isinstance(status, str) or (status and not STATUS.fullmatch(status)):
        raise ValueError("status")
    action = "failed" if said["type"] == "permanent" else "delayed"
    bare = said["message_id"].strip().strip("<>")
    return Report((f"<{bare}>",), verdict(action, status), status)


def verdict(action: str, status: str) -> str:
    """What an action and a status mean for the message; "" for what is neither a failure nor a delay."""
    if action == "delayed":
        return "later"
    if action != "failed":
        return ""
    found = STATUS.match(status)
    sort, subject, detail = (int(part) for part in found.groups()) if found else (5, 0, 0)
    if sort == 4:
        return "given_up"
    if (subject, detail) == (2, 2):
        return "full"
    ours = subject in (3, 5, 6, 7) or (subject, detail) in ((1, 7), (1, 8), (2, 3)) or (subject == 4 and detail != 4)
    return "refused" if ours else "gone"


def _by_the_standard(mail: Mail) -> tuple[str, str] | None:
    """Verdict and status of a delivery status notification; the worst of several recipients."""
    found = []
    for part in mail.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            for block in (one for one in blocks if isinstance(one, Mail)):
                status = STATUS.search(str(block.get("Status", "")))
                action = str(block.get("Action", "")).strip().lower()
                found.append((verdict(action, status[0] if status else ""), status[0] if status else ""))
    known = [said for said in found if said[0]]
    return min(known, key=lambda said: said[0] == "later") if known else None


def _by_experience(mail: Mail) -> tuple[str, str] | None:
    """What the many servers mean that follow no standard."""
    try:
        later, failed = all_failures(mail)
    except Exception:  # its readers are many, and what they are given comes from strangers
        log.info("a mail could not be understood as a report")
        return None
    return ("gone", "") if failed else ("later", "") if later else None


def _ids(mail: Mail, raw: bytes) -> Iterator[str]:
    """The Message-IDs it speaks of, in its headers, in the mail it brings back, or in its words."""
    texts = [raw.decode("latin-1").replace("\r\n", "\n")]
    for part in mail.walk():
        if part.get_content_maintype() == "text" and part.get("Content-Transfer-Encoding"):
            words = part.get_payload(decode=True)
            texts.append(words.decode("latin-1").replace("\r\n", "\n") if isinstance(words, bytes) else "")
    found = dict.fromkeys(id for text in texts for line in NAMED.findall(text) for id in IDS.findall(line))
    yield from list(found)[:MOST]
