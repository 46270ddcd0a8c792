"""What messages written by hand need: who wrote them, their own words, and whether consent was passed over."""

from peewee import BooleanField, TextField


class Document(TextField):
    field_type = "JSON"


def up(migrator, db):
    columns = {"actor": TextField(null=True), "text": Document(null=True), "anyway": BooleanField(null=True)}
    for name, field in columns.items():
        migrator.migrate(migrator.add_column("message", name, field))
