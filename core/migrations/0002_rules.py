"""What rules with time, release, profiles and versions need: new columns, new tables, conditions as a group."""

import json

from peewee import SQL, BigIntegerField, BooleanField, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


COLUMNS = {
    "kind": {"events": Document(default="[]")},
    "location": {"catholic": BooleanField(default=False), "closures": Document(default="[]")},
    "message": {"depth": IntegerField(default=0)},
    "rule": {
        "hours": BooleanField(default=False), "release": TextField(default="auto"), "profile": TextField(default=""),
        "version": IntegerField(default=1),
    },
}

TABLES = {
    "event": dict(
        record_id=IntegerField(index=True), name=TextField(), data=Document(), person=Document(null=True),
        key=TextField(null=True), fingerprint=TextField(), at=Time(),
    ),
    "profile": dict(key=TextField(primary_key=True), name=TextField(), about=TextField(), position=IntegerField()),
    "rule_version": dict(
        rule_id=IntegerField(), version=IntegerField(), at=Time(), actor=TextField(), how=TextField(), content=Document(),
    ),
    "job": dict(
        key=TextField(unique=True), work=TextField(), rule_id=IntegerField(null=True), actor=TextField(), data=Document(),
        total=IntegerField(), done=IntegerField(), cursor=BigIntegerField(), state=TextField(), result=Document(),
        owner=TextField(), lease_until=Time(null=True), created_at=Time(), changed_at=Time(),
    ),
}

INDEXES = (
    "CREATE UNIQUE INDEX event_key ON event (key) WHERE key IS NOT NULL",
    "CREATE UNIQUE INDEX rule_version_once ON rule_version (rule_id, version)",
    "CREATE INDEX job_open ON job (id) WHERE state IN ('waiting', 'running')",
    "CREATE INDEX job_rule ON job (rule_id, id)",
    "CREATE INDEX message_waiting ON message (rule_id, record_id) WHERE state IN ('planned', 'awaiting', 'held')",
    "CREATE INDEX message_awaiting ON message (record_id) WHERE state = 'awaiting'",
    "CREATE INDEX message_by_rule ON message (rule_id, sent_at) WHERE sent_at IS NOT NULL",
    "CREATE INDEX entry_what ON entry (what, at)",
    "CREATE INDEX record_scheduled ON record (kind_id, scheduled_at) WHERE scheduled_at IS NOT NULL",
    "CREATE INDEX record_due ON record (kind_id, due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX record_placed ON record (kind_id, placed_at) WHERE placed_at IS NOT NULL",
)


def up(migrator, db):
    for table, columns in COLUMNS.items():
        for name, field in columns.items():
            migrator.migrate(migrator.add_column(table, name, field))
    for name, fields in TABLES.items():
        meta = type("Meta", (), {"database": db, "table_name": name})
        type(name, (Model,), {**fields, "Meta": meta}).create_table()
    for statement in INDEXES:
        db.execute(SQL(statement))
    _group_conditions(db)


def _group_conditions(db):
    """A list of conditions, all of which had to hold, becomes a group that says so; payments get words of their own."""
    mark = "?" if "sqlite" in type(db).__name__.lower() else "%s"
    for key, text in db.execute_sql("SELECT id, conditions FROM rule").fetchall():
        listed = json.loads(text) if isinstance(text, str) else text
        if isinstance(listed, list):
            for said in listed:
                if said.get("field") == "paid":
                    said["operator"] = {"given": "paid", "missing": "unpaid"}.get(said["operator"], said["operator"])
            group = json.dumps({"match": "all", "of": listed}, ensure_ascii=False)
            db.execute_sql(f"UPDATE rule SET conditions = {mark} WHERE id = {mark}", (group, key))
