"""Layouts that an admin wrote in MJML, and each as it stood after every change."""

from peewee import IntegerField, TextField

from core.db import Model, UtcField


class Layout(Model):
    """`version` grows with every save; what MJML made of `source` is a setting of its own, see `kept`."""

    name = TextField()
    source = TextField()
    version = IntegerField(default=1)
    updated_at = UtcField()


class LayoutVersion(Model):
    """A layout after one change; `how`: created, edited, restored:3."""

    layout_id = IntegerField()
    version = IntegerField()
    at = UtcField()
    actor = TextField()
    how = TextField()
    name = TextField()
    source = TextField()
