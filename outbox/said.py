"""What one message says: the mail that was kept, or one composed anew from the text of then and the data of today."""

import email
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from email.policy import default

from core import clock
from core.i18n import gettext as _
from emails import compose, sms
from emails.models import Template, TemplateVersion
from emails.preview import document
from outbox import mailbox, paged
from outbox.models import Mail, Message
from outbox.states import REASONS
from outbox.writing import files
from pages import links, place, unsubscribe
from records import events
from records.load import load
from records.people import person

log = logging.getLogger("statusbote.outbox")


@dataclass(frozen=True)
class Said:
    """`sure`: these are the very words that went out. `headers` and `mail` are known of a kept one only.

    `why`: it cannot be composed. Without `html`, `text` and `why` there is nothing to show.
    """

    sure: bool
    subject: str = ""
    html: str = ""
    text: str = ""
    files: Sequence[str] = ()
    headers: Sequence[tuple[str, str]] = ()
    mail: Mail | None = None
    why: str = ""


def of(message: Message) -> Said:
    """What it says, said or would say."""
    mail = Mail.get_or_none(Mail.message_id == message.message_id) if message.message_id else None
    if mail:
        return _kept(mail)
    if message.channel == "sms" and message.subject:
        return Said(sure=True)  # its words are its subject
    return _anew(message)


def _kept(mail: Mail) -> Said:
    letter = mailbox.read(mail)
    headers = []
    if mail.channel == "email":
        parsed = email.message_from_bytes(bytes(mail.content), policy=default)
        headers = [(name, str(value)) for name, value in parsed.items()]
    html = mailbox.framed(letter) if letter.html else ""
    return Said(True, letter.subject, html, letter.text, letter.files, headers, mail)


def _anew(message: Message) -> Said:
    """Composed from the template as it stood when the mail went out, and from what is true of the record today."""
    record = load([message.record_id]).get(message.record_id)
    reader, template = person(record, message.recipient) if record else None, _template(message)
    if record is None or reader is None or template is None:
        missing = "record_gone" if record is None else "no_recipient" if reader is None else "template_gone"
        return _unsaid(missing)
    template = paged.fitted(message, template, record, reader)[0]
    told = events.of_entries([message.entry_id]) if message.entry_id and record.kind.events else {}
    data = told[message.entry_id].data if message.entry_id in told else {}
    link, expires = f"{place.base_url()}/s/…", clock.now() + links.LIFE
    try:
        if message.channel == "sms":
            return Said(False, text=sms.fill(template, record, reader, link, expires, data, unsubscribe.hidden()))
        letter = compose.compose(template, record, reader, link, expires, data)
    except compose.Unusable as unusable:
        return Said(False, why=str(unusable))
    except Exception:
        log.exception("message %s could not be composed", message.id)
        return _unsaid("not_composed")
    names = [*(file.name for file in letter.files), *files.names(message.files)]
    return Said(False, letter.subject, document(letter), letter.text, names)


def _unsaid(reason: str) -> Said:
    return Said(False, why=_(REASONS[reason]))


def _template(message: Message) -> Template | None:
    """What a person wrote, else the template as it was then, else as it is."""
    now = Template.get_or_none(Template.id == message.template_id)
    if message.text:
        return (now or Template()).saying(message.text)
    if message.dated_at is None:
        return now
    then = TemplateVersion.select().where(
        TemplateVersion.template_id == message.template_id, TemplateVersion.at <= message.dated_at
    ).order_by(TemplateVersion.version.desc()).first()
    if then is None:
        return now
    return Template(**then.content)
