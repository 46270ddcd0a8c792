"""Files attached to letters written by hand, and a way to find such letters among millions of messages."""

from peewee import SQL, BlobField, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


ENCLOSURE = dict(
    key=TextField(primary_key=True), token=TextField(index=True), actor=TextField(), name=TextField(), sort=TextField(),
    size=IntegerField(), data=BlobField(), until=Time(index=True),
)
INDEXES = (
    "CREATE INDEX message_by_hand ON message (occasion) WHERE actor IS NOT NULL",
    "CREATE INDEX message_by_hand_lately ON message (planned_at) WHERE actor IS NOT NULL",
)


def up(migrator, db):
    migrator.migrate(migrator.add_column("message", "files", Document(null=True)))
    meta = type("Meta", (), {"database": db, "table_name": "enclosure"})
    type("Enclosure", (Model,), {**ENCLOSURE, "Meta": meta}).create_table()
    for statement in INDEXES:
        db.execute(SQL(statement))
