"""Users and API keys."""

from peewee import BooleanField, IntegerField, TextField

from core.db import Model, UtcField

ROLES = ("admin", "staff")


class User(Model):
    """A person of the business who signs in. `epoch` grows to end all of a user's sessions."""

    email = TextField(unique=True)
    name = TextField()
    password = TextField()
    role = TextField(default="staff")
    language = TextField(default="de")
    active = BooleanField(default=True)
    epoch = IntegerField(default=0)
    created_at = UtcField()

    @property
    def actor(self) -> str:
        return f"user:{self.id}"

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"


class ApiKey(Model):
    """A key for the HTTP API; only its fingerprint is kept."""

    name = TextField()
    fingerprint = TextField(unique=True)
    active = BooleanField(default=True)
    created_at = UtcField()

    @property
    def actor(self) -> str:
        return f"api:{self.id}"
