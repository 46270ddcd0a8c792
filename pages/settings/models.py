"""What status pages are set to, and those settings as they stood after each change."""

from peewee import IntegerField, TextField

from core.db import Json, Model, UtcField


class PageSetting(Model):
    """What the pages of a kind are set to: in one `status`, or "" for all those that say nothing else.

    `content` has the parts that differ from what is above it, see `pages.settings.sheet`; what never was set has no row.
    `renewing` is the record up to which pages were made anew since the last change; none when they all are.
    """

    kind_id = TextField()
    status = TextField()
    version = IntegerField(default=0)
    content = Json()
    updated_at = UtcField()
    renewing = IntegerField(null=True)


class PageSettingVersion(Model):
    """A setting as it stood after one change; `how`: edited, restored:3, pack; `content` as in PageSetting."""

    kind_id = TextField()
    status = TextField()
    version = IntegerField()
    at = UtcField()
    actor = TextField()
    how = TextField()
    content = Json()
