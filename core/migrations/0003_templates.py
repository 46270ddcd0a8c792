"""What templates need to be seen and undone: each as it stood after every change."""

from peewee import SQL, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


def up(migrator, db):
    fields = dict(
        template_id=IntegerField(), version=IntegerField(), at=Time(), actor=TextField(), how=TextField(),
        content=Document(),
    )
    meta = type("Meta", (), {"database": db, "table_name": "template_version"})
    type("template_version", (Model,), {**fields, "Meta": meta}).create_table()
    db.execute(SQL("CREATE UNIQUE INDEX template_version_once ON template_version (template_id, version)"))
