"""Connecting by name: where the name leads is looked at first, and some places are never called."""

import ipaddress
import smtplib
import socket

METADATA = {ipaddress.ip_address(text) for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254")}


class Forbidden(OSError):
    """The name leads to an address that is never a server's: link-local, multicast, or a cloud's own data."""


class Plain(smtplib.SMTP):
    """SMTP that looks where a name leads before it connects."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, timeout)


class Wrapped(smtplib.SMTP_SSL, Plain):
    """The same with TLS from the first byte."""


def connect(host: str, port: int, timeout: float) -> socket.socket:
    """A connection to the first address of a name that answers; loopback and private ones are allowed. Raises OSError."""
    fault = OSError(host)
    for address in look_up(host, port):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            fault = error
    raise fault


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses that a name leads to; raises OSError, Forbidden when one of them must not be called."""
    found = [str(where[4][0]) for where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if any(is_forbidden(address) for address in found):
        raise Forbidden(host)
    return found


def is_forbidden(text: str) -> bool:
    """True for an IP address that must not be called."""
    address = ipaddress.ip_address(text.partition("%")[0])
    plain = (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
    return plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain in METADATA
