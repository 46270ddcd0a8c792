"""Whether a message carries the way to the status page: not for those who get none, but as written by hand (M6)."""

from emails import without_page
from emails.models import Template
from outbox.models import Message
from pages import audience
from records.models import Record
from records.people import Person


def fitted(message: Message, template: Template, record: Record, reader: Person) -> tuple[Template, bool]:
    """The template as it goes to that person, and whether the page goes along."""
    if message.actor or audience.gets(record, reader):
        return template, True
    return without_page.of(template), False
