"""Puts a composed message into an envelope: bytes ready for SMTP, the same for the same message every time.

Lines end in CRLF and none is longer than 76 octets, except headers that must not be folded. A line may begin with a dot:
whoever writes the bytes to an SMTP connection doubles such dots (RFC 5321, 4.5.2).
"""

import re
from binascii import b2a_base64, b2a_qp
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256

from emails import headers
from emails.compose import Composed
from emails.enclosed import File, Picture
from emails.headers import Refused

__all__ = ["Refused", "build"]

Mailbox = tuple[str, str]  # name, address
CRLF = b"\r\n"
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}")
FILE_SORT = re.compile(r"[a-z]+/[a-z]+(; [a-z]+=[A-Za-z0-9-]+){0,2}")


def build(
    composed: Composed, *, to: Mailbox, sender: Mailbox, message_id: str, date: datetime, reply_to: Mailbox | None = None
) -> bytes:
    """The whole mail. `message_id` in angle brackets and `date` come from the caller; raises Refused."""
    boundary = "=_" + sha256(message_id.encode()).hexdigest()[:32]
    form, content = _alternative(composed, boundary)
    if composed.files:
        form, content = _mixed(form, content, composed.files, f"{boundary}m")
    lines = [
        ("From", headers.mailbox(*sender, first=6)),
        ("To", headers.mailbox(*to, first=4)),
        *([("Reply-To", headers.mailbox(*reply_to, first=10))] if reply_to else []),
        ("Subject", headers.text(composed.subject, first=9)),
        ("Date", format_datetime(date)),
        ("Message-ID", headers.message_id(message_id)),
        ("Auto-Submitted", "auto-generated"),
        *_way_out(composed.unsubscribe),
        ("Content-Language", composed.language),
        ("MIME-Version", "1.0"),
        ("Content-Type", form),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in lines).encode("ascii") + CRLF
    _check(head, lines, composed.subject)
    return head + content


def _way_out(url: str) -> list[tuple[str, str]]:
    """What lets a mail program unsubscribe its reader with one click (RFC 8058)."""
    if not url:
        return []
    return [("List-Unsubscribe", headers.address_of_list(url)), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]


def _check(head: bytes, lines: list[tuple[str, str]], subject: str) -> None:
    """Read the header block as a receiver would; nothing may have been added, lost or changed."""
    if head.find(b"\r\n\r\n") != len(head) - 4:
        raise Refused("The header ends too early.")
    parsed = BytesHeaderParser().parsebytes(head)
    if [(name, value.replace("\r\n", "\n")) for name, value in lines] != [
        (name, value.replace("\r\n", "\n")) for name, value in parsed.items()
    ]:
        raise Refused("A header has changed.")
    if str(make_header(decode_header(parsed["Subject"].replace("\r\n ", " ")))) != subject:
        raise Refused("The subject has changed.")


def _alternative(composed: Composed, boundary: str) -> tuple[str, bytes]:
    """Content type and content of text and HTML."""
    mark = f"--{boundary}".encode()
    html = _part("text/html; charset=utf-8", composed.html)
    if composed.pictures:
        html = _related(html, composed.pictures, f"{boundary}r")
    content = CRLF.join([mark, _part("text/plain; charset=utf-8", composed.text), mark, html, mark + b"--", b""])
    return f'multipart/alternative;\r\n boundary="{boundary}"', content


def _mixed(form: str, content: bytes, files: tuple[File, ...], boundary: str) -> tuple[str, bytes]:
    """The same with files behind it."""
    mark = f"--{boundary}".encode()
    attached = [line for file in files for line in (mark, _file(file))]
    whole = CRLF.join([mark, f"Content-Type: {form}\r\n\r\n".encode() + content, *attached, mark + b"--", b""])
    return f'multipart/mixed;\r\n boundary="{boundary}"', whole


def _file(file: File) -> bytes:
    """A file as a part; raises Refused for a name or type that would say more than that."""
    if not FILE_NAME.fullmatch(file.name) or not FILE_SORT.fullmatch(file.sort):
        raise Refused("This file cannot be attached.")
    head = (
        f'Content-Type: {file.sort};\r\n name="{file.name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment;\r\n filename="{file.name}"\r\n'
    )
    return head.encode("ascii") + CRLF + _base64(file.data)


def _related(html: bytes, pictures: tuple[Picture, ...], boundary: str) -> bytes:
    """The HTML together with the pictures it shows."""
    mark = f"--{boundary}".encode()
    head = f'Content-Type: multipart/related; type="text/html";\r\n boundary="{boundary}"\r\n'.encode()
    shown = [line for picture in pictures for line in (mark, _picture(picture))]
    return CRLF.join([head, mark, html, *shown, mark + b"--", b""])


def _part(content_type: str, text: str) -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    return head + _quoted(text)


def _quoted(text: str) -> bytes:
    """Quoted-printable (RFC 2045, 6.7) of text with CRLF line ends, encoded in C."""
    return b2a_qp(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), istext=True)


@lru_cache(maxsize=8)
def _picture(picture: Picture) -> bytes:
    head = (
        f"Content-Type: image/{picture.subtype}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.name}>\r\nContent-Disposition: inline\r\n"
    )
    return head.encode() + CRLF + _base64(picture.data)


def _base64(data: bytes) -> bytes:
    code = b2a_base64(data, newline=False)
    return CRLF.join(code[start : start + 76] for start in range(0, len(code), 76))
