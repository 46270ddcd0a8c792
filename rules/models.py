"""Rules."""

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from core.db import Json, Model, UtcField
from records.models import Kind


class Rule(Model):
    """Trigger + conditions + timing → who hears which template.

    `options`: the trigger's own, e.g. {"statuses": ["ready"], "also_created": true}. `conditions`: [{"field", "operator",
    "value"}]. `locations`: ids, none means all. `delay`: minutes. `recipients`: [{"who", "address", "template"}], B7.
    `fault`: why it was switched off by itself. `since`: it never matches what happened before.
    """

    name = TextField()
    kind = ForeignKeyField(Kind, backref="+")
    trigger = TextField()
    options = Json()
    conditions = Json(list)
    locations = Json(list)
    delay = IntegerField(default=0)
    channel = TextField(default="email")
    recipients = Json(list)
    on = BooleanField(default=False)
    since = UtcField(null=True)
    fault = TextField(default="")
    created_at = UtcField()
    updated_at = UtcField()
