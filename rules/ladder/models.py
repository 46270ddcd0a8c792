"""Pauses of payment reminders."""

from typing import Any

from peewee import ForeignKeyField, TextField

from core.db import Model, UtcField
from records.models import Record


class Pause(Model):
    """A time in which a record's payment reminders wait; at most one of a record is open.

    `sort`: staff, or said_paid where the customer says that it is paid. `until`: none is until somebody resumes.
    `reason`: in the words of whoever paused; it stays out of the journal.
    """

    record = ForeignKeyField(Record, backref="+")
    sort = TextField(default="staff")
    reason = TextField(default="")
    until = UtcField(null=True)
    actor = TextField()
    since = UtcField()
    ended_at = UtcField(null=True)
    ended_by = TextField(default="")
    record_id: Any
