"""Messages, the state of senders, suppressed addresses, and the built-in mailbox."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from peewee import BigIntegerField, BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from core import journal
from core.db import Json, Model, UtcField
from emails.models import Template
from records.models import Record


class CostField(BigIntegerField):
    """A price: Decimal with four places in Python, ten-thousandths in the database."""

    def db_value(self, value: Any) -> Any:
        return None if value is None else int((Decimal(value) * 10_000).quantize(Decimal(1), ROUND_HALF_UP))

    def python_value(self, value: Any) -> Any:
        return None if value is None else Decimal(value).scaleb(-4)


class Message(Model):
    """One planned, waiting, sent or dropped message.

    `recipient`: customer, assignee, manager or an address. `occasion`: what made it, unique per rule, record, recipient
    and channel. `state`: planned, sending_pre, sending_data, sent, bounced, awaiting, held, unclear, dropped, failed.
    `reason`: a key of `outbox.states.REASONS`. `sort`: status, cancellation, link, appointment, payment, feedback, event,
    series or hand; it decides what an unclear end means. `depth`: how many causes deep, see `outbox.plan`. `sender_id`:
    none is the house's own address. `actor`: who wrote it by hand, `text`: their words in place of the template's,
    {"de": {"subject", "body"}} or {"de": {"sms"}}, `anyway`: whether they said so although the reader has not agreed,
    `files`: the keys of what they attached, see `outbox.writing.models`. Of an SMS
    `subject` is what it says without its link, `parts`, `cost` and `currency` what it takes, `remote_id` the gateway's own.
    """

    rule_id = IntegerField(null=True)
    record = ForeignKeyField(Record, backref="messages")
    entry_id = IntegerField(null=True)
    occasion = TextField()
    recipient = TextField()
    channel = TextField(default="email")
    template = ForeignKeyField(Template, backref="+")
    sort = TextField(default="status")
    link_id = TextField(null=True)
    address = TextField(default="")
    subject = TextField(default="")
    state = TextField(default="planned")
    reason = TextField(default="")
    due_at = UtcField()
    planned_at = UtcField()
    expires_at = UtcField()
    owner = TextField(default="")
    lease_until = UtcField(null=True)
    attempts = IntegerField(default=0)
    sent_at = UtcField(null=True)
    dated_at = UtcField(null=True)
    message_id = TextField(default="")
    depth = IntegerField(default=0)
    sender_id = IntegerField(null=True)
    actor = TextField(null=True)
    text = Json(lambda: None, null=True)
    anyway = BooleanField(null=True)
    files = Json(lambda: None, null=True)
    parts = IntegerField(null=True)
    cost = CostField(null=True)
    currency = TextField(null=True)
    remote_id = TextField(null=True)
    record_id: Any
    template_id: Any

    def line(self, state: str, reason: str = "", actor: str = "worker", **more: Any) -> dict[str, Any]:
        """The line of the journal that says so."""
        return journal.row(
            f"message.{state}", self.record_id, actor, message=self.id, rule=self.rule_id, reason=reason, **more
        )


class Sender(Model):
    """An account at a mail server or an SMS gateway, beside the house's own address.

    `type`: smtp, gmail, or a gateway of `outbox.channels`; `settings`: what that type needs beside the columns, `secrets`:
    what of it is secret, a sealed JSON object, "" for none. `tls`: starttls, tls (from the first byte) or none. `password`
    is sealed. `quota`: mails an hour, 0 is any number. `users`: the ids of those who may use it, none is everybody.
    """

    type = TextField(default="smtp")
    settings = Json(dict)
    secrets = TextField(default="")
    label = TextField()
    host = TextField()
    port = IntegerField()
    tls = TextField()
    login = TextField(default="")
    password = TextField(default="")
    from_name = TextField(default="")
    from_address = TextField()
    reply_to = TextField(default="")
    quota = IntegerField(default=0)
    users = Json(list)
    active = BooleanField(default=True)
    created_at = UtcField()


class SenderState(Model):
    """How a sender fares: it rests until a moment; its breaker is open since one, then one probe at a time may pass."""

    sender = TextField(primary_key=True)
    rests_until = UtcField(null=True)
    open_since = UtcField(null=True)
    reason = TextField(default="")
    faults = IntegerField(default=0)


class Suppression(Model):
    """An address that must not be written to, by its fingerprint."""

    fingerprint = TextField(primary_key=True)
    reason = TextField()
    at = UtcField()


class Worker(Model):
    """A worker's sign of life; `name` is `<machine>.<slot>`, `boot` tells its runs apart."""

    name = TextField(primary_key=True)
    boot = TextField()
    beat_at = UtcField()


class Mail(Model):
    """A mail or an SMS kept by the built-in mailbox; nothing of it leaves the machine."""

    channel = TextField(default="email")
    message_id = TextField(unique=True)
    recipient = TextField()
    subject = TextField()
    content = BlobField()
    at = UtcField()
