"""Mails that are no messages: sent at once and kept nowhere, for their link is a secret."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from accounts.errands import Notice
from core import clock
from core.keys import random62
from emails import access, mime
from outbox.channels.account import Account, account
from outbox.channels.contract import Letter
from outbox.channels.smtp import Smtp
from outbox.models import Sender
from outbox.senders import reach, senders

PATIENCE = 20.0  # seconds to wait for anything

log = logging.getLogger("statusbote.outbox")


def way_out(smtp_url: str, host: str) -> Callable[[Notice], bool] | None:
    """What sends a notice: over that mail server, else through the first sender that everybody may use.

    None where there is neither: everybody who signs in reads the built-in mailbox, so it is no way for a secret.
    """
    if smtp_url:
        return partial(send, replace(account(smtp_url), longest=PATIENCE), None, host)
    sender = next((row for row in senders.of_channel("email") if not row.users), None)
    return partial(send, reach.account(sender, PATIENCE), sender, host) if sender else None


def send(through: Account, sender: Sender | None, host: str, notice: Notice) -> bool:
    """Compose and deliver it, in one attempt; True when the server has taken it."""
    connection = Smtp(through, host).connect()
    try:
        result = connection.deliver(_letter(notice, sender, host), lambda: None)
    finally:
        connection.close()
    if result.verdict != "sent":
        log.warning("a mail about access was not taken: %s %s", result.verdict, result.code)
    return result.verdict == "sent"


def _letter(notice: Notice, through: Sender | None, host: str) -> Letter:
    composed = access.write(notice.system, notice.name, notice.address, notice.language, notice.link, notice.expires)
    (sender, reply_to), message_id = senders.signature(through, host), f"<{random62(22)}@{host}>"
    raw = mime.build(
        composed, to=(notice.name, notice.address), sender=sender, message_id=message_id, date=clock.now(), reply_to=reply_to
    )
    return Letter(message_id, sender[1], notice.address, composed.subject, raw)
