"""The postcode that a link may ask for, and how often somebody tried."""

from peewee import IntegerField, TextField


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("contact", "postcode", TextField(default="")),
        migrator.add_column("link", "tries", IntegerField(default=0)),
    )
