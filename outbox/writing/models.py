"""Files that people attach to letters they write by hand."""

from peewee import BlobField, IntegerField, TextField

from core.db import Model, UtcField


class Enclosure(Model):
    """A file of the letter that was begun under `token`, which its messages name by `key`; kept `until` a moment."""

    key = TextField(primary_key=True)
    token = TextField()
    actor = TextField()
    name = TextField()
    sort = TextField()
    size = IntegerField()
    data = BlobField()
    until = UtcField()
