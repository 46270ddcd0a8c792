"""What further senders need: their table, and which of them a rule names and a message goes out through."""

from peewee import SQL, BooleanField, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


SENDER = dict(
    label=TextField(), host=TextField(), port=IntegerField(), tls=TextField(), login=TextField(), password=TextField(),
    from_name=TextField(), from_address=TextField(), reply_to=TextField(), quota=IntegerField(), users=Document(),
    active=BooleanField(), created_at=Time(),
)

INDEXES = (
    "CREATE INDEX message_due_sender ON message (sender_id, due_at) WHERE state = 'planned' AND sender_id IS NOT NULL",
    "CREATE INDEX message_by_sender ON message (sender_id, sent_at) WHERE sender_id IS NOT NULL AND sent_at IS NOT NULL",
)


def up(migrator, db):
    meta = type("Meta", (), {"database": db, "table_name": "sender"})
    type("Sender", (Model,), {**SENDER, "Meta": meta}).create_table()
    for table in ("message", "rule"):
        migrator.migrate(migrator.add_column(table, "sender_id", IntegerField(null=True)))
    for statement in INDEXES:
        db.execute(SQL(statement))
