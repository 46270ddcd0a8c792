"""Reading the built-in mailbox: mails as they would have gone out, taken apart for the browser."""

import email
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import default

from outbox.models import Mail

PAGE = 40
LONGEST = 200_000  # characters of source that are shown
HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
BASE = '<base target="_blank">'


@dataclass(frozen=True)
class Letter:
    """A mail taken apart; `html` and `text` are its bodies, "" where it has none; `files` are names."""

    mail: Mail
    sender: str
    recipient: str
    subject: str
    dated_at: datetime | None
    html: str
    text: str
    files: list[str]

    @property
    def source(self) -> str:
        return bytes(self.mail.content).decode("utf-8", "replace").replace("\r\n", "\n")[:LONGEST]


@dataclass(frozen=True)
class Page:
    rows: list[Mail]
    after: str


def page(words: str = "", after: str = "") -> Page:
    """The newest mails, without their bodies; `words` in address or subject; `after` the id of the last row before."""
    shown = (Mail.id, Mail.channel, Mail.recipient, Mail.subject, Mail.at)
    query = Mail.select(*shown).order_by(Mail.id.desc()).limit(PAGE + 1)
    if words:
        query = query.where(Mail.recipient.contains(words) | Mail.subject.contains(words))
    if after.isdecimal() and len(after) < 18:
        query = query.where(Mail.id < int(after))
    rows = list(query)
    return Page(rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else "")


def read(mail: Mail) -> Letter:
    """Take a mail apart; what its headers hide stays text. An SMS is all text."""
    if mail.channel == "sms":
        return Letter(mail, "", mail.recipient, "", mail.at, "", bytes(mail.content).decode("utf-8", "replace"), [])
    message = email.message_from_bytes(bytes(mail.content), policy=default)
    assert isinstance(message, EmailMessage)
    date = message["date"]
    return Letter(
        mail=mail,
        sender=str(message["from"] or ""),
        recipient=str(message["to"] or mail.recipient),
        subject=str(message["subject"] or mail.subject),
        dated_at=date.datetime if date is not None else None,
        html=_illustrated(message, _body(message, "html")),
        text=_body(message, "plain"),
        files=[name for part in message.walk() if part.is_attachment() and (name := part.get_filename())],
    )


def framed(letter: Letter) -> str:
    """Its HTML, whose links open in a tab of their own."""
    head = HEAD.search(letter.html)
    at = head.end() if head else 0
    return letter.html[:at] + BASE + letter.html[at:]


def _illustrated(message: EmailMessage, html: str) -> str:
    """The HTML with the pictures that came along as data: addresses in place of their content ids."""
    for part in message.walk():
        name = str(part["content-id"] or "").strip("<> ")
        if name and part.get_content_maintype() == "image":
            code = b64encode(bytes(part.get_payload(decode=True) or b"")).decode()
            html = html.replace(f'"cid:{name}"', f'"data:{part.get_content_type()};base64,{code}"')
    return html


def _body(message: EmailMessage, sort: str) -> str:
    part = message.get_body((sort,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:  # a charset nobody knows
        return bytes(part.get_payload(decode=True) or b"").decode("utf-8", "replace")
