"""Layouts of mails that an admin writes, their versions, and which layout a template wears."""

from peewee import SQL, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


TABLES = {
    "layout": dict(name=TextField(), source=TextField(), version=IntegerField(), updated_at=Time()),
    "layout_version": dict(
        layout_id=IntegerField(), version=IntegerField(), at=Time(), actor=TextField(), how=TextField(), name=TextField(),
        source=TextField(),
    ),
}


def up(migrator, db):
    for name, columns in TABLES.items():
        meta = type("Meta", (), {"database": db, "table_name": name})
        type(name, (Model,), {**columns, "Meta": meta}).create_table()
    db.execute(SQL("CREATE UNIQUE INDEX layout_version_once ON layout_version (layout_id, version)"))
    migrator.migrate(migrator.add_column("template", "layout", TextField(default="")))
