"""What status pages are set to, per kind and per status, and each of those settings as it stood after every change."""

from peewee import SQL, IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


SETTING = dict(
    kind_id=TextField(), status=TextField(), version=IntegerField(), content=Document(), updated_at=Time(),
    renewing=IntegerField(null=True),
)
VERSION = dict(
    kind_id=TextField(), status=TextField(), version=IntegerField(), at=Time(), actor=TextField(), how=TextField(),
    content=Document(),
)


def up(migrator, db):
    for name, fields, key in (
        ("page_setting", SETTING, "kind_id, status"),
        ("page_setting_version", VERSION, "kind_id, status, version"),
    ):
        meta = type("Meta", (), {"database": db, "table_name": name})
        type(name, (Model,), {**fields, "Meta": meta}).create_table()
        db.execute(SQL(f"CREATE UNIQUE INDEX {name}_once ON {name} ({key})"))
