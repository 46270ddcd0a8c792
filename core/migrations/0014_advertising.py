"""Whether a template advertises, so that it goes only to those who agreed to that."""

from peewee import BooleanField


def up(migrator, db):
    migrator.migrate(migrator.add_column("template", "advertising", BooleanField(default=False)))
