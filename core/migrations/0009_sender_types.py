"""What kinds of senders there are beside SMTP accounts, and what each kind needs to know."""

from peewee import TextField


class Document(TextField):
    field_type = "JSON"


def up(migrator, db):
    columns = dict(type=TextField(default="smtp"), settings=Document(default="{}"), secrets=TextField(default=""))
    migrator.migrate(*(migrator.add_column("sender", name, field) for name, field in columns.items()))
