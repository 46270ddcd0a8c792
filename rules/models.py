"""Rules, their versions, and long work on them."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from peewee import BigIntegerField, BooleanField, ForeignKeyField, IntegerField, TextField, fn

from core import keys, settings
from core.db import Json, Model, UtcField, is_sqlite, transaction
from records.models import Kind


class Rule(Model):
    """Trigger + conditions + timing → who hears which template.

    `options`: the trigger's own, e.g. {"statuses": ["ready"], "also_created": true}. `conditions`: a group of
    `records.conditions`, {} for none. `locations`: ids, none means all. `profile`: a profile's key, "" for every one.
    `delay`: minutes. `hours`: only in the working hours of the record's location. `release`: auto, or hand (M7).
    `sender_id`: none is the house's own address. `recipients`: [{"who", "address", "template"}], B7. `fault`: why it was
    switched off by itself. `since`: it never matches what happened before. `version`: counts its changes, see RuleVersion.
    """

    name = TextField()
    kind = ForeignKeyField(Kind, backref="+")
    trigger = TextField()
    options = Json()
    conditions = Json()
    locations = Json(list)
    profile = TextField(default="")
    delay = IntegerField(default=0)
    hours = BooleanField(default=False)
    release = TextField(default="auto")
    channel = TextField(default="email")
    sender_id = IntegerField(null=True)
    recipients = Json(list)
    on = BooleanField(default=False)
    since = UtcField(null=True)
    fault = TextField(default="")
    version = IntegerField(default=1)
    created_at = UtcField()
    updated_at = UtcField()
    kind_id: Any

    def save(self, *args: Any, **kwargs: Any) -> Any:
        with transaction():
            touch()
            if self.id is None and is_sqlite():
                self.id, kwargs["force_insert"] = _unused(), True
            return super().save(*args, **kwargs)


class RuleVersion(Model):
    """A rule as it stood after one change; `how`: created, edited, restored, switched, deleted … `content`: its columns."""

    rule_id = IntegerField()
    version = IntegerField()
    at = UtcField()
    actor = TextField()
    how = TextField()
    content = Json()


class Job(Model):
    """Work too long for one request, done by the worker piece by piece.

    `key` makes it unique, so that it is started once. `work` names what is done. `state`: waiting, running, done,
    cancelled, failed. `cursor`: how far it has come, the work's own number. `result`: what it found so far.
    """

    key = TextField(unique=True)
    work = TextField()
    rule_id = IntegerField(null=True)
    actor = TextField()
    data = Json()
    total = IntegerField(default=0)
    done = IntegerField(default=0)
    cursor = BigIntegerField(default=0)
    state = TextField(default="waiting")
    result = Json()
    owner = TextField(default="")
    lease_until = UtcField(null=True)
    created_at = UtcField()
    changed_at = UtcField()
    memory: dict[str, Any]  # what the work has found so far, as long as the worker lives

    @property
    def open(self) -> bool:
        return self.state in ("waiting", "running")


def version() -> str:
    """Another text after every change of any rule."""
    return settings.get("rules").get("version", "")


def touch() -> None:
    """Say, in the caller's transaction, that rules have changed; `Rule.save` says so itself, updates of many do not."""
    settings.put("rules", {"version": keys.random62(12)})


def _unused() -> int:
    """A number no rule ever had: SQLite alone would give that of a deleted rule again, with its versions and messages."""
    taken = (Rule.select(fn.MAX(Rule.id)).scalar(), RuleVersion.select(fn.MAX(RuleVersion.rule_id)).scalar())
    return 1 + max(number or 0 for number in taken)


def names(ids: Collection[int]) -> dict[int, str]:
    """What these rules are called."""
    return {rule.id: rule.name for rule in Rule.select(Rule.id, Rule.name).where(Rule.id.in_(ids))}


def using(template: int) -> list[str]:
    """The names of the rules that send a template."""
    rules = Rule.select(Rule.name, Rule.options, Rule.recipients).order_by(Rule.name)
    return [rule.name for rule in rules if template in templates_of(rule.recipients, rule.options)]


def templates_of(recipients: list[dict[str, Any]], options: dict[str, Any]) -> set[int]:
    """The templates of a rule: those of its recipients, and those that steps of a reminder have of their own."""
    own = {step["template"] for step in options.get("steps", ()) if step.get("template")}
    return own | {said["template"] for said in recipients}


def sent_through(sender: int) -> list[str]:
    """The names of the rules whose messages go out through a sender."""
    return [rule.name for rule in Rule.select(Rule.name).where(Rule.sender_id == sender).order_by(Rule.name)]


def only_for(profile: str) -> list[str]:
    """The names of the rules that are for this profile alone."""
    rules = Rule.select(Rule.name).where(Rule.profile == profile, Rule.profile != "")
    return [rule.name for rule in rules.order_by(Rule.name)]


def by_hand() -> bool:
    """Whether any enabled rule leaves it to a person when its messages go out."""
    return _by_hand(version())


@lru_cache(8)
def _by_hand(version: str) -> bool:
    return bool(version) and Rule.select().where(Rule.on, Rule.release == "hand").exists()


def recipient_of(said: dict[str, Any]) -> str:
    """How a message names one of a rule's recipients: customer, assignee, manager or the address itself."""
    return said["address"] if said["who"] == "address" else said["who"]
