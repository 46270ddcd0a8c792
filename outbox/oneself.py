"""Sends a text that is being written to whoever writes it: at once, over the house's own way out, in one attempt."""

import logging
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread

from core import clock, i18n, settings
from core.i18n import gettext as _
from core.keys import random62
from emails import mime
from emails.compose import Composed
from outbox.channels.contract import Channel, Letter, Result

PATIENCE = 20.0  # seconds somebody waits for the mail server before being told that it keeps silent

log = logging.getLogger("statusbote.outbox")


def send(channel: Channel, host: str, composed: Composed, to: tuple[str, str]) -> Result:
    """Deliver it as a test to that name and address; what the server said, `silent` when it has not said anything yet."""
    letter, answers = _letter(host, composed, to), SimpleQueue[Result]()
    Thread(target=lambda: answers.put(_delivered(channel, letter)), name="oneself", daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except Empty:
        return Result("silent")


def _delivered(channel: Channel, letter: Letter) -> Result:
    connection = channel.connect()
    try:
        return connection.deliver(letter, lambda: None)
    except Exception:
        log.exception("unexpected while delivering a test")
        return Result("silent")
    finally:
        connection.close()


def _letter(host: str, composed: Composed, to: tuple[str, str]) -> Letter:
    with i18n.speaking(composed.language):
        marked = replace(composed, subject=_("Test: %(subject)s", subject=composed.subject))
    company = settings.get("company")
    sender = (company.get("name", ""), company.get("mail_from") or f"statusbote@{host}")
    message_id = f"<{random62(22)}@{host}>"
    raw = mime.build(marked, to=to, sender=sender, message_id=message_id, date=clock.now())
    return Letter(message_id, sender[1], to[1], marked.subject, raw)
