"""What customers answer on their status pages."""

from peewee import SQL, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


REPLY = dict(
    record_id=IntegerField(), link_id=TextField(), subject=TextField(), occasion=TextField(), said=TextField(),
    words=TextField(), state=TextField(), at=Time(), settled_at=Time(null=True), settled_by=TextField(),
)

INDEXES = (
    "CREATE INDEX reply_record ON reply (record_id, id)",
    "CREATE UNIQUE INDEX reply_once ON reply (record_id, subject, occasion) WHERE state <> 'undone'",
    "CREATE INDEX reply_open ON reply (id) WHERE state = 'open'",
)


def up(migrator, db):
    type("Reply", (Model,), {**REPLY, "Meta": type("Meta", (), {"database": db, "table_name": "reply"})}).create_table()
    for statement in INDEXES:
        db.execute(SQL(statement))
