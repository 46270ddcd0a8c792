"""Documents of a record for its customer, and the days on which an order's invoice and delivery are expected."""

import json

from peewee import IntegerField, Model, TextField


class Time(TextField):
    field_type = "TIMESTAMPTZ"


class Document(TextField):
    field_type = "JSON"


EXPECTED = (
    ("invoice_expected", "Rechnung voraussichtlich", "Invoice expected"),
    ("delivery_expected", "Lieferung voraussichtlich", "Delivery expected"),
    ("delivery_latest", "Lieferung spätestens", "Delivery at the latest"),
)


DOCUMENT = dict(
    record_id=IntegerField(index=True), name=TextField(), type=TextField(), size=IntegerField(), file=TextField(unique=True),
    actor=TextField(), created_at=Time(),
)
KIND = dict(key=TextField(primary_key=True), fields=Document())


def up(migrator, db):
    _table("Document", DOCUMENT, db).create_table()
    kind = _table("Kind", KIND, db)
    row = db.execute_sql("SELECT fields FROM kind WHERE key = 'order'").fetchone()
    if row:
        fields = json.dumps(_with_expected(_read(row[0])), ensure_ascii=False)
        kind.update({kind.fields: fields}).where(kind.key == "order").execute()


def _table(name, columns, db):
    return type(name, (Model,), {**columns, "Meta": type("Meta", (), {"database": db, "table_name": name.lower()})})


def _read(fields):
    return json.loads(fields) if isinstance(fields, str) else fields


def _with_expected(fields):
    has = {field["key"] for field in fields}
    return fields + [
        {"key": key, "labels": {"de": german, "en": english}, "type": "date"}
        for key, german, english in EXPECTED if key not in has
    ]
