"""Mails that are no messages: sent at once over the house's own mail server and kept nowhere, for their link is a secret."""

import logging
from collections.abc import Callable
from functools import partial

from accounts.errands import Notice
from core import clock, settings
from core.keys import random62
from emails import access, mime
from outbox.channels import open_channel
from outbox.channels.contract import Channel, Letter

log = logging.getLogger("statusbote.outbox")


def way_out(smtp_url: str, host: str) -> Callable[[Notice], bool] | None:
    """What sends a notice over that mail server; None without one: everybody who signs in reads the built-in mailbox."""
    return partial(send, open_channel(smtp_url, host), host) if smtp_url else None


def send(channel: Channel, host: str, notice: Notice) -> bool:
    """Compose and deliver it, in one attempt; True when the server has taken it."""
    connection = channel.connect()
    try:
        result = connection.deliver(_letter(notice, host), lambda: None)
    finally:
        connection.close()
    if result.verdict != "sent":
        log.warning("a mail about access was not taken: %s %s", result.verdict, result.code)
    return result.verdict == "sent"


def _letter(notice: Notice, host: str) -> Letter:
    composed = access.write(notice.system, notice.name, notice.address, notice.language, notice.link, notice.expires)
    company, message_id = settings.get("company"), f"<{random62(22)}@{host}>"
    sender = (company.get("name", ""), company.get("mail_from") or f"statusbote@{host}")
    raw = mime.build(
        composed, to=(notice.name, notice.address), sender=sender, message_id=message_id, date=clock.now()
    )
    return Letter(message_id, sender[1], notice.address, composed.subject, raw)
