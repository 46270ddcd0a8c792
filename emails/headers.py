"""Header lines of a mail: names and subjects encoded (RFC 2047), addresses checked, lines folded (RFC 5322)."""

import re
from binascii import b2a_base64
from functools import lru_cache

import idna

from emails import harmless

LINE = 76  # octets
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_address = re.compile(rf"(?=.{{3,254}}\Z)(?P<local>(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*)@(?P<domain>[^@\s]+)")
_host = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_words = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_web = re.compile(r"https?://[A-Za-z0-9._~:/\[\]@!$&'()*+;=%-]{1,400}")
_message_id = re.compile(rf"<{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9.-]+>")


class Refused(ValueError):
    """Something that must not become part of a mail."""


def text(value: str, first: int) -> str:
    """An unstructured value, folded; `first` is how many octets its line already has."""
    if value.isascii() and "=?" not in value:
        return _folded(value, first)
    return _encoded(value, first)


def mailbox(name: str, address: str, first: int) -> str:
    """`Name <address>`; the name loses addresses and control characters. Raises Refused."""
    spec, name = addr_spec(address), harmless.without_addresses(name)
    if not name:
        return spec
    return f"{_phrase(name, first)}\r\n <{spec}>" if len(name) + len(spec) > 40 else f"{_phrase(name, first)} <{spec}>"


@lru_cache(maxsize=4096)
def addr_spec(address: str) -> str:
    """The one address, its domain in ASCII; raises Refused for several, for none and for what SMTP cannot carry."""
    match = _address.fullmatch(address)
    if not match:
        raise Refused("This is not one e-mail address.")
    domain = match["domain"]
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise Refused("The address has an impossible domain.") from error
    if not _host.fullmatch(host):
        raise Refused("The address has an impossible domain.")
    return f"{match['local']}@{host}"


def message_id(value: str) -> str:
    """Unfolded, in angle brackets; raises Refused."""
    if not _message_id.fullmatch(value) or len(value) > 250:
        raise Refused("This is not a Message-ID.")
    return value


def address_of_list(url: str) -> str:
    """A web address as RFC 2369 wants it: unfolded, in angle brackets. Raises Refused."""
    if not _web.fullmatch(url):
        raise Refused("This is not a web address.")
    return f"<{url}>"


def _phrase(name: str, first: int) -> str:
    if _words.fullmatch(name) and "=?" not in name:
        return name
    if name.isascii() and "=?" not in name:
        return '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return _encoded(name, first)


def _encoded(value: str, first: int) -> str:
    """Encoded words in UTF-8, none longer than its line, ended at a space where there is one."""
    words, room = [], LINE - first
    while value:
        end = _fits(value, (min(room, 75) - 12) // 4 * 3)
        words.append(value[:end].encode())
        value, room = value[end:], LINE - 1
    return "\r\n ".join(f"=?utf-8?b?{b2a_base64(word, newline=False).decode()}?=" for word in words)


def _fits(value: str, octets: int) -> int:
    """How many characters fit in so many octets."""
    if len(value.encode()) <= octets:
        return len(value)
    end = len(value.encode()[:octets].decode(errors="ignore"))
    return value.rfind(" ", end // 2, end) + 1 or end


def _folded(value: str, first: int) -> str:
    lines, line, room = [], "", LINE - first
    for word in value.split(" "):
        if line and len(line) + 1 + len(word) > room:
            lines.append(line)
            line, room = word, LINE - 1
        else:
            line = f"{line} {word}" if line else word
    return "\r\n ".join([*lines, line])
