"""Users, their tickets and API keys."""

from flask_login import UserMixin
from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from core.db import Model, UtcField

ROLES = ("admin", "staff")


class User(Model, UserMixin):
    """A person of the business who signs in. `epoch` grows to end all of a user's sessions.

    Somebody invited is not active and has no password yet, perhaps no name either.
    """

    email = TextField(unique=True)
    name = TextField()
    password = TextField()
    role = TextField(default="staff")
    language = TextField(default="de")
    active = BooleanField(default=True)
    epoch = IntegerField(default=0)
    created_at = UtcField()

    def get_id(self) -> str:
        """What a session remembers: this person, in this epoch."""
        return f"{self.id}.{self.epoch}"

    @property
    def actor(self) -> str:
        return f"user:{self.id}"

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def invited(self) -> bool:
        return not self.active and not self.password


class Ticket(Model):
    """The right to choose a password once; only its fingerprint is kept. `purpose`: password or invitation."""

    user = ForeignKeyField(User, unique=True, backref="+")
    purpose = TextField()
    fingerprint = TextField(unique=True)
    expires_at = UtcField()
    user_id: int


class ApiKey(Model):
    """A key for the HTTP API; only its fingerprint is kept."""

    name = TextField()
    fingerprint = TextField(unique=True)
    active = BooleanField(default=True)
    created_at = UtcField()

    @property
    def actor(self) -> str:
        return f"api:{self.id}"
