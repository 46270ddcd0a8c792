"""What the payment ladder needs: whose reminders are paused; and indexes by which the outbox is looked through."""

from peewee import SQL, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


INDEXES = (
    "CREATE UNIQUE INDEX pause_open ON pause (record_id) WHERE ended_at IS NULL",
    "CREATE INDEX pause_record ON pause (record_id, id)",
    "CREATE INDEX message_rule ON message (rule_id, id)",
    "CREATE INDEX message_rule_dropped ON message (rule_id, id) WHERE state = 'dropped'",
    "CREATE INDEX message_sms ON message (id) WHERE channel = 'sms'",
    "CREATE INDEX message_template ON message (template_id, id)",
    "CREATE INDEX message_sender ON message (sender_id, id) WHERE sender_id IS NOT NULL",
)


def up(migrator, db):
    fields = dict(
        record_id=IntegerField(), sort=TextField(), reason=TextField(), until=Time(null=True), actor=TextField(),
        since=Time(), ended_at=Time(null=True), ended_by=TextField(),
    )
    meta = type("Meta", (), {"database": db, "table_name": "pause"})
    type("Pause", (Model,), {**fields, "Meta": meta}).create_table()
    for statement in INDEXES:
        db.execute(SQL(statement))
