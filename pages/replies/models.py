"""What customers said on their status pages."""

from typing import Any

from peewee import ForeignKeyField, TextField

from core.db import Model, UtcField
from records.models import Record


class Reply(Model):
    """One thing a customer said about a record, a key of `pages.replies.sayings`; `words` are their own.

    `occasion` tells which quote, appointment or amount of the record it was about: of each `subject` one counts.
    `state`: open until staff dealt with it, then done; undone when staff took it back, as if it had not been said.
    """

    record = ForeignKeyField(Record, backref="replies")
    link_id = TextField()
    subject = TextField()
    occasion = TextField()
    said = TextField()
    words = TextField(default="")
    state = TextField(default="open")
    at = UtcField()
    settled_at = UtcField(null=True)
    settled_by = TextField(default="")
    record_id: Any
