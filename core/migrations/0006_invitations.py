"""What a lost password and an invitation need: who may choose a password once, and until when."""

from peewee import IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


TICKET = dict(
    user_id=IntegerField(unique=True), purpose=TextField(), fingerprint=TextField(unique=True), expires_at=Time(),
)


def up(migrator, db):
    meta = type("Meta", (), {"database": db, "table_name": "ticket"})
    type("Ticket", (Model,), {**TICKET, "Meta": meta}).create_table()
