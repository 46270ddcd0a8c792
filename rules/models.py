"""Rules."""

from typing import Any

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from core import keys, settings
from core.db import Json, Model, UtcField, transaction
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
    kind_id: Any

    def save(self, *args: Any, **kwargs: Any) -> Any:
        with transaction():
            touch()
            return super().save(*args, **kwargs)


def version() -> str:
    """Another text after every change of any rule."""
    return settings.get("rules").get("version", "")


def touch() -> None:
    """Say, in the caller's transaction, that rules have changed; `Rule.save` says so itself, updates of many do not."""
    settings.put("rules", {"version": keys.random62(12)})


def using(template: int) -> list[str]:
    """The names of the rules that send a template."""
    rules = Rule.select(Rule.name, Rule.recipients).order_by(Rule.name)
    return [rule.name for rule in rules if any(said["template"] == template for said in rule.recipients)]


def recipient_of(said: dict[str, Any]) -> str:
    """How a message names one of a rule's recipients: customer, assignee, manager or the address itself."""
    return said["address"] if said["who"] == "address" else said["who"]
