"""Looks up what a domain publishes about a key, in the name system as receivers do."""

import re

import dns.exception
import dns.resolver

from core.i18n import gettext as _
from outbox.senders.contract import Outcome
from outbox.senders.signing.key import Signing

PATIENCE = 5.0  # seconds; somebody is waiting


def look_up(signing: Signing) -> Outcome:
    """Whether receivers find the record, and what is to be done if not; nothing is raised."""
    try:
        found = [text for text in _texts(signing.name) if "p=" in text]
    except dns.exception.DNSException:
        return Outcome(False, _("The name servers do not answer. Please try again later."))
    if not found:
        words = _("Nothing is published under %(name)s yet. A new record may take some hours to be seen.")
    elif len(found) > 1:
        words = _("There are several records under %(name)s. Please leave only this one.")
    elif _key(found[0]) != _key(signing.record):
        words = _("Another key is published under %(name)s. Please enter the record shown here.")
    else:
        return Outcome(True, _("The record is published; receivers can check the signature."))
    return Outcome(False, words % {"name": signing.name})


def _texts(name: str) -> list[str]:
    """The TXT records of a name, each in one piece."""
    try:
        answer = _resolver().resolve(name, "TXT", lifetime=PATIENCE, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [b"".join(record.strings).decode("ascii", "replace") for record in answer]


def _key(record: str) -> tuple[str, str]:
    """Sort and public key of a record (RFC 6376, 3.6.1); without a sort it is RSA."""
    tags = dict(re.findall(r"([a-z]+)\s*=\s*([^;]*)", record))
    return tags.get("k", "rsa").strip(), re.sub(r"\s", "", tags.get("p", ""))


def _resolver() -> dns.resolver.Resolver:
    return dns.resolver.Resolver()
