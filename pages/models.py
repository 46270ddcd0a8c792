"""Published pages, the links to them, and the browsers that were let in."""

from typing import Any

from peewee import ForeignKeyField, IntegerField, TextField

from core.db import Model, UtcField
from records.models import Record


class Page(Model):
    """One static page: what a record looked like after one change.

    `file` is a random name in the pages folder, `style` the hash of the page's style sheet as a CSP names it.
    """

    record = ForeignKeyField(Record, backref="pages")
    entry_id = IntegerField()
    file = TextField(unique=True)
    style = TextField()
    language = TextField()
    created_at = UtcField()
    record_id: Any


class Document(Model):
    """A file that staff gave the customer of a record; `file` is a random name in the pages folder, `size` in bytes."""

    record = ForeignKeyField(Record, backref="documents")
    name = TextField()
    type = TextField()
    size = IntegerField()
    file = TextField(unique=True)
    actor = TextField()
    created_at = UtcField()
    record_id: Any


class Link(Model):
    """One person's one-time way to a record's newest page.

    `id` is `<stem>-<issue>`; each fresh link is the next issue. `token` is a SHA-256: the token itself is derived, see
    `pages.links`. `state`: issued, opened, used, expired, revoked, erased. `sent_to` is the address's fingerprint.
    `openings` counts the browsers that were let in, `tries` the postcodes that were entered.
    """

    id = TextField(primary_key=True)
    record = ForeignKeyField(Record, backref="links")
    recipient = TextField()
    token = TextField(unique=True)
    state = TextField(default="issued")
    sent_to = TextField(default="")
    created_at = UtcField()
    expires_at = UtcField()
    sent_at = UtcField(null=True)
    opened_at = UtcField(null=True)
    openings = IntegerField(default=0)
    tries = IntegerField(default=0)
    record_id: Any
    grants: Any


class Grant(Model):
    """A browser that may read a record's page for a while; `token` is the SHA-256 of its cookie."""

    link = ForeignKeyField(Link, backref="grants")
    token = TextField(unique=True)
    created_at = UtcField()
    used_at = UtcField()
    link_id: Any


class Asking(Model):
    """A request for a fresh link, counted against the limits."""

    link = ForeignKeyField(Link, backref="askings")
    at = UtcField()
    link_id: Any
