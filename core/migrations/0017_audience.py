"""Whether somebody gets status pages, where it is not left to the house's own rule."""

from peewee import TextField


def up(migrator, db):
    migrator.migrate(migrator.add_column("contact", "status_pages", TextField(default="")))
